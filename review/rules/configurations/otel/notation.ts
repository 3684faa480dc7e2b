import { parseGoDuration } from "../../../kubernetes/go-duration";

/**
 * How a collector reads a value: strictly, so that no number is made of a text, and no text of a number.
 * Source: https://pkg.go.dev/go.opentelemetry.io/collector/confmap and https://pkg.go.dev/github.com/go-viper/mapstructure/v2
 */
export function collectorNotation(takes: string, value: unknown): string | undefined {
  switch (takes) {
    case "bool":
      return typeof value === "boolean" ? undefined : "takes true or false";
    case "int":
      return Number.isInteger(value) ? undefined : "takes a whole number";
    case "uint":
      return Number.isInteger(value) && (value as number) >= 0 ? undefined : "takes a whole number from 0";
    case "float":
      return typeof value === "number" ? undefined : "takes a number";
    case "string":
    case "id":
      return typeof value === "string" ? undefined : "takes a text; put it in quotes";
    case "size":
      return (typeof value === "number" && value >= 0) ||
        (typeof value === "string" && /^\d+(?:\.\d+)?\s*(?:[KMGT]i?)?B?$/i.test(value))
        ? undefined
        : "takes a size, as 200KiB";
    case "duration":
      // A number is taken, and is one of nanoseconds.
      return value === 0 || (typeof value === "string" && parseGoDuration(value) !== undefined)
        ? undefined
        : "takes a duration, as 90s or 36h";
    default: {
      const words = takes.split("|");
      if (typeof value === "string" && (words.includes(value) || words.includes(value.toLowerCase()))) return undefined;
      return `takes ${words.filter((one) => one !== "").join(" or ")}`;
    }
  }
}
