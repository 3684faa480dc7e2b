import { z } from "zod";
import { bytes, duration, holds, namespaceName, parseDuration, positiveDuration, resourcesWithCpu, rule } from "../schema";

/** Constructs that Go's regular expressions (RE2) do not have. Source: https://github.com/google/re2/wiki/Syntax */
const NOT_RE2 = /\(\?(?:=|!|<=|<!|>)|\\[1-9]/;

/** A regular expression as the collectors read it. */
const pattern = z
  .string()
  .min(1)
  .check(
    rule((value, context) => {
      const problem = NOT_RE2.test(value) ? "no look-around and no back-references in RE2" : invalidPattern(value);
      if (problem !== undefined)
        context.addIssue({ code: "custom", message: `not a regular expression of Go (RE2): ${problem}` });
    }),
  );

function invalidPattern(value: string): string | undefined {
  try {
    // JavaScript knows no flags inside of a pattern; for the rest the two agree well enough to find a slip of the pen.
    new RegExp(value.replaceAll(/\(\?[a-zA-Z]+\)/g, ""));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Successful probes of the kubelet and scrapes of Prometheus, in access logs of any format. */
const PROBES = String.raw`/(?:healthz|livez|readyz|health|metrics)(?:/\w+)?["\s?].*\b(?:200|204)\b`;

/** Groups 1 and 2 stay, the rest of what is found is replaced. */
const SECRETS = [
  // password=…, "token": "…", Authorization: Bearer …
  String.raw`(?i)((?:password|passwd|pwd|secret|token|api[_-]?key|authorization)["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+)?)[^\s"',;&}]+`,
  // amqp://user:…@host
  String.raw`(?i)([a-z][a-z0-9+.-]*://[^\s:/@"]+:)[^\s/@"]+(@)`,
  // Key identifiers of AWS
  String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
  // JSON web tokens
  String.raw`\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*`,
];

const limits = z.strictObject({
  ingestionRate: bytes.default("16Mi").describe("log bytes a second that Loki takes; more is refused and sent again"),
  ingestionBurst: bytes.default("32Mi").describe("log bytes that may come at once"),
  streamRate: bytes.default("5Mi").describe("log bytes a second of one container of one service"),
  streams: z.int().min(100).default(5000).describe("streams at the same time: one for each container of each service"),
  queryLookback: positiveDuration.optional().describe("how far back a query may look; default: the retention"),
});

const filesystem = z.strictObject({
  kind: z.literal("filesystem").describe("where logs are: a volume of the one pod, or a bucket"),
  size: bytes.default("10Gi").describe("volume with all logs"),
});

const bucket = z.strictObject({
  kind: z.literal("bucket").describe("where logs are: a volume of the one pod, or a bucket"),
  walSize: bytes.default("20Gi").describe("volume of one pod: what is not in the bucket yet, and the index' cache"),
});

/** Logs: what programs say, found by trace, service and time. */
export const loggingConfig = z
  .strictObject({
    enabled: z.boolean().default(true).describe("run Loki, and read the logs of the platform's pods"),
    replicas: z
      .int()
      .min(1)
      .default(1)
      .describe("number of pods; each record is kept by three of them, so either 1 or at least 3"),
    resources: resourcesWithCpu("250m").prefault({ memory: "1Gi" }).describe("resources of one pod; default: 250m and 1Gi"),
    storage: z
      .discriminatedUnion("kind", [filesystem, bucket], { error: "expected kind: filesystem or bucket" })
      .prefault({ kind: "filesystem" })
      .describe("where logs are kept: on a volume, or in the bucket `logs` of mes:storage; default: on a volume of 10Gi"),
    retention: duration
      .default("14d")
      .check(holds((value) => parseDuration(value) >= 86_400, "expected at least 1d: Loki deletes by the day"))
      .describe("how long logs are kept"),
    limits: limits.prefault({}).describe("bounds that keep one program from filling the disks of all"),
    extraNamespaces: z
      .array(namespaceName)
      .default(["cert-manager", "cnpg-system", "keda", "prometheus-operator", "rabbitmq-system"])
      .describe("namespaces whose logs are read beside the platform's own; default: those of the operators"),
    drop: z
      .array(pattern)
      .default([PROBES])
      .describe("records that match one of these patterns (RE2) are dropped; default: successful probes and scrapes"),
    redact: z
      .array(pattern)
      .default(SECRETS)
      .describe("what these patterns (RE2) find is replaced, but for their groups 1 and 2; default: passwords, tokens and keys"),
  })
  .check(
    rule(({ replicas, storage }, context) => {
      if (replicas === 2)
        context.addIssue({
          code: "custom",
          path: ["replicas"],
          message: "expected 1, or at least 3: two pods cannot outvote a lost one",
        });
      if (storage.kind === "filesystem" && replicas > 1) {
        context.addIssue({
          code: "custom",
          path: ["replicas"],
          message: "storage of kind filesystem is one pod's own: expected 1, or storage of kind bucket",
        });
      }
    }),
  )
  .describe("Logs: Loki, and what is read, dropped and blacked out on the way to it");

export type LoggingConfig = z.infer<typeof loggingConfig>;
