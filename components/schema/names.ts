import { z } from "zod";
import { holds, rule } from "./rule";

const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";

/** An RFC 1123 label: the name of a Kubernetes object that becomes part of a DNS name. */
export const dnsLabel = z
  .string()
  .max(63, "expected at most 63 characters")
  .regex(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/, "expected lower-case letters, digits and dashes, beginning with a letter");

/** The name of a namespace that somebody else made. */
export const namespaceName = z
  .string()
  .max(63, "expected at most 63 characters")
  .regex(new RegExp(`^${LABEL}$`), "expected the name of a namespace: lower-case letters, digits and dashes");

/** The name of an object that somebody else made, e.g. a Secret or a StorageClass (an RFC 1123 subdomain). */
export const objectName = z
  .string()
  .max(253, "expected at most 253 characters")
  .regex(
    new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
    "expected the name of a Kubernetes object: lower-case letters, digits, dashes and dots",
  );

/** A key of a Secret or ConfigMap. */
export const secretKey = z
  .string()
  .regex(/^(?!\.\.?$)[-.\w]{1,253}$/, "expected a key of a Secret: letters, digits, dashes, dots and underscores");

const QUALIFIED = new RegExp(
  `^(?:(?=[^/]{1,253}/)${LABEL}(?:\\.${LABEL})*/)?(?=[^/]{1,63}$)[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?$`,
);

/**
 * Keys of labels, annotations and taints.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const labelKey = z.string().regex(QUALIFIED, "expected a key, e.g. app or example.com/app");

/** Values of labels and taints. */
export const labelValue = z
  .string()
  .max(63, "expected at most 63 characters")
  .regex(
    /^(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)?$/,
    "expected letters, digits, dashes, underscores and dots, a letter or digit first and last",
  );

export const labels = z.record(labelKey, labelValue);

/** A resource that nodes advertise beside CPU and memory, e.g. `nvidia.com/gpu`. */
export const extendedResource = z
  .string()
  .regex(QUALIFIED, "expected a resource, e.g. example.com/fpga")
  .check(holds((name) => name.includes("/"), "expected a resource with its domain, e.g. example.com/fpga"));

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = z
  .string()
  .min(3, "expected 3 to 63 characters")
  .max(63, "expected 3 to 63 characters")
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])$/, "expected lower-case letters, digits and dashes")
  .check(
    holds(
      (name) => !/^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/.test(name),
      "is a name that Amazon keeps for itself",
    ),
  );

/** A DNS name, e.g. `mes.example.com`. */
export const hostname = z
  .string()
  .max(253, "expected at most 253 characters")
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[^.]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "expected a DNS name, e.g. mes.example.com",
  );

/** References to variables of shells, templates and pipelines, and places to fill in: nothing here replaces them. */
const VARIABLE = /\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|\{\{.*?\}\}|%[A-Za-z_]\w*%|<[A-Za-z][\w .-]*>/;

/** A text that is taken as it is written. */
export const literal = z
  .string()
  .min(1)
  .check(
    rule((text, context) => {
      const variable = VARIABLE.exec(text)?.[0];
      const message =
        variable !== undefined
          ? `${variable} stands for nothing here: a stack file has no variables; write the value itself`
          : text !== text.trim()
            ? "begins or ends with a space"
            : undefined;
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
  );

/** Where people reach something with a browser. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: "expected a URL, e.g. https://mes.example.com" })
  .check(
    holds(
      (address) => !hasCredentials(address),
      "has a user or a password in it, which everybody could read here; leave them out",
    ),
  );

function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return `${username}${password}` !== "";
}

const CRON_EXAMPLE = "as 0 2 * * *: minute, hour, day of the month, month, day of the week";
const CRON = `expected a cron schedule, ${CRON_EXAMPLE}`;
const FIVE_FIELDS = `expected a cron schedule of five fields, ${CRON_EXAMPLE}`;
const NEVER = "never comes: no month that it names has such a day";

/** Least and greatest value of each field of a schedule, and its names, counted from the least. */
const CRON_FIELDS: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]],
  [0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]],
];

/** Most days of each month. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A cron schedule of five fields, for parsers that know no `@daily`. */
export const fiveFieldCron = z
  .string(FIVE_FIELDS)
  .check(
    rule((schedule, context) => {
      const message = cronProblem(schedule, FIVE_FIELDS);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
  )
  .meta({ title: "Cron schedule of five fields", examples: ["0 2 * * *"] });

/** A cron schedule of five fields, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`. */
export const cron = z
  .string(CRON)
  .check(
    rule((schedule, context) => {
      const message = /^@(?:hourly|daily|weekly|monthly)$/.test(schedule) ? undefined : cronProblem(schedule, CRON);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
  )
  .meta({ title: "Cron schedule", examples: ["0 2 * * *", "@daily"] });

function cronProblem(schedule: string, expected: string): string | undefined {
  const fields = schedule.split(" ");
  const values = CRON_FIELDS.map((bounds, index) => cronValues(fields[index] ?? "", ...bounds));
  if (fields.length !== CRON_FIELDS.length || values.includes(undefined)) return expected;
  const [, , days = [], months = []] = values;
  // With a day of the week beside it, either of the two is enough.
  const never = fields[4] === "*" && months.every((month) => days.every((day) => day > (DAYS[month - 1] ?? 0)));
  return never ? NEVER : undefined;
}

/** The values that a field stands for: `*`, a number or name, a range, each with a step where wanted, and lists of these. */
function cronValues(field: string, least: number, greatest: number, names: readonly string[]): number[] | undefined {
  const values: number[] = [];
  for (const part of field.split(",")) {
    const [range = "", step = "1", ...rest] = part.split("/");
    if (rest.length > 0 || !/^[1-9]\d?$/.test(step)) return undefined;
    const ends = range.split("-").map((end) => {
      const name = names.indexOf(end.toUpperCase());
      return name >= 0 ? least + name : /^\d{1,2}$/.test(end) ? Number(end) : NaN;
    });
    const [from = NaN, to = part.includes("/") ? greatest : from] = range === "*" ? [least, greatest] : ends;
    if (ends.length > 2 || !(from >= least && to <= greatest && from <= to)) return undefined;
    for (let value = from; value <= to; value += Number(step)) values.push(value);
  }
  return values;
}

/** A routing key of AMQP, or a pattern of them: `*` stands for one word, `#` for any number of words. */
export const routingKeys = z
  .array(
    z
      .string()
      .min(1, "expected a routing key, e.g. order.status.shipped or order.status.*")
      .max(255, "expected at most 255 characters"),
  )
  .min(1);

/** Certificates as text, one after the other. */
export const certificates = z
  .string()
  .regex(
    /^\s*(?:-----BEGIN CERTIFICATE-----[\s\w+/=]+-----END CERTIFICATE-----\s*)+$/,
    "expected certificates as text (PEM): -----BEGIN CERTIFICATE----- …",
  );
