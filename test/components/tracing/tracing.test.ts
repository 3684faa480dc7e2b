import { tracingConfig } from "../../../components/tracing/config";
import { otlpBinding } from "../../../components/tracing/endpoints";
import { Tracing } from "../../../components/tracing/tracing";
import { environment, recorded } from "../../helpers/record";

async function tracing(values: object = {}, preview = true) {
  const args = { environment: environment(), config: tracingConfig.parse(values), issuer: "mes-ca" };
  const { made: component, ...recording } = await recorded((opts) => new Tracing("tracing", args, opts), { preview });
  return { ...recording, component };
}

describe("what a program is told", () => {
  it("sends every trace to the collector on its own node", () => {
    expect(otlpBinding(environment())).toMatchObject({
      endpoints: [{ host: "otel-agent.mes-nodes.svc", port: 4317, target: { pods: { namespace: "mes-nodes" } } }],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-agent.mes-nodes.svc:4317",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_TRACES_SAMPLER: "parentbased_always_on",
        OTEL_PROPAGATORS: "tracecontext,baggage",
      },
    });
  });

  it("sends nothing and connects to nothing when tracing is off", () => {
    expect(otlpBinding(environment(), { enabled: false })).toEqual({ endpoints: [], env: { OTEL_SDK_DISABLED: "true" } });
  });

  it("is the same from the component", async () => {
    expect((await tracing()).component.binding()).toEqual(otlpBinding(environment()));
    expect((await tracing({ enabled: false })).component.binding().env).toEqual({ OTEL_SDK_DISABLED: "true" });
  });
});

describe.each([true, false])("tracing (preview: %s)", (preview) => {
  it("is nothing at all when it is off", async () => {
    const { plan, component } = await tracing({ enabled: false }, preview);
    expect(plan.resources.filter((r) => r.type.startsWith("kubernetes:"))).toEqual([]);
    expect([component.connections, component.scrapeTargets, component.alerts, component.dashboards]).toEqual([[], [], [], []]);
  });

  it("is a gateway, samplers with a volume each, and Jaeger", async () => {
    const { object } = await tracing({ gateway: { replicas: 3 }, sampler: { replicas: 2, volumeSize: "3Gi" } }, preview);
    expect(object("Deployment", "otel-gateway").spec.replicas).toBe(3);
    const sampler = object("StatefulSet", "otel-sampler").spec;
    expect(sampler.replicas).toBe(2);
    expect(sampler.volumeClaimTemplates[0]).toMatchObject({ spec: { resources: { requests: { storage: "3Gi" } } } });
    expect(object("Deployment", "jaeger").spec.replicas).toBe(1);
  });

  it("gives each sampler an address of its own, or the gateway could not choose", async () => {
    const { object } = await tracing({}, preview);
    expect(object("Service", "otel-sampler").spec.clusterIP).toBe("None");
    expect(object("Service", "otel-gateway").spec).not.toHaveProperty("clusterIP");
  });

  it("gives a sampler the time to decide on what it has in memory", async () => {
    const { object } = await tracing({ sampler: { decisionWait: "1m" } }, preview);
    expect(object("StatefulSet", "otel-sampler").spec.template.spec.terminationGracePeriodSeconds).toBe(90);
  });

  it("needs no access to the API server", async () => {
    const { object, objects } = await tracing({}, preview);
    expect(objects("ClusterRole")).toEqual({});
    expect(object("Deployment", "otel-gateway").spec.template.spec.automountServiceAccountToken).toBe(false);
  });
});

describe("what tracing declares", () => {
  it("connects the tiers in a chain and Jaeger to Prometheus", async () => {
    const { component } = await tracing();
    const chain = component.connections.map(({ from, to }) => `${from.name} → ${to.name}`);
    expect(chain.sort()).toEqual(["jaeger → prometheus", "otel-gateway → otel-sampler", "otel-sampler → jaeger"]);
  });

  it("is scraped at every tier, at ports that the pods have", async () => {
    const { component, objects } = await tracing();
    expect(component.scrapeTargets.map(({ job }) => job).sort()).toEqual([
      "jaeger",
      "otel-gateway",
      "otel-sampler",
      "span-metrics",
    ]);
    const controllers = { ...objects("Deployment"), ...objects("StatefulSet") };
    for (const { pods, port, portNumber } of component.scrapeTargets) {
      const ports = controllers[pods.name]?.spec.template.spec.containers[0].ports;
      expect(ports).toContainEqual(expect.objectContaining({ name: port, containerPort: portNumber }));
    }
  });
});
