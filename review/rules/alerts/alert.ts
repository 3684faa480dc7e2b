import type { KubeObject } from "../../kubernetes/objects";
import { textAt, textsAt } from "../../kubernetes/value";
import type { Finding } from "../rule";

/** Makes a finding at a place in the configuration. */
export type Says = (path: readonly (string | number)[], message: string) => Finding;

/** An alert of the plan, and where it is. */
export interface Alert {
  readonly object: KubeObject;
  readonly alert: unknown;
  readonly path: readonly (string | number)[];
}

/** Fires always, to show that the way is open. */
export function isWatchdog(alert: unknown): boolean {
  return /^\s*vector\(\s*1\s*\)\s*$/.test(textAt(alert, "expr") ?? "");
}

/** Those of its labels that are known, with its name. */
export function labelsOf({ alert }: Alert): Record<string, string> {
  const given = textsAt(alert, "labels");
  const fixed = Object.fromEntries(Object.entries(given).filter(([, value]) => !value.includes("{{")));
  return { ...fixed, alertname: textAt(alert, "alert") ?? "" };
}
