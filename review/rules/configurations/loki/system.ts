import { at } from "../../../kubernetes/value";
import type { Configured } from "../configured";
import { lokiSeconds } from "./notation";

/** Pods of Loki, and the configuration that they have. */
export interface Loki extends Configured {
  readonly pods: number;
}

export const LIMITS = "limits_config";

/** Seconds of a duration. */
export function seconds(root: unknown, path: string): number | undefined {
  return lokiSeconds(at(root, ...path.split(".")));
}

const SIZES: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of a size, as `256KB`. */
export function bytes(root: unknown, path: string): number | undefined {
  const value = at(root, ...path.split("."));
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(String(value)) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SIZES[unit.toLowerCase()] ?? 1);
}
