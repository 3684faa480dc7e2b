import { parse } from "yaml";
import { tracingConfig } from "../../../components/tracing/config";
import { searchEndpoints } from "../../../components/tracing/jaeger";
import { jaegerConfig, jaegerUi } from "../../../components/tracing/jaeger-config";
import { Jaeger } from "../../../components/tracing/jaeger";
import { patience } from "../../helpers/probes";
import { environment, recorded } from "../../helpers/record";

const storage = (value: object) => tracingConfig.parse({ storage: value }).storage;
const file = (value: object) => jaegerConfig(environment(), storage(value));
const SEARCH = {
  kind: "opensearch",
  endpoints: ["https://search.example.com:9200", "https://other.example.com"],
  credentialsSecret: "opensearch",
  caSecret: "search-ca",
  cidrs: ["10.1.0.0/16"],
  indexPrefix: "prod",
  retention: "7d",
} as const;
const jaeger = (values: object, preview = true) =>
  recorded(
    (opts) => new Jaeger("jaeger", { environment: environment(), config: tracingConfig.parse(values), issuer: "mes-ca" }, opts),
    {
      preview,
    },
  );

describe("the configuration of Jaeger", () => {
  it("keeps traces in memory in a small environment", () => {
    expect(parse(file({ kind: "memory", maxTraces: 500 })).extensions.jaeger_storage.backends).toEqual({
      traces: { memory: { max_traces: 500 } },
    });
  });

  it("keeps them on a volume for as long as asked", () => {
    expect(
      parse(file({ kind: "badger", size: "5Gi", retention: "3d" })).extensions.jaeger_storage.backends.traces.badger,
    ).toMatchObject({
      ephemeral: false,
      ttl: { spans: "259200s" },
    });
  });

  it("reads the password of a search cluster from a file and verifies its certificate", () => {
    const { opensearch } = parse(file(SEARCH)).extensions.jaeger_storage.backends.traces;
    expect(opensearch).toMatchObject({
      server_urls: SEARCH.endpoints,
      tls: { insecure: false, ca_file: "/etc/jaeger/ca/ca.crt" },
      auth: { basic: { username: "${env:SEARCH_USERNAME}", password_file: "/etc/jaeger/credentials/password" } },
      indices: { index_prefix: "prod", spans: { date_layout: "2006-01-02", rollover_frequency: "day", shards: 3, replicas: 1 } },
    });
  });

  it("quotes what its parser would take for a date", () => {
    expect(file(SEARCH)).toContain('date_layout: "2006-01-02"');
  });

  it("tells the sampler when it cannot store, instead of queueing in memory", () => {
    expect(parse(file({ kind: "memory" })).exporters.jaeger_storage_exporter).toMatchObject({ queue: { enabled: false } });
  });

  it("draws rates and durations from the metrics that the samplers make", () => {
    expect(parse(file({ kind: "memory" })).extensions.jaeger_storage.metric_backends.prometheus.prometheus).toMatchObject({
      endpoint: "http://prometheus.mes-observability.svc:9090",
      metric_namespace: "traces_span_metrics",
      latency_unit: "s",
    });
    expect(JSON.parse(jaegerUi(storage({ kind: "memory" })))).toMatchObject({ monitor: { menuEnabled: true } });
  });

  it("connects to the addresses of a search cluster and to nothing else outside", () => {
    expect(searchEndpoints(storage(SEARCH) as never)).toEqual([
      { name: "opensearch", host: "search.example.com", port: 9200, target: { cidrs: ["10.1.0.0/16"] } },
      { name: "opensearch", host: "other.example.com", port: 443, target: { cidrs: ["10.1.0.0/16"] } },
    ]);
  });
});

