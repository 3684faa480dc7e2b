import { z } from "zod";

/** An RFC 1123 label: the name of a Kubernetes object that becomes part of a DNS name. */
export const dnsLabel = z
  .string()
  .max(63, "expected at most 63 characters")
  .regex(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/, "expected lower-case letters, digits and dashes, beginning with a letter");

/** A DNS name, as `mes.example.com`. */
export const hostname = z
  .string()
  .max(253, "expected at most 253 characters")
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[^.]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "expected a DNS name, as mes.example.com",
  );

/** A block of addresses, as `10.0.0.0/16`. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], "expected a CIDR block, as 10.0.0.0/16");

const EXAMPLE = "as 0 2 * * *: minute, hour, day of the month, month, day of the week";
const CRON = `expected a cron schedule, ${EXAMPLE}`;
const FIVE_FIELDS = `expected a cron schedule of five fields, ${EXAMPLE}`;

/** Least and greatest value of each field of a schedule, and its names, counted from the least. */
const CRON_FIELDS: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]],
  [0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]],
];

/** A cron schedule of five fields, for parsers that know no `@daily`. */
export const fiveFieldCron = z
  .string(FIVE_FIELDS)
  .refine(hasFiveFields, FIVE_FIELDS)
  .meta({ title: "Cron schedule of five fields", examples: ["0 2 * * *"] });

/** A cron schedule of five fields, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`. */
export const cron = z
  .string(CRON)
  .refine((schedule) => /^@(?:hourly|daily|weekly|monthly)$/.test(schedule) || hasFiveFields(schedule), CRON)
  .meta({ title: "Cron schedule", examples: ["0 2 * * *", "@daily"] });

function hasFiveFields(schedule: string): boolean {
  const fields = schedule.split(" ");
  return (
    fields.length === CRON_FIELDS.length && CRON_FIELDS.every((bounds, index) => isCronField(fields[index] ?? "", ...bounds))
  );
}

/** `*`, a number or name, a range, each with a step where wanted, and lists of these. */
function isCronField(field: string, least: number, greatest: number, names: readonly string[]): boolean {
  return field.split(",").every((part) => {
    const [range = "", step, ...rest] = part.split("/");
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false;
    if (range === "*") return true;
    const ends = range.split("-").map((end) => {
      const name = names.indexOf(end.toUpperCase());
      return name >= 0 ? least + name : /^\d{1,2}$/.test(end) ? Number(end) : NaN;
    });
    const [from = NaN, to = from] = ends;
    return ends.length <= 2 && from >= least && to <= greatest && from <= to;
  });
}
