import { z } from "zod";
import { scaleConfig } from "../autoscaling/config";
import {
  cidr,
  dnsLabel,
  duration,
  extendedResource,
  holds,
  hostname,
  labels,
  namespaceName,
  objectName,
  parseDuration,
  positiveDuration,
  resources,
  routingKeys,
  rule,
  secret,
  secretKey,
  toleration,
} from "../schema";
import { isPlatformVariable } from "./contract/contract";
import {
  files,
  hostAliases,
  initContainers,
  lifecycle,
  management,
  morePorts,
  port,
  probe,
  roleImage,
  startupProbe,
  volumes,
} from "./role/image-config";
import { directory, routePath } from "./role/paths";
import { roleProblems, rolesProblems } from "./role/problems";
import { signalsConfig } from "./role/signals";

/** Source: IsEnvVarName of k8s.io/apimachinery, pkg/util/validation/validation.go */
const VARIABLE = /^(?!\.$|\.\.)[-._A-Za-z][-._A-Za-z0-9]*$/;
const variableName = z
  .string()
  .regex(VARIABLE, "expected the name of a variable: letters, digits, underscores, dashes and dots, no digit first")
  .check(holds((name) => !isPlatformVariable(name), "is set by the platform and may not be set here (docs/app-contract.md)"));

/** Keda's autoscaler of a role is named `keda-hpa-<role>`, and its pods carry two random parts more. */
const ROLE_NAME_LENGTH = 40;

const path = z.string().regex(/^\/\S*$/, "expected a path that begins with a slash");
/** The histograms of the image end at 60 seconds (contract-metrics.ts): beyond it nothing could be told. */
const seconds = z.number().gt(0).lt(60);
const countOrPercent = z.union(
  [z.int().min(0), z.string().regex(/^(?:100|\d{1,2})%$/)],
  "expected a number of pods or a percentage, e.g. 1 or 25%",
);

const objective = z.strictObject({
  latency: seconds.optional().describe("seconds within which 95 of 100 requests are answered"),
  errorRatio: z.number().gt(0).max(1).optional().describe("share of requests that may fail with a 5xx"),
});

const http = z.strictObject({
  port: port.default(8_080).describe("port on which the role serves requests"),
  requestTimeout: positiveDuration.default("30s").describe("longest request; a pod that is stopped finishes its requests first"),
  objectives: z
    .strictObject({
      latency: seconds.default(1).describe("seconds within which 95 of 100 requests of a route are answered, else an alert"),
      errorRatio: z.number().gt(0).max(1).default(0.01).describe("share of requests that may fail with a 5xx, else an alert"),
      routes: z
        .record(z.string().startsWith("/", "expected a route as the image names it, as /orders/{id}"), objective)
        .default({})
        .describe("other limits for single routes, by the route as the image names it (label http_route)"),
    })
    .prefault({})
    .describe("what is good enough; beyond it there is an alert"),
});

const route = z.strictObject({
  hosts: z.array(hostname).min(1).max(16).optional().describe("host names; default: the gateway's host"),
  paths: z.array(routePath).min(1).max(64).describe("path prefixes that lead to this role; the longest match wins"),
  port: z.string().optional().describe("name of one of ports; default: the port of http"),
  timeout: positiveDuration.optional().describe("longest request of these paths; default: http.requestTimeout"),
});

const consumed = z.strictObject({
  queue: z.string().min(1).describe("name of the queue"),
  prefetch: z.int().min(1).max(2_000).default(20).describe("messages that one pod takes ahead of their handling"),
  handlingTime: positiveDuration
    .default("1s")
    .describe("longest time to handle one message; with prefetch it bounds how long a pod takes to stop"),
});

const shutdown = z.strictObject({
  preStop: duration
    .default("10s")
    .describe("time before SIGTERM for gateway and kube-proxy to stop sending requests; roles with http only"),
  drain: duration.default("0s").describe("longest other work in hand, e.g. a batch of the relay"),
  linger: duration.default("30s").describe("time that /metrics still answers after the last work, one scrape at least"),
  margin: duration.default("10s").describe("added before the pod is killed"),
});

