import type { KubernetesObject } from "../../cluster/resources";
import { isObject } from "../provider/differences";

/** What a live object has of that which was declared: fields that others have added are left out. */
export function likeDeclared(live: unknown, declared: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(declared)) {
    return live.map((item, index) => (index < declared.length ? likeDeclared(item, declared[index]) : item));
  }
  if (!isObject(live) || !isObject(declared)) return live;
  return Object.fromEntries(
    Object.keys(declared)
      .filter((key) => live[key] !== undefined)
      .map((key) => [key, likeDeclared(live[key], declared[key])]),
  );
}

/**
 * An object as an API server writes it: content of Secrets in base64, quantities of the kinds that it knows in their shortest
 * form, no empty maps and lists. It leaves custom resources as they are.
 */
export function normalized(object: KubernetesObject): KubernetesObject {
  const isCustom = object.apiVersion.includes(".") && !object.apiVersion.includes(".k8s.io/");
  if (isCustom || object.apiVersion.startsWith("gateway.networking.k8s.io/")) return object;
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || !isObject(stringData)) return written(object) as KubernetesObject;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
  return written({ ...rest, data: { ...(rest.data as object | undefined), ...Object.fromEntries(encoded) } }) as KubernetesObject;
}

/** Fields whose values are quantities. */
const MAPS = ["requests", "limits", "hard", "default", "defaultRequest", "max", "min", "capacity"];
const SINGLE = ["sizeLimit", "averageValue", "divisor"];

/** Maps that are left out when they are empty; an empty object elsewhere may mean something, as in `emptyDir: {}`. */
const OMITTED = ["annotations", "data", "labels", "matchLabels", "nodeSelector"];

function written(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => written(item));
  if (!isObject(value)) return SINGLE.includes(key) ? quantity(value) : value;
  const convert = MAPS.includes(key) ? (item: unknown) => quantity(item) : written;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => !isEmpty(item) || !(Array.isArray(item) || OMITTED.includes(name)))
      .map(([name, item]) => [name, convert(item, name)]),
  );
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
