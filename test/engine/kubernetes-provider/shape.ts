import { isBuiltIn } from "../../../review/kubernetes/groups";
import type { KubernetesObject } from "../../cluster/resources";
import { isObject } from "../provider/differences";

/** What a live object has of that which was declared: fields and items that others have added are left out. Source: pruneMap of the plug-in. */
export function likeDeclared(live: unknown, declared: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(declared)) {
    return live.slice(0, declared.length).map((item, index) => likeDeclared(item, declared[index]));
  }
  if (!isObject(live) || !isObject(declared)) return live;
  return Object.fromEntries(
    Object.keys(declared)
      .filter((key) => live[key] !== undefined)
      .map((key) => [key, likeDeclared(live[key], declared[key])]),
  );
}

/**
 * An object as the plug-in writes it down before it compares: of the kinds that it knows, quantities in their shortest form, without the empty
 * maps and lists that their Go types omit; of Secrets only their content, in base64. Custom resources stay as they are.
 * Source: normalizeInputs of the plug-in.
 */
export function normalized(object: KubernetesObject): KubernetesObject {
  if (!isBuiltIn(object.apiVersion)) return object;
  if (object.apiVersion !== "v1" || object.kind !== "Secret") return written(object, object.kind) as KubernetesObject;
  const { stringData, ...rest } = object;
  if (!isObject(stringData) || isEmpty(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
  return { ...rest, data: { ...(rest.data as object | undefined), ...Object.fromEntries(encoded) } };
}

/** Fields whose values are quantities. */
const MAPS = ["requests", "limits", "hard", "default", "defaultRequest", "max", "min", "capacity"];
const SINGLE = ["sizeLimit", "averageValue", "divisor"];

/** Maps that are left out when they are empty; an empty object elsewhere may mean something, e.g. `emptyDir: {}`. */
const OMITTED = [
  "annotations",
  "data",
  "binaryData",
  "labels",
  "matchLabels",
  "nodeSelector",
  "parameters",
  "requests",
  "limits",
];

/** Lists that are not: their Go types have no `omitempty`. The API server answers an empty one as `null`. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  Role: ["rules"],
  ClusterRole: ["rules"],
  EndpointSlice: ["endpoints", "ports"],
  projected: ["sources"],
  // Of a LimitRange.
  spec: ["limits"],
};

function written(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => written(item));
  if (!isObject(value)) return SINGLE.includes(key) ? quantity(value) : value;
  const convert = MAPS.includes(key) ? (item: unknown) => quantity(item) : written;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => item !== null && (!isEmpty(item) || keepsEmpty(key, name, item)))
      .map(([name, item]) => [name, convert(item, name)]),
  );
}

function keepsEmpty(owner: string, name: string, value: unknown): boolean {
  return Array.isArray(value) ? (KEPT[owner]?.includes(name) ?? false) : !OMITTED.includes(name);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P"];

/** The shortest text of a quantity: `1024Mi` is `1Gi`, `0.5` is `500m`. */
export function quantity(value: unknown): unknown {
  const match = /^(\d+)(?:\.(\d+))?(Ki|Mi|Gi|Ti|Pi|n|u|m|k|M|G|T|P)?$/.exec(String(value));
  if (match === null || typeof value === "boolean") return value;
  const [, whole = "", fraction = "", unit = ""] = match;
  const units = unit.endsWith("i") ? BINARY : DECIMAL;
  const base = unit.endsWith("i") ? 1024n : 1000n;
  let digits = BigInt(whole + fraction);
  let index = units.indexOf(unit);
  for (let scale = 10n ** BigInt(fraction.length); scale > 1n; index--) {
    digits *= base;
    const divisor = gcd(digits, scale);
    digits /= divisor;
    scale /= divisor;
  }
  while (digits !== 0n && digits % base === 0n && index < units.length - 1) {
    digits /= base;
    index++;
  }
  return digits === 0n ? "0" : `${digits}${units[index] ?? ""}`;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
