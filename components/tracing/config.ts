import { z } from "zod";
import {
  bytes,
  cidr,
  cron,
  dnsLabel,
  duration,
  holds,
  literal,
  objectName,
  parseDuration,
  positiveDuration,
  resources,
  rule,
  secret,
} from "../schema";

const SECONDS_OF_DAY = 86_400;

const gateway = z.strictObject({
  replicas: z.int().min(1).default(2).describe("number of pods"),
  resources: resources.prefault({ cpu: "100m", memory: "256Mi" }).describe("resources of one pod; default: 100m and 256Mi"),
  queue: z.int().min(1000).default(50_000).describe("spans that wait in memory of one pod while the samplers do not answer"),
});

const sampler = z.strictObject({
  replicas: z
    .int()
    .min(1)
    .default(2)
    .describe("number of pods; each decides on its share of the traces. A change moves traces between them: some are split once"),
  resources: resources.prefault({ cpu: "250m", memory: "1Gi" }).describe("resources of one pod; default: 250m and 1Gi"),
  decisionWait: positiveDuration
    .default("30s")
    .describe(
      "how long after its first span a trace is complete enough to decide on; spans that come later are decided on by themselves",
    ),
  tracesInMemory: z
    .int()
    .min(100)
    .default(50_000)
    .describe(
      "traces that wait for their decision in one pod: more than new traces a second times decisionWait, or some are dropped",
    ),
  queue: z.int().min(1000).default(100_000).describe("spans of kept traces that wait on the volume while Jaeger does not answer"),
  volumeSize: bytes.default("2Gi").describe("volume of one pod, for that queue"),
});

const sampling = z.strictObject({
  slowerThan: duration.default("2s").describe("traces that take longer are kept, all of them"),
  keep: z
    .record(z.string().min(1), z.array(z.string().min(1)).min(1))
    .default({ "mes.order.outcome": ["failed", "late", "rejected", "retried"] })
    .describe("traces in which a span has one of these values of an attribute are kept, all of them"),
  percentage: z
    .number()
    .min(0)
    .max(100)
    .default(10)
    .describe("share of all other traces that is kept, in percent; those with an error are kept, all of them"),
});

const spanMetrics = z.strictObject({
  dimensions: z
    .array(z.string().min(1))
    .default(["http.route", "http.response.status_code", "messaging.destination.name", "mes.order.channel"])
    .describe("attributes of spans that become labels of the metrics; each value of each one is a series more"),
  maxSeries: z.int().min(100).default(5000).describe("label combinations in one sampler; the rest is counted under one label"),
});

const KIND = "where spans are: in memory, on a volume of the one pod, or in a search cluster that is there already";

const memory = z.strictObject({
  kind: z.literal("memory").describe(KIND),
  maxTraces: z.int().min(100).default(20_000).describe("traces that are kept; older ones go. A restart loses all of them"),
});

const badger = z.strictObject({
  kind: z.literal("badger").describe(KIND),
  size: bytes.describe("volume of the database: one volume, so one pod and no second copy"),
  retention: positiveDuration.default("3d").describe("how long traces are kept"),
});

const search = {
  endpoints: z
    .array(z.url({ protocol: /^https$/, error: "expected an https address, e.g. https://opensearch.example.com:9200" }))
    .min(1)
    .describe("addresses of the cluster"),
  username: literal.optional().describe("user that may write and delete the indices; default: no authentication"),
  password: secret.optional().describe("its password; or name a Secret with credentialsSecret"),
  credentialsSecret: objectName
    .optional()
    .describe("Secret with username and password that something else keeps in the observability namespace"),
  caSecret: objectName
    .optional()
    .describe("Secret in the observability namespace with the CA's certificate in ca.crt; default: the public authorities"),
  cidrs: z.array(cidr).min(1).default(["0.0.0.0/0"]).describe("addresses of the cluster, for network policies"),
  indexPrefix: dnsLabel.default("mes").describe("first part of the indices' names"),
  shards: z.int().min(1).default(3).describe("primary shards of a day's index of spans"),
  replicas: z.int().min(0).default(1).describe("copies of each shard"),
  retention: duration
    .default("14d")
    .check(
      holds((value) => parseDuration(value) % SECONDS_OF_DAY === 0 && parseDuration(value) > 0, "expected whole days, e.g. 14d"),
    )
    .describe("how long traces are kept; indices are made and deleted by the day"),
  cleanUp: cron.default("30 1 * * *").describe("when old indices are deleted"),
};

