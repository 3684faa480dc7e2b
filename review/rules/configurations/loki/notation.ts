import { parseGoDuration } from "../../../kubernetes/go-duration";

const YAML_BOOLEAN = /^(?:y|yes|n|no|on|off|true|false)$/i;
/** Source: https://pkg.go.dev/github.com/c2h5oh/datasize and https://pkg.go.dev/github.com/alecthomas/units */
const SIZE = /^\d+(?:\.\d+)?\s*(?:[KMGTPE]i?)?B?$/i;
const DAYS = /^(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/;

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["y", 31_536_000],
  ["w", 604_800],
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
  ["ms", 0.001],
];

/** Seconds of a duration of Loki, of either kind; nothing where it is none. */
export function lokiSeconds(value: unknown): number | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const go = parseGoDuration(value);
  if (go !== undefined) return go;
  if (!DAYS.test(value)) return undefined;
  return [...value.matchAll(/(\d+)([a-z]+)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS.find(([one]) => one === unit)?.[1] ?? 0),
    0,
  );
}

/** How Loki reads a value: as yaml.v2 does, which makes texts of everything and numbers of nothing else. */
export function lokiNotation(takes: string, value: unknown): string | undefined {
  const simple = typeof value !== "object";
  const text = String(value);
  switch (takes) {
    case "bool":
      return typeof value === "boolean" || (typeof value === "string" && YAML_BOOLEAN.test(value))
        ? undefined
        : "takes true or false";
    case "int":
      return Number.isInteger(value) ? undefined : "takes a whole number";
    case "float":
      return typeof value === "number" ? undefined : "takes a number";
    case "string":
      return simple ? undefined : "takes a text";
    case "strings":
      return simple || (Array.isArray(value) && value.every((one) => typeof one !== "object")) ? undefined : "takes texts";
    case "size":
      return simple && SIZE.test(text) ? undefined : "takes a size, as 256KB";
    case "duration":
      // A number is taken, and is one of nanoseconds.
      return value === 0 || (typeof value === "string" && parseGoDuration(value) !== undefined)
        ? undefined
        : "takes a duration, as 90s or 36h";
    case "days":
      return value === 0 || (typeof value === "string" && value !== "" && DAYS.test(value))
        ? undefined
        : "takes a duration, as 36h or 31d";
    case "date":
      return simple && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
        ? undefined
        : "takes a day, as 2026-01-31";
    case "time":
      return simple && !Number.isNaN(Date.parse(text)) ? undefined : "takes a moment, as 2026-01-31T00:00:00Z";
    default:
      return undefined;
  }
}
