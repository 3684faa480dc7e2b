import { z } from "zod";

/**
 * What the platform and the image of the MES promise each other, by name. The platform sets these variables and reads these
 * metrics and paths; the image honours them. docs/app-contract.md is made from this file.
 */

/** What a role does, which decides what parts of the contract concern it. */
export const DUTIES = {
  all: "every role",
  http: "roles with `http`",
  consumes: "roles with `consumes`",
  publishes: "roles with `publishes`",
  relay: "roles with `database.access: relay`",
  database: "roles with `database`",
  storage: "roles with `storage`",
  cache: "roles with `cache`",
  calls: "roles with `calls`",
} as const;
export type Duty = keyof typeof DUTIES;

export const PORTS = { http: 8080, management: 8081 } as const;
/** Name of the container port that serves metrics and health, never routed from outside. */
export const MANAGEMENT_PORT_NAME = "metrics";

export const PATHS = {
  startup: "/health/startup",
  readiness: "/health/ready",
  liveness: "/health/live",
  metrics: "/metrics",
} as const;

export const PATH_MEANINGS: Readonly<Record<keyof typeof PATHS, string>> = {
  startup: "200 once the process has started: configuration read, migrations known to be there, first connections made",
  readiness: "200 while the process can take requests or messages; 503 as soon as it has got SIGTERM",
  liveness: "200 unless only a restart can help. Never depends on database, broker, store or cache: they come back by themselves",
  metrics: "metrics in the Prometheus text format or OpenMetrics (with exemplars)",
};

const wholeNumber = z.string().regex(/^\d+$/);
const listOf = (entry: RegExp) => z.string().regex(new RegExp(`^(?:${entry.source})(?:,(?:${entry.source}))*$`));

/** For each duty, the variables that its roles find in their environment. Values are texts, as the environment has them. */
export const environmentVariables = {
  all: z.object({
    POD_NAME: z.string().describe("name of the pod"),
    MES_ROLE: listOf(/[a-z][a-z0-9-]*/).describe("what this pod does: one or more parts of the MES, separated by commas"),
    MES_MANAGEMENT_PORT: wholeNumber.describe("port of health and metrics"),
    MES_LOG_FORMAT: z.literal("json").describe("one JSON object a line on standard output, with `trace_id` and `span_id`"),
    MES_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).describe("least level that is logged"),
    MES_DRAIN_SECONDS: wholeNumber.describe("time to finish work in hand after SIGTERM"),
    MES_METRICS_LINGER_SECONDS: wholeNumber.describe(
      "time that `/metrics` still answers when all work is done, so that the last counts are read",
    ),
    OTEL_SERVICE_NAME: z.string().describe("name of the role, in traces and logs"),
    OTEL_RESOURCE_ATTRIBUTES: z.string().describe("namespace, environment, version and pod"),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().describe("where traces are sent"),
    OTEL_EXPORTER_OTLP_PROTOCOL: z.string().describe("`grpc`"),
    OTEL_TRACES_SAMPLER: z.string().describe("`parentbased_always_on`: the collector samples, the image keeps everything"),
    OTEL_PROPAGATORS: z.string().describe("`tracecontext,baggage`"),
  }),
  http: z.object({
    MES_HTTP_PORT: wholeNumber.describe("port of the requests"),
    MES_REQUEST_TIMEOUT_SECONDS: wholeNumber.describe("a request that takes longer is given up with 503"),
  }),
  consumes: z.object({
    MES_CONSUME: listOf(/[^,=]+=\d+/).describe("queues to consume, each with its prefetch: `orders.inbound=20`"),
  }),
  publishes: z.object({
    MES_PUBLISH_EXCHANGES: listOf(/[^,]+/).describe("exchanges that this role may publish to"),
  }),
  relay: z.object({}),
  database: z.object({
    PGHOST: z.string().describe("host of the database: the primary's pooler, or the replicas' for read-only roles"),
    PGPORT: wholeNumber.describe("port"),
    PGDATABASE: z.string().describe("database"),
    PGUSER: z.string().describe("user of this role alone"),
    PGPASSWORD: z.string().describe("its password (from a Secret)"),
    PGSSLMODE: z.literal("verify-full").describe("the server's certificate and name are verified"),
    PGSSLROOTCERT: z.string().describe("file with the CA certificate"),
    MES_DB_POOL_SIZE: wholeNumber.describe(
      "connections of one pod at most. Poolers work by transaction: no session state, no prepared statements by name beyond what the pooler tracks",
    ),
    MES_DB_ACCESS: listOf(/readwrite|readonly|relay/).describe(
      "what the user may do: `readwrite`, `readonly`, `relay`, or two of them",
    ),
  }),
  storage: z.object({
    AWS_REGION: z.string().describe("region of the buckets"),
    S3_FORCE_PATH_STYLE: z
      .enum(["true", "false"])
      .describe("true: the bucket is part of the path, not of the host name; SDKs take it as an option (forcePathStyle)"),
  }),
  cache: z.object({
    VALKEY_HOST: z.string().describe("host of the cache"),
    VALKEY_PORT: wholeNumber.describe("port"),
    VALKEY_USERNAME: z.string().describe("user"),
    VALKEY_PASSWORD: z.string().describe("its password (from a Secret)"),
    VALKEY_TLS: z.literal("true").describe("TLS only"),
    VALKEY_CA_FILE: z.string().describe("file with the CA certificate"),
  }),
  calls: z.object({}),
} as const satisfies Record<Duty, z.ZodObject>;

/** What every role with `consumes` or `publishes` finds besides. */
export const brokerVariables = z.object({
  AMQP_HOST: z.string().describe("host of the broker"),
  AMQP_PORT: wholeNumber.describe("port (AMQPS)"),
  AMQP_VHOST: z.string().describe("virtual host"),
  AMQP_USERNAME: z.string().describe("user of this role alone"),
  AMQP_PASSWORD: z.string().describe("its password (from a Secret)"),
  AMQP_CA_FILE: z
    .string()
    .optional()
    .describe("file with the CA certificate; not there where the broker is one that is there already and its CA a public one"),
});

/** Variables whose names depend on the configuration. */
export const NAMED_VARIABLES = [
  { name: "S3_BUCKET_<NAME>", duty: "storage", meaning: "name of the bucket, for each logical name in `storage`" },
  {
    name: "AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CA_BUNDLE",
    duty: "storage",
    meaning: "only for a store inside of the cluster; on AWS the SDK takes the pod's own identity",
  },
  { name: "MES_<ROLE>_URL", duty: "calls", meaning: "address of another role, for each name in `calls`" },
] as const satisfies readonly { name: string; duty: Duty; meaning: string }[];

/** Names of variables that stand for a bucket or another role. */
export const namedVariables = {
  bucket: (name: string) => `S3_BUCKET_${upper(name)}`,
  role: (name: string) => `MES_${upper(name)}_URL`,
} as const;

function upper(name: string): string {
  return name.replaceAll("-", "_").toUpperCase();
}

const PLATFORM_VARIABLES = new Set(
  [...Object.values(environmentVariables), brokerVariables]
    .flatMap((schema) => Object.keys(schema.shape))
    .concat(NAMED_VARIABLES.flatMap(({ name }) => name.split(", "))),
);

/** Whether a variable is the platform's to set: a stack file may not. */
export function isPlatformVariable(name: string): boolean {
  return PLATFORM_VARIABLES.has(name) || name.startsWith("S3_BUCKET_") || /^MES_.*_URL$/.test(name);
}