const egress = z.strictObject({
  name: dnsLabel.describe("short name for people, e.g. crm"),
  host: hostname.optional().describe("host name that the role calls, for people"),
  cidrs: z.array(cidr).min(1).describe("addresses, as network policies know them"),
  port: port.default(443).describe("port"),
});

const databaseAccessName = z.enum(["readwrite", "readonly", "relay"]);

/** A role: a copy of the one image that does a part of what the MES does. */
const roleConfig = z
  .strictObject({
    description: z.string().optional().describe("what it does, for people"),
    enabled: z.boolean().default(true).describe("false: it is not there at all"),
    runs: z
      .array(z.string().regex(/^[a-z][a-z0-9-]*$/, "expected lower-case letters, digits and dashes"))
      .min(1)
      .optional()
      .describe("parts of the MES that it runs (MES_ROLE); default: the role's own name. Two parts in one role merge them"),
    image: roleImage,
    command: z.array(z.string()).min(1).optional().describe("default: the image's own"),
    args: z.array(z.string()).min(1).optional().describe("default: the image's own"),
    init: initContainers,
    lifecycle,
    management,
    ports: morePorts,
    signals: signalsConfig,
    env: z
      .record(variableName, z.string())
      .default({})
      .describe("further variables that everybody may read, with $(NAME) for the value of another one, also of a secret one"),
    files,
    volumes,
    hostAliases,
    secrets: z.record(variableName, secret).default({}).describe("further variables that are secret; they are kept in a Secret"),
    secretRefs: z
      .record(
        variableName,
        z.strictObject({
          name: objectName.describe("name of the Secret"),
          key: secretKey.describe("key in it"),
        }),
      )
      .default({})
      .describe("further variables from Secrets that are there already"),
    logLevel: z.enum(["debug", "info", "warn", "error"]).default("info").describe("least level that is logged"),
    resources: resources.describe("requests of one pod"),
    extendedResources: z
      .record(extendedResource, z.string().regex(/^[1-9]\d{0,8}$/, 'expected a whole number in quotes, e.g. "1"'))
      .default({})
      .describe("further resources that nodes advertise"),
    gpu: z
      .strictObject({
        count: z.int().min(1).default(1).describe("GPUs of one pod"),
        resource: extendedResource.default("nvidia.com/gpu").describe("their name at the node; its taint is tolerated"),
      })
      .optional()
      .describe("default: no GPU"),
    scratch: z.array(directory).default(["/tmp"]).describe("directories that may be written to; everything else is read-only"),
    nodeSelector: labels.default({}).describe("labels of the nodes that it may run on"),
    tolerations: z.array(toleration).default([]).describe("taints that it tolerates"),
    replicas: z.int().min(0).optional().describe("a fixed number of pods; default 2, unless there is a scale"),
    scale: scaleConfig.optional().describe("number of pods by load, in place of replicas"),
    rollout: z
      .strictObject({
        maxSurge: countOrPercent.describe("pods above the wanted number while rolling"),
        maxUnavailable: countOrPercent.describe("pods below it"),
      })
      .optional()
      .describe("default: 25% above and none below; with a GPU, which is rarely free, none above and one below"),
    http: http.optional().describe("it serves HTTP requests; default: it does not"),
    routes: z.array(route).max(16).default([]).describe("paths of the gateway that lead to it"),
    calls: z.array(dnsLabel).default([]).describe("other roles that it sends requests to"),
    database: z
      .strictObject({
        access: z
          .union(
            [databaseAccessName, z.array(databaseAccessName).min(1)],
            "expected readwrite, readonly or relay, or a list of them for a role that does several",
          )
          .check(
            rule((access, context) => {
              const all = typeof access === "string" ? [access] : access;
              const message = all.some((one, i) => all.indexOf(one) < i)
                ? "names one access twice"
                : all.includes("readwrite") && all.includes("readonly")
                  ? "readwrite reads too: leave readonly out"
                  : undefined;
              if (message !== undefined) context.addIssue({ code: "custom", message });
            }),
          )
          .describe(
            "readonly goes to the replicas; relay reads and marks the outbox and nothing else; a list for a role that does both, e.g. [readwrite, relay]",
          ),
        poolSize: z.int().min(1).max(500).default(5).describe("connections of one pod at most"),
      })
      .optional()
      .describe("default: no access to the database"),
    consumes: z.array(consumed).default([]).describe("queues of the broker that it consumes"),
    publishes: z.array(z.string().min(1)).default([]).describe("exchanges of the broker that it publishes to"),
    sends: routingKeys
      .optional()
      .describe(
        "routing keys of the messages that it writes to the outbox or publishes, * for any word: a plan checks that each gets to somebody. Default: those of its parts (docs/app-contract.md)",
      ),
    storage: z
      .record(z.string().min(1), z.enum(["read", "readwrite"]))
      .default({})
      .describe("access to buckets, by their logical names"),
    cache: z.boolean().default(false).describe("it uses the cache"),
    priority: z
      .enum(["orders", "standard"])
      .default("standard")
      .describe("orders: on the path of an order; scheduled first, and its alerts wake somebody"),
    egress: z.array(egress).default([]).describe("places outside of the cluster that it calls, e.g. the CRM"),
    startupTimeout: positiveDuration.default("2m").describe("time to start, before it is restarted"),
    probes: z
      .strictObject({
        startup: startupProbe,
        readiness: probe("can it take requests?", { period: "5s", failures: 3, timeout: "2s" }),
        liveness: probe("does only a restart help?", { period: "10s", failures: 6, timeout: "5s" }),
      })
      .prefault({})
      .describe("health checks"),
    shutdown: shutdown
      .prefault({})
      .describe("how a pod stops; the grace period is derived: preStop + the longest work in hand + linger + margin"),
    maxFailureRatio: z
      .number()
      .gt(0)
      .max(1)
      .default(0.05)
      .describe("share of messages that may fail and be given back or rejected, else an alert"),
  })
  .check(
    rule((role, context) => {
      for (const problem of roleProblems(role)) context.addIssue({ code: "custom", ...problem });
    }),
  );

