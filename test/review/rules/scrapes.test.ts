import type { Plan } from "../../../review/plan/plan";
import { metricsExported } from "../../../review/rules/metrics-exported";
import { scrapeTargets } from "../../../review/rules/scrape-targets";
import { planned } from "../../helpers/plans";
import { containersOf, errorsAfter, type Edit, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

const monitor = (what: string, name: string, change: (endpoint: any, spec: any) => void, expected: RegExp): Edit => [
  what,
  "PodMonitor",
  name,
  ({ spec }) => change(spec.podMetricsEndpoints[0], spec),
  expected,
];
const config = (what: string, name: string, change: (spec: any) => void, expected: RegExp): Edit => [
  what,
  "ScrapeConfig",
  name,
  ({ spec }) => change(spec),
  expected,
];
const expression = (what: string, rules: string, from: RegExp, to: string, expected: RegExp): Edit => [
  what,
  "PrometheusRule",
  rules,
  ({ spec }) => {
    const rule = spec.groups[0].rules.find(({ expr }: any) => from.test(expr));
    rule.expr = rule.expr.replace(from, to);
  },
  expected,
];
const args = (kind: string, name: string, change: (args: string[]) => string[]) =>
  [kind, name, (inputs: Inputs) => (containersOf(inputs)[0].args = change(containersOf(inputs)[0].args))] as const;
const queries = (what: string, change: (cluster: any) => void, expected: RegExp): Edit => [
  what,
  "Cluster",
  "postgres",
  ({ spec }) => change(spec),
  expected,
];

test("what both stacks read is there, and asked for as it is served", async () => {
  for (const plan of [prod, await planned("dev")]) {
    expect(metricsExported.check(plan)).toEqual([]);
    expect(scrapeTargets.check(plan)).toEqual([]);
  }
});

test.each<Edit>([
  monitor(
    "another job",
    "broker-queues",
    (one) => (one.relabelings[0].replacement = "queues"),
    /means no job that exports rabbitmq_det/,
  ),
  monitor("no job", "order-intake", (one) => (one.relabelings = []), /job="order-intake" means no job that exports mes_/),
  monitor("no label", "node-exporter", (one) => one.relabelings.pop(), /has no label node/),
  monitor(
    "a dropped target",
    "cache",
    (one) => one.relabelings.push({ sourceLabels: ["namespace"], regex: "mes-data", action: "drop" }),
    /nothing exports redis_up: PodMonitor .*cache drops it by its relabelings/,
  ),
  monitor(
    "dropped metrics",
    "order-intake",
    (one) => (one.metricRelabelings = [{ sourceLabels: ["__name__"], regex: "mes_orders_.*", action: "drop" }]),
    /nothing exports mes_orders_received_total: PodMonitor .*order-intake drops it by its metricRelabelings/,
  ),
  monitor(
    "renamed metrics",
    "cache",
    (one) =>
      (one.metricRelabelings = [
        { sourceLabels: ["__name__"], regex: "redis_(.+)", targetLabel: "__name__", replacement: "valkey_$1" },
      ]),
    /nothing exports redis_up: /,
  ),
  monitor(
    "a dropped label",
    "broker-queues",
    (one) => (one.metricRelabelings = [{ regex: "queue|vhost", action: "labeldrop" }]),
    /rabbitmq_detailed_queue_messages has no label queue/,
  ),
  monitor(
    "one family less",
    "broker-queues",
    (one) => one.params.family.shift(),
    /not asked for the family queue_coarse_metrics/,
  ),
  monitor("no family", "broker-queues", (one) => delete one.params, /not asked for the family/),
  monitor(
    "another virtual host",
    "broker-queues",
    (one) => (one.params.vhost = ["/"]),
    /queues of the virtual host \/, and has mes/,
  ),
  config(
    "a shorter list",
    "cadvisor",
    (spec) => (spec.metricRelabelings[0].regex = "container_memory_.*"),
    /nothing exports container_cpu_/,
  ),
  config(
    "other namespaces",
    "cadvisor",
    (spec) => spec.metricRelabelings.push({ sourceLabels: ["container"], action: "drop" }),
    /nothing exports container_memory_working_set_bytes: ScrapeConfig .*cadvisor drops it/,
  ),
  [
    "fewer objects",
    ...args("Deployment", "kube-state-metrics", (all) => all.map((one) => one.replace("deployments,", ""))),
    /does not count deployments \(--resources\)/,
  ],
  [
    "two words",
    ...args("Deployment", "kube-state-metrics", (all) => [
      ...all.filter((one) => !one.startsWith("--resources")),
      "--resources",
      "pods",
    ]),
    /does not count nodes/,
  ],
  [
    "fewer metrics",
    ...args("Deployment", "kube-state-metrics", (all) => [...all, "--metric-denylist=kube_pod_.*"]),
    /leaves it out by --metric-denylist/,
  ],
  [
    "few metrics",
    ...args("Deployment", "kube-state-metrics", (all) => [...all, "--metric-allowlist=kube_pod_info"]),
    /keeps only what is in --metric-allowlist/,
  ],
  ["a shard", ...args("Deployment", "kube-state-metrics", (all) => [...all, "--total-shards=3"]), /one shard/],
  [
    "fewer namespaces",
    ...args("Deployment", "kube-state-metrics", (all) => all.map((one) => one.replace("=mes,", "="))),
    /kube_deployment_status_replicas_available \(kube-state-metrics\) has no namespace that matches "mes"/,
  ],
  [
    "a collector less",
    ...args("DaemonSet", "node-exporter", (all) => [...all, "--no-collector.meminfo"]),
    /collector meminfo switched off/,
  ],
  ["no collector", ...args("DaemonSet", "node-exporter", (all) => [...all, "--collector.disable-defaults"]), /and not cpu/],
  [
    "no file system",
    ...args("DaemonSet", "node-exporter", (all) => [
      ...all.filter((one) => !one.includes("mount-points")),
      "--collector.filesystem.mount-points-exclude=^/",
    ]),
    /leaves out every one of them by --collector.filesystem.mount-points-exclude/,
  ],
  queries(
    "fewer queries",
    (spec) => spec.monitoring.customQueriesConfigMap.pop(),
    /no query of Cluster mes-data\/postgres asks for it/,
  ),
  queries(
    "no default queries",
    (spec) =>
      Object.assign(spec.monitoring, {
        disableDefaultQueries: true,
        customQueriesConfigMap: spec.monitoring.customQueriesConfigMap.slice(1),
      }),
    /nothing exports cnpg_backends_total: no query/,
  ),
  queries("no plug-in", (spec) => (spec.plugins = []), /has no plug-in barman-cloud/),
  expression(
    "another Deployment",
    "mes-roles",
    /order-intake\|order-api/,
    "order-intake|orders-api",
    /no deployment that matches "orders-api"/,
  ),
  expression("another pod", "mes-roles", /pod=~"\(/, 'pod=~"mes-(', /no pod that matches/),
  expression("another container", "mes-roles", /container="mes"/, 'container="main"', /no container that matches "main"/),
  expression(
    "another autoscaler",
    "mes-roles",
    /keda-hpa-order-api/,
    "order-api",
    /no horizontalpodautoscaler that matches "order-api"/,
  ),
  expression(
    "another namespace",
    "mes-orders",
    /namespace="mes"/,
    'namespace="mes-apps"',
    /has no namespace that matches "mes-apps"/,
  ),
  expression(
    "another state",
    "nodes",
    /condition="Ready"/,
    'condition="ready"',
    /no condition that matches "ready"; did you mean Ready\?/,
  ),
  expression(
    "another status",
    "mes-http",
    /http_response_status_code=~"5\.\."/,
    'http_response_status_code=~"5xx"',
    /no http_response_status_code that matches "5xx"/,
  ),
  expression("another queue", "broker-queues", /queue=~"\.\*\[\.\]parked"/, 'queue=~".*[.]dead"', /no queue that matches/),
  expression("another outcome", "mes-orders", /retried\|rejected/, "failed", /no outcome that matches "failed"/),
])("metrics-exported misses what is lost by %s", (...edit) => {
  expect(errorsAfter(prod, metricsExported, edit)).toContainEqual(expect.stringMatching(edit[4]));
});

test.each<Edit>([
  monitor(
    "another scheme",
    "broker",
    (one) => Object.assign(one, { scheme: "http", tlsConfig: undefined }),
    /asks for http, and broker serves/,
  ),
  monitor("no TLS", "cache", (one) => (one.scheme = "https"), /asks for https, and cache serves/),
  monitor("no CA", "loki", (one) => (one.tlsConfig = { serverName: "loki.mes-observability.svc" }), /trusts no CA/),
  monitor(
    "another path",
    "postgres",
    (one) => (one.path = "/metric"),
    /asks for \/metric, and the metrics of postgres are at \/metrics/,
  ),
  monitor("renamed labels", "kube-state-metrics", (one) => delete one.honorLabels, /renamed to exported_/),
  monitor("an hour between", "order-intake", (one) => (one.interval = "1h"), /reads every 1h: a value is gone/),
  monitor(
    "two minutes between, and rates over two",
    "order-api",
    (one) => (one.interval = "4m"),
    /over 5m, in which there are no two samples/,
  ),
  monitor("no interval", "order-api", (one) => (one.interval = "1 minute"), /which is no duration/),
  monitor("a long wait", "order-api", (one) => (one.scrapeTimeout = "1m"), /longer than the interval/),
  monitor("no wait", "order-api", (one) => (one.scrapeTimeout = "10ms"), /in which no exporter gives one/),
  monitor("few samples", "broker-queues", (_, spec) => (spec.sampleLimit = 10), /takes 10 samples at most/),
  monitor("few targets", "order-intake", (_, spec) => (spec.targetLimit = 1), /takes 1 targets at most/),
  monitor("few labels", "broker", (_, spec) => (spec.labelLimit = 3), /takes 3 labels at most/),
  monitor("a small answer", "broker", (_, spec) => (spec.bodySizeLimit = "1KB"), /takes answers of 1KB at most/),
  config("one sample", "crm", (spec) => (spec.sampleLimit = 1), /takes 1 samples at most/),
  config("no target", "crm", (spec) => (spec.staticConfigs = []), /names no target/),
  config("another class", "cadvisor", (spec) => (spec.scrapeClass = "kubelets"), /no scrape class kubelets/),
  config("no class", "kubelet", (spec) => delete spec.scrapeClass, /shows no token/),
  config(
    "another path",
    "cadvisor",
    (spec) => (spec.metricsPath = "/metrics"),
    /the metrics of cadvisor are at \/metrics\/cadvisor/,
  ),
  ["no label", "ScrapeConfig", "crm", (inputs) => (inputs.metadata.labels = {}), /selects no such monitor/],
  ["few samples of all", "Prometheus", "prometheus", ({ spec }) => (spec.enforcedSampleLimit = 500), /takes 500 samples at most/],
])("scrape-targets refuses %s", (...edit) => {
  expect(errorsAfter(prod, scrapeTargets, edit)).toContainEqual(expect.stringMatching(edit[4]));
});

test.each<Edit>([
  monitor("a target that is read more rarely", "grafana", (one) => (one.interval = "1m"), /^$/),
  monitor(
    "a limit with room",
    "broker",
    (_, spec) => Object.assign(spec, { sampleLimit: 50_000, targetLimit: 100, bodySizeLimit: "50MB" }),
    /^$/,
  ),
  monitor("a further label", "cache", (one) => one.relabelings.push({ targetLabel: "team", replacement: "mes" }), /^$/),
  monitor(
    "dropped metrics that nobody reads",
    "cache",
    (one) => (one.metricRelabelings = [{ sourceLabels: ["__name__"], regex: "go_.*", action: "drop" }]),
    /^$/,
  ),
  [
    "a further object",
    ...args("Deployment", "kube-state-metrics", (all) => all.map((one) => one.replace("--resources=", "--resources=ingresses,"))),
    /^$/,
  ],
])("%s is fine", (...edit) => {
  expect([...errorsAfter(prod, metricsExported, edit), ...errorsAfter(prod, scrapeTargets, edit)]).toEqual([]);
});