const opensearch = z.strictObject({ kind: z.literal("opensearch").describe(KIND), ...search });
const elasticsearch = z.strictObject({ kind: z.literal("elasticsearch").describe(KIND), ...search });

const jaeger = z.strictObject({
  replicas: z.int().min(1).default(1).describe("number of pods; more than one only where all of them see the same storage"),
  resources: resources.prefault({ cpu: "100m", memory: "512Mi" }).describe("resources of one pod; default: 100m and 512Mi"),
});

/** Tracing: where in the path of an order the time goes, and where orders fail. */
export const tracingConfig = z
  .strictObject({
    enabled: z.boolean().default(true).describe("run tracing; when off, programs are told to make no traces"),
    gateway: gateway.prefault({}).describe("collectors that send all spans of a trace to the same sampler"),
    sampler: sampler.prefault({}).describe("collectors that make metrics of all traces and decide which ones are kept"),
    sampling: sampling.prefault({}).describe("which traces are kept"),
    spanMetrics: spanMetrics.prefault({}).describe("rates, errors and durations made of all spans, kept or not"),
    jaeger: jaeger.prefault({}).describe("Jaeger: takes the kept traces, and its pages show them"),
    storage: z
      .discriminatedUnion("kind", [memory, badger, opensearch, elasticsearch], {
        error: "expected kind: memory, badger, opensearch or elasticsearch",
      })
      .prefault({ kind: "memory" })
      .describe("where traces are kept; default: in memory"),
  })
  .check(
    rule(({ jaeger: { replicas }, storage }, context) => {
      if ((storage.kind === "memory" || storage.kind === "badger") && replicas > 1) {
        context.addIssue({
          code: "custom",
          path: ["jaeger", "replicas"],
          message: `storage of kind ${storage.kind} is one pod's own: expected 1, or storage of kind opensearch`,
        });
      }
      if (storage.kind !== "opensearch" && storage.kind !== "elasticsearch") return;
      if ((storage.username === undefined) !== (storage.password === undefined)) {
        context.addIssue({
          code: "custom",
          path: ["storage", storage.username === undefined ? "password" : "username"],
          message: "username and password belong together: set both, or neither and credentialsSecret",
        });
      }
      if (storage.username !== undefined && storage.credentialsSecret !== undefined) {
        context.addIssue({
          code: "custom",
          path: ["storage", "credentialsSecret"],
          message: "credentials twice: set username and password, or credentialsSecret",
        });
      }
    }),
  )
  .describe("Traces: collectors that sample them, and Jaeger that keeps and shows them");

export type TracingConfig = z.infer<typeof tracingConfig>;
export type TraceStorage = TracingConfig["storage"];
/** Storage in a search cluster outside of the platform. */
export type SearchStorage = Extract<TraceStorage, { kind: "opensearch" | "elasticsearch" }>;

export function isSearch(storage: TraceStorage): storage is SearchStorage {
  return storage.kind === "opensearch" || storage.kind === "elasticsearch";
}

/** Secrets that the stack file names and that something else keeps. */
export function existingSecrets({ enabled, storage }: TracingConfig): string[] {
  if (!enabled || !isSearch(storage)) return [];
  return [storage.credentialsSecret, storage.caSecret].filter((name) => name !== undefined);
}
