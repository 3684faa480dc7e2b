import { z } from "zod";
import { didYouMean, duration, fiveFieldCron, holds, nearest, parseDuration, rule } from "../schema";
import { timeZones } from "./time-zones";

/** The kinds of load that a role can be scaled on. */
const METRICS = ["cpu", "memory", "requestsPerSecond", "queue", "gpu", "schedule"] as const;

export const timezone = z.string().check(
  rule((name, context) => {
    if (isTimezone(name)) return;
    const meant = nearest(name, [...timeZones()]);
    const hint = meant === undefined ? "write it as Europe/Berlin" : `did you mean ${meant}?`;
    const message = `${JSON.stringify(name.slice(0, 60))} is no time zone of the IANA database, in which upper and lower case count; ${hint}`;
    context.addIssue({ code: "custom", message });
  }),
);

/** Zones newer than the list are known to newer versions of Node.js, which also knows each name in any case. */
function isTimezone(name: string): boolean {
  return timeZones().has(name) || Intl.supportedValuesOf("timeZone").includes(name);
}

const queue = z.strictObject({
  name: z.string().min(1).describe("a queue that the role consumes"),
  length: z.int().min(1).describe("messages for each pod, unacknowledged ones counted: more of them and pods are added"),
  rate: z
    .number()
    .positive()
    .optional()
    .describe("messages a second that one pod handles: pods are added before a queue builds up"),
  activation: z.int().min(0).default(0).describe("with min 0: messages above which the first pod starts"),
});

/** KEDA's parser reads five fields and no `@daily`. */
const scheduled = z.strictObject({
  start: fiveFieldCron.describe("when the window begins (cron)"),
  end: fiveFieldCron.describe("when the window ends (cron)"),
  timezone: timezone.default("UTC").describe("time zone of both"),
  replicas: z.int().min(1).describe("pods that are there at least while the window is open"),
});

/** Bounds of the API. Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
const LONGEST_WINDOW = 3_600;
const LONGEST_PERIOD = 1_800;

const windowLength = duration.check(holds((d) => withinSeconds(d, 0, LONGEST_WINDOW), "expected at most 1h"));
const period = duration.check(holds((d) => withinSeconds(d, 1, LONGEST_PERIOD), "expected 1s to 30m"));

function withinSeconds(text: string, low: number, high: number): boolean {
  const seconds = parseDuration(text);
  return seconds >= low && seconds <= high;
}

const pace = (defaults: { stabilization: string; percent: number; pods: number; period: string }) =>
  z
    .strictObject({
      stabilization: windowLength
        .default(defaults.stabilization)
        .describe(`how long the load must have changed; default ${defaults.stabilization}`),
      percent: z.int().min(1).default(defaults.percent).describe("at most so many percent of the pods in one period"),
      pods: z.int().min(1).default(defaults.pods).describe("or so many pods in one period, whichever is more"),
      period: period.default(defaults.period).describe("length of a period"),
    })
    .prefault({});

/**
 * Fast up: an order waits while pods are missing. Slow down: a pod that is stopped too early has to start again, and each
 * stop drains and redelivers. Up is what Kubernetes does by default; down it would remove all superfluous pods at once.
 */
const behavior = z
  .strictObject({
    up: pace({ stabilization: "0s", percent: 100, pods: 4, period: "15s" }).describe("adding pods"),
    down: pace({ stabilization: "10m", percent: 10, pods: 1, period: "1m" }).describe("removing pods"),
  })
  .prefault({});

const fallback = z
  .strictObject({
    behavior: z
      .enum(["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"])
      .default("currentReplicasIfHigher")
      .describe("what happens to the number of pods when the metrics are away"),
    replicas: z.int().min(1).optional().describe("pods when the metrics are away; default: half way from min to max"),
    failureThreshold: z.int().min(1).default(3).describe("failed queries in a row before the metrics count as away"),
  })
  .prefault({});

