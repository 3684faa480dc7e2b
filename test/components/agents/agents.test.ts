import { agentConfig } from "../../../components/agents/agent-config";
import { Agents } from "../../../components/agents/agents";
import { agentsConfig } from "../../../components/agents/config";
import { configFile, goMemoryLimit, literal, ottlString } from "../../../components/collector/settings";
import { loggingConfig } from "../../../components/logging/config";
import { patience } from "../../helpers/probes";
import { environment, recorded } from "../../helpers/record";

const config = agentsConfig.parse({});
const logs = (values: object = {}) => loggingConfig.parse(values);

async function agents(on: { traces: boolean; logs: boolean }, preview = true) {
  const args = {
    environment: environment(),
    config,
    issuer: "mes-ca",
    tracing: { enabled: on.traces },
    logging: logs({ enabled: on.logs }),
  };
  const { made: component, ...recording } = await recorded((opts) => new Agents("agents", args, opts), { preview });
  const connections = component.connections.map(({ to }) => to.name).sort();
  return { ...recording, component, connections };
}

describe("the configuration of the agents", () => {
  it.each([{ diskLimit: "64Mi" }, { spanQueue: 1 }, { logQueue: 0 }, { queue: 5 }])("refuses %j", (value) => {
    expect(agentsConfig.safeParse(value).success).toBe(false);
  });
});

describe("the collector of a node", () => {
  it("says which pod a span comes from before anything loses the sender's address", () => {
    const { pipelines } = agentConfig({ environment: environment(), config, traces: true, logs: logs() });
    expect(pipelines.traces?.processors).toEqual([
      "memory_limiter",
      "k8s_attributes",
      "resource_detection",
      "filter/probes",
      "redaction",
    ]);
    expect(pipelines.logs?.processors).toEqual([
      "memory_limiter",
      "k8s_attributes",
      "resource_detection",
      "filter/noise",
      "transform/parse",
      "transform/redact",
    ]);
  });

  it("watches the pods of its own node only", () => {
    const { processors } = agentConfig({ environment: environment(), config, traces: true });
    expect(processors.k8s_attributes).toMatchObject({ filter: { node_from_env_var: "K8S_NODE_NAME" } });
  });

  it("reads the logs of the platform's pods, but never its own", () => {
    const { receivers } = agentConfig({ environment: environment(), config, logs: logs({ extraNamespaces: ["keda"] }) });
    expect(receivers.file_log).toMatchObject({
      include: expect.arrayContaining(["/var/log/pods/mes_*/*/*.log", "/var/log/pods/keda_*/*/*.log"]),
      exclude: ["/var/log/pods/mes-nodes_otel-agent-*/*/*.log"],
      storage: "file_storage",
      retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
    });
  });

  it("queues log records on disk and spans in memory", () => {
    const { exporters } = agentConfig({ environment: environment(), config, traces: true, logs: logs() });
    expect(exporters["otlp_http/loki"]).toMatchObject({
      endpoint: "https://loki.mes-observability.svc:3100/otlp",
      sending_queue: { storage: "file_storage" },
      retry_on_failure: { max_elapsed_time: "0s" },
    });
    expect(exporters["otlp_grpc/gateway"]).toMatchObject({ endpoint: "otel-gateway.mes-observability.svc:4317" });
    expect(exporters["otlp_grpc/gateway"]).not.toHaveProperty("sending_queue.storage");
  });

  it("leaves a step out that has nothing to do: an empty one is refused at start", () => {
    const { pipelines, processors } = agentConfig({ environment: environment(), config, logs: logs({ drop: [], redact: [] }) });
    expect(pipelines.logs?.processors?.slice(3)).toEqual(["transform/parse"]);
    expect(processors).not.toHaveProperty("filter/noise");
  });

  it("has only the half that is asked for", () => {
    expect(Object.keys(agentConfig({ environment: environment(), config, traces: true }).pipelines)).toEqual(["traces"]);
    expect(Object.keys(agentConfig({ environment: environment(), config, logs: logs() }).pipelines)).toEqual(["logs"]);
  });

  it("leads from a record to its trace", () => {
    const text = configFile(agentConfig({ environment: environment(), config, logs: logs() }));
    expect(text).toContain('set(log.trace_id.string, log.cache["json"]["trace_id"])');
  });

  it("queues no more than it may", () => {
    const small = agentsConfig.parse({ spanQueue: 1000 });
    const { exporters } = agentConfig({ environment: environment(), config: small, traces: true });
    expect(exporters["otlp_grpc/gateway"]).toMatchObject({
      sending_queue: { queue_size: 1000, batch: { min_size: 1000, max_size: 1000 } },
    });
  });
});

describe("text for a collector", () => {
  it("has no variables in it", () => {
    expect(literal("^a$")).toBe("^a$$");
    expect(ottlString(String.raw`"\d+$`)).toBe(String.raw`"\"\\d+$$"`);
  });

  it("lets Go use four fifths of the memory", () => {
    expect(goMemoryLimit({ cpu: "1", memory: "1Gi" })).toBe("819MiB");
  });
});

describe.each([true, false])("the agents (preview: %s)", (preview) => {
  it("run on every node, and programs reach the one of their own", async () => {
    const { object } = await agents({ traces: true, logs: true }, preview);
    expect(object("DaemonSet", "otel-agent").spec.template.spec.tolerations).toEqual([{ operator: "Exists" }]);
    expect(object("Service", "otel-agent").spec).toMatchObject({ internalTrafficPolicy: "Local" });
  });

  it("come after their certificate, may take a minute to start, and are restarted after one without an answer", async () => {
    const { object, comesAfter } = await agents({ traces: true, logs: true }, preview);
    expect(comesAfter(":Workload", "otel-agent")).toContain("Certificate otel-agent-tls");
    const [collector] = object("DaemonSet", "otel-agent").spec.template.spec.containers;
    expect(patience(collector)).toEqual({ start: 60, ready: 30, live: 60 });
  });

  it("may read pods, and nothing else", async () => {
    const { objects } = await agents({ traces: true, logs: true }, preview);
    expect(Object.values(objects("ClusterRole")).map((role) => role.rules)).toEqual([
      [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    ]);
  });

  it("are root without any capability, because the log files are root's, and read them only", async () => {
    const { object } = await agents({ traces: true, logs: true }, preview);
    const { spec } = object("DaemonSet", "otel-agent").spec.template;
    expect(spec.securityContext.runAsUser).toBe(0);
    expect(spec.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
    expect(spec.containers[0].volumeMounts).toContainEqual({ name: "pod-logs", mountPath: "/var/log/pods", readOnly: true });
  });

  it("see nothing of the node when logs are off", async () => {
    const { object, connections } = await agents({ traces: true, logs: false }, preview);
    const { spec } = object("DaemonSet", "otel-agent").spec.template;
    expect(JSON.stringify(spec)).not.toContain("hostPath");
    expect(spec.securityContext.runAsNonRoot).toBe(true);
    expect(connections).toEqual(["api-server", "otel-gateway"]);
  });

  it("take nothing from programs when tracing is off", async () => {
    const { objects, connections } = await agents({ traces: false, logs: true }, preview);
    expect(objects("Service")).toEqual({});
    expect(connections).toEqual(["api-server", "loki"]);
  });

  it("are not there when both are off", async () => {
    const { objects, component } = await agents({ traces: false, logs: false }, preview);
    expect(objects("DaemonSet")).toEqual({});
    expect([component.pods, component.alerts, component.scrapeTargets]).toEqual([undefined, [], []]);
  });
});