describe.each([true, false])("Jaeger (preview: %s)", (preview) => {
  it("is one Deployment that any pod of which answers, with TLS", async () => {
    const { object } = await jaeger({ jaeger: { replicas: 3 }, storage: SEARCH }, preview);
    expect(object("Deployment", "jaeger").spec.replicas).toBe(3);
    expect(object("Service", "jaeger").spec.ports.map((p: any) => p.port)).toEqual([4317, 16_686, 16_685]);
    expect(object("Certificate", "jaeger-tls").spec.dnsNames).toContain("jaeger.mes-observability.svc");
  });

  it("takes a volume where it keeps the traces itself", async () => {
    const { object } = await jaeger({ storage: { kind: "badger", size: "7Gi" } }, preview);
    const { spec } = object("StatefulSet", "jaeger");
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe("7Gi");
    expect(spec.template.spec.containers[0].volumeMounts).toContainEqual({ name: "traces", mountPath: "/var/lib/jaeger" });
  });

  it("never shows a password: it is in a Secret, and the pods refer to it", async () => {
    const { object, plan } = await jaeger(
      { storage: { ...SEARCH, credentialsSecret: undefined, username: "jaeger", password: { secure: "v1:abc" } } },
      preview,
    );
    expect(Object.keys(object("Secret", "jaeger-search").stringData).sort()).toEqual(["password", "username"]);
    expect(JSON.stringify(object("Secret", "jaeger-search"))).not.toContain("v1:abc");
    const [container] = object("Deployment", "jaeger").spec.template.spec.containers;
    expect(container.env).toContainEqual({
      name: "SEARCH_USERNAME",
      valueFrom: { secretKeyRef: { name: "jaeger-search", key: "username" } },
    });
    expect(JSON.stringify(plan.resources.filter((r) => !r.type.includes("Secret")).map((r) => r.inputs))).not.toContain("v1:abc");
  });
});

describe("the pods of Jaeger", () => {
  it("come after their certificate and the password of the search cluster", async () => {
    const password = { credentialsSecret: undefined, username: "jaeger", password: { secure: "v1:abc" } };
    const { comesAfter } = await jaeger({ storage: { ...SEARCH, ...password } });
    expect(comesAfter(":Workload", "jaeger")).toEqual(["Certificate jaeger-tls", "Secret search"]);
  });

  it("may take three minutes to open their storage, and a minute to be restarted", async () => {
    const { object } = await jaeger({});
    const [container] = object("Deployment", "jaeger").spec.template.spec.containers;
    expect(patience(container)).toEqual({ start: 180, ready: 30, live: 60 });
    expect(container.livenessProbe.httpGet).toEqual({ path: "/status", port: "health" });
  });
});

describe("the cleaner of old indices", () => {
  it("runs every night where traces are in a search cluster, and knows the retention", async () => {
    const { object } = await jaeger({ storage: SEARCH });
    const { spec } = object("CronJob", "jaeger-index-cleaner");
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    expect(container.args).toEqual(["7", "https://search.example.com:9200"]);
    expect(container.env).toContainEqual({ name: "INDEX_PREFIX", value: "prod" });
    expect(container.env).toContainEqual({
      name: "ES_PASSWORD",
      valueFrom: { secretKeyRef: { name: "opensearch", key: "password" } },
    });
    expect(spec).toMatchObject({ schedule: "30 1 * * *", concurrencyPolicy: "Forbid" });
  });

  it("makes up for a run that an outage of half a day kept from it, ends, and tries again", async () => {
    const { object } = await jaeger({ storage: SEARCH });
    const { spec } = object("CronJob", "jaeger-index-cleaner");
    expect(spec).toMatchObject({ startingDeadlineSeconds: 43_200, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 2 });
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 1800 });
    expect(spec.jobTemplate.spec.template.spec.restartPolicy).toBe("Never");
  });

  it("comes after the account and the password that it runs with", async () => {
    const password = { credentialsSecret: undefined, username: "jaeger", password: { secure: "v1:abc" } };
    const { comesAfter } = await jaeger({ storage: { ...SEARCH, ...password } });
    expect(comesAfter("CronJob", "jaeger-index-cleaner")).toEqual(["Secret search", "ServiceAccount jaeger-index-cleaner"]);
  });

  it("is not there where nothing has to be deleted from outside", async () => {
    const { objects } = await jaeger({});
    expect(objects("CronJob")).toEqual({});
  });
});