/** How many pods a role has, by load. */
export const scaleConfig = z
  .strictObject({
    min: z.int().min(0).describe("pods at least; 0 only where a queue or a schedule can wake the role"),
    max: z.int().min(1).describe("pods at most; the database's connections are counted with it"),
    cpu: z.int().min(1).max(400).optional().describe("average CPU use, in percent of the request"),
    memory: z.int().min(1).max(95).optional().describe("average memory use, in percent of the request (which is the limit)"),
    requestsPerSecond: z.number().positive().optional().describe("HTTP requests a second for each pod"),
    queue: z.array(queue).min(1).optional().describe("messages waiting in queues"),
    gpu: z.int().min(1).max(100).optional().describe("average GPU use of a pod, in percent"),
    schedule: z.array(scheduled).min(1).optional().describe("windows of time with more pods, ahead of a known peak"),
    behavior: behavior.describe("how fast pods are added and removed"),
    fallback: fallback.describe("what happens when queue, requests or GPU cannot be measured"),
    pollingInterval: period
      .default("15s")
      .describe(
        "with min 0: how often KEDA asks whether there is work for a first pod; with pods running the autoscaler of Kubernetes asks, each 15 s by itself",
      ),
    cooldown: duration.default("5m").describe("with min 0: how long a role must have nothing to do before its last pod goes"),
  })
  .check(
    rule((scale, context) => {
      const issue = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
      const within = (replicas: number) => replicas >= scale.min && replicas <= scale.max;
      const bounds = `from min (${scale.min}) to max (${scale.max})`;
      if (scale.min > scale.max) issue(["min"], `is greater than max (${scale.max})`);
      if (METRICS.every((metric) => scale[metric] === undefined))
        issue(
          [],
          `needs something to scale on: one of ${METRICS.join(", ")}; for a fixed number of pods use replicas instead of scale`,
        );
      if (scale.min === 0 && scale.queue === undefined && scale.schedule === undefined)
        issue(["min"], "may be 0 only with a queue or a schedule: nothing else can wake a role that has no pod");
      for (const [i, { start, end, replicas }] of (scale.schedule ?? []).entries()) {
        if (!within(replicas)) issue(["schedule", i, "replicas"], `expected a number ${bounds}, found ${replicas}`);
        if (start === end) issue(["schedule", i, "end"], "is the same as start: the window would never be open");
      }
      const names = (scale.queue ?? []).map(({ name }) => name);
      for (const [i, name] of names.entries()) if (names.indexOf(name) < i) issue(["queue", i, "name"], `${name} is there twice`);
      const { replicas } = scale.fallback;
      if (replicas !== undefined && !within(replicas))
        issue(["fallback", "replicas"], `expected a number ${bounds}, found ${replicas}`);
    }),
  );

export type ScaleConfig = z.infer<typeof scaleConfig>;
export type QueueScale = z.infer<typeof queue>;

/** What a role must be for its scale to make sense. */
export interface Scalable {
  readonly http: boolean;
  readonly gpu: boolean;
  readonly queues: readonly string[];
}

/** What is wrong with the scale of a role, seen from the role: path below `scale`, and message. */
export function scaleProblems(scale: ScaleConfig, role: Scalable): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  if (scale.requestsPerSecond !== undefined && !role.http)
    problems.push({ path: ["requestsPerSecond"], message: "needs http: this role serves no requests" });
  if (scale.gpu !== undefined && !role.gpu) problems.push({ path: ["gpu"], message: "needs gpu: this role has none" });
  if (scale.min === 0 && role.http)
    problems.push({ path: ["min"], message: "may not be 0 for a role with http: a request cannot wait until a pod has started" });
  for (const [i, { name }] of (scale.queue ?? []).entries()) {
    if (!role.queues.includes(name)) {
      const hint = role.queues.length === 0 ? "; it consumes none" : didYouMean(name, role.queues);
      problems.push({ path: ["queue", i, "name"], message: `this role does not consume the queue ${name}${hint}` });
    }
  }
  return problems;
}

export const verticalRecommendationsConfig = z
  .boolean()
  .default(false)
  .describe(
    "recommendations of CPU and memory for database and broker, applied by nobody (VerticalPodAutoscaler, mode Off); needs its recommender in the cluster",
  );
