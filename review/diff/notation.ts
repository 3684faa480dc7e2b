import { parseGoDuration } from "../kubernetes/go-duration";
import { quantity } from "../kubernetes/quantities";
import { seconds } from "../promql/duration";
import type { Path } from "./leaf";

/** Mappings of quantities, and fields that are one. Source: fields of type Quantity in the APIs of Kubernetes and of the operators in use. */
const QUANTITIES = new Set(
  ["requests", "limits", "hard", "default", "defaultRequest", "max", "min", "maxLimitRequestRatio", "capacity"].concat([
    "consumed",
    "overhead",
  ]),
);
const QUANTITY = new Set(["sizeLimit", "averageValue", "divisor", "storage", "size", "retentionSize"]);

/** Fields that are durations in the APIs of cert-manager, prometheus-operator, the operators of databases, KEDA and Gateway API. */
const DURATION =
  /(?:interval|timeout|duration|period|delay|window|retention|renewBefore|for|keepFiringFor|keep_firing_for|groupWait|repeatInterval|maxAge|ttl)$/i;

/** Where a text is what somebody wrote, and not a value of the API: the same words mean the same, and others may not. */
const VERBATIM = new Set(["data", "stringData", "binaryData", "labels", "annotations", "matchLabels", "env", "args", "command"]);

/** Whether two different values of a field of an API are the same quantity or duration: `512Mi` and `0.5Gi`, `500m` and 0.5, `60s` and `1m`. */
export function isSameAmount(path: Path, before: unknown, after: unknown): boolean {
  const keys = path.filter((step) => typeof step === "string");
  if (keys.some((key) => VERBATIM.has(key))) return false;
  const field = keys.at(-1) ?? "";
  if (QUANTITY.has(field) || QUANTITIES.has(keys.at(-2) ?? "")) return isEqual(quantity(before), quantity(after));
  if (!DURATION.test(field) || typeof before !== "string" || typeof after !== "string") return false;
  return isEqual(lasts(before), lasts(after));
}

function lasts(text: string): number | undefined {
  return seconds(text) ?? parseGoDuration(text);
}

function isEqual(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  // Sums of binary fractions: 0.1 + 0.2 of a core are 300m.
  return a === b || Math.abs(a - b) <= Number.EPSILON * 4 * Math.max(Math.abs(a), Math.abs(b));
}