export type RoleConfig = z.infer<typeof roleConfig>;

/** The roles of the MES: one image, run several times, each copy scaled on its own. */
export const rolesConfig = z
  .record(dnsLabel.max(ROLE_NAME_LENGTH, `expected at most ${ROLE_NAME_LENGTH} characters`), roleConfig)
  .check(
    rule((roles, context) => {
      for (const problem of rolesProblems(roles)) context.addIssue({ code: "custom", ...problem });
    }),
  )
  .describe("Roles of the MES by name: the same image several times, each copy with its own work, size and scale");

export type RolesConfig = z.infer<typeof rolesConfig>;

const crm = z.strictObject({
  host: hostname.describe("host that serves the CRM's metrics, `crm_orders_confirmed_total` among them"),
  port: port.default(443).describe("its port"),
  path: path.default("/metrics").describe("path of the metrics"),
  scheme: z.enum(["https", "http"]).default("https").describe("http only inside of the cluster"),
  token: secret.optional().describe("bearer token that Prometheus shows; default: none"),
  servers: z
    .union(
      [
        z.strictObject({ cidrs: z.array(cidr).min(1).describe("addresses of the host") }),
        z.strictObject({
          namespace: namespaceName.describe("namespace of the CRM's pods"),
          labels: labels.describe("labels of the CRM's pods"),
          podPort: port.optional().describe("port on the pods; default: the port itself"),
        }),
      ],
      "expected the {cidrs} of the host, or {namespace, labels} of the pods behind it",
    )
    .describe("where it is, for network policies"),
});

/** How orders are compared between the CRM and the MES, and within it. */
export const reconciliationConfig = z
  .strictObject({
    crm: crm.optional().describe("where the CRM tells how many orders it has confirmed; without it lost orders are not noticed"),
    window: positiveDuration.default("1h").describe("time over which orders are counted on both sides"),
    transit: positiveDuration
      .default("1m")
      .describe("time that an order may be under way: so many of the newest are not missed yet"),
    longWindow: positiveDuration.default("1d").describe("a second, longer time: finds single orders that a busy hour hides"),
  })
  .check(
    holds((c) => parseDuration(c.window) < parseDuration(c.longWindow), {
      path: ["longWindow"],
      message: "expected a longer time than window",
    }),
  )
  .describe("Comparison of orders confirmed by the CRM and received by the MES, and of orders accepted and published");

export type ReconciliationConfig = z.infer<typeof reconciliationConfig>;
