import { Autoscaler, type AutoscalerArgs } from "../../../components/autoscaling/autoscaler";
import { brokerAuthentication } from "../../../components/autoscaling/broker-authentication";
import { scaleConfig } from "../../../components/autoscaling/config";
import { VerticalRecommendations } from "../../../components/autoscaling/recommendations";
import { fallbackReplicas } from "../../../components/autoscaling/specs";
import { gpuQuery, needsKeda, requestRateQuery, triggers } from "../../../components/autoscaling/triggers";
import { Workload } from "../../../components/workload/workload";
import { environment, recorded } from "../../helpers/record";
import { SCALING } from "../mes/fixture";

const ROLE = { name: "order-intake", namespace: "mes", container: "mes" };
const QUEUE = { name: "orders.inbound", length: 50, rate: 20 };
const scale = (given: object) => scaleConfig.parse({ min: 2, max: 10, ...given });

async function autoscaler(given: object, overrides: Partial<AutoscalerArgs> = {}) {
  const { made, ...recording } = await recorded((opts) => {
    const resources = { cpu: "100m", memory: "128Mi" };
    const { controller } = new Workload(
      ROLE.name,
      {
        environment: environment(),
        namespace: "mes",
        component: "mes",
        priorityClassName: "mes-orders",
        containers: [{ name: "mes", image: "mes", resources }],
      },
      opts,
    );
    const args = {
      environment: environment(),
      scale: scale(given),
      role: ROLE,
      target: controller,
      component: "mes",
      sources: SCALING,
      ...overrides,
    };
    return new Autoscaler(ROLE.name, args, opts);
  });
  return { ...recording, autoscaler: made };
}

describe("an autoscaler on CPU and memory", () => {
  it("is a HorizontalPodAutoscaler on the role's own container", async () => {
    const { object, objects } = await autoscaler({ cpu: 70, memory: 80 });
    expect(object("HorizontalPodAutoscaler", "order-intake").spec).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "order-intake" },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        { type: "ContainerResource", containerResource: { name: "cpu", container: "mes", target: { averageUtilization: 70 } } },
        {
          type: "ContainerResource",
          containerResource: { name: "memory", container: "mes", target: { averageUtilization: 80 } },
        },
      ],
    });
    expect(objects("ScaledObject")).toEqual({});
  });

  it("adds pods at once and removes them slowly", async () => {
    const { object } = await autoscaler({ cpu: 70 });
    const { scaleUp, scaleDown } = object("HorizontalPodAutoscaler", "order-intake").spec.behavior;
    expect(scaleUp).toEqual({
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Percent", value: 100, periodSeconds: 15 },
        { type: "Pods", value: 4, periodSeconds: 15 },
      ],
    });
    expect(scaleDown).toMatchObject({ stabilizationWindowSeconds: 600, policies: [{ value: 10 }, { value: 1 }] });
  });

  it("can be told another pace", async () => {
    const behavior = { down: { stabilization: "30m", pods: 2, period: "2m" } };
    const { object } = await autoscaler({ cpu: 70, behavior });
    expect(object("HorizontalPodAutoscaler", "order-intake").spec.behavior.scaleDown).toMatchObject({
      stabilizationWindowSeconds: 1800,
      policies: [{ value: 10, periodSeconds: 120 }, { value: 2 }],
    });
  });

  it("needs no KEDA", async () => {
    const { autoscaler: declared } = await autoscaler({ cpu: 70 }, { sources: undefined });
    expect(declared.connections).toEqual([]);
  });

  it("comes after what it scales", async () => {
    const { resource } = await autoscaler({ cpu: 70 });
    const deployment = resource(":Deployment", "order-intake").urn;
    expect(resource(":HorizontalPodAutoscaler", "order-intake").dependsOn).toContain(deployment);
  });
});

describe("an autoscaler on anything else", () => {
  it.each([
    ["queue", { queue: [QUEUE] }],
    ["requests", { requestsPerSecond: 50 }],
    ["GPU", { gpu: 70 }],
    ["schedule", { schedule: [{ start: "0 6 * * *", end: "0 7 * * *", replicas: 3 }] }],
  ])("is a ScaledObject and no HorizontalPodAutoscaler of ours: %s", async (_, given) => {
    const { objects } = await autoscaler({ cpu: 70, ...given });
    expect(objects("HorizontalPodAutoscaler")).toEqual({});
    expect(Object.keys(objects("ScaledObject"))).toEqual(["order-intake"]);
  });

  it("counts a queue's length, unacknowledged messages included, and its rate", async () => {
    const { object } = await autoscaler({ queue: [QUEUE] });
    const { triggers: list } = object("ScaledObject", "order-intake").spec;
    expect(list.map((t: any) => [t.type, t.metadata.mode, t.metadata.value])).toEqual([
      ["rabbitmq", "QueueLength", "50"],
      ["rabbitmq", "MessageRate", "20"],
    ]);
    for (const { metadata, authenticationRef, metricType } of list) {
      expect(metadata).toMatchObject({
        protocol: "http",
        vhostName: "mes",
        queueName: "orders.inbound",
        excludeUnacknowledged: "false",
        activationValue: "0",
      });
      expect(authenticationRef).toEqual({ name: "keda-broker", kind: "TriggerAuthentication" });
      expect(metricType).toBe("AverageValue");
    }
  });

  it("has CPU and memory as triggers too, on the role's own container", () => {
    const [cpu, memory] = triggers(scale({ cpu: 70, memory: 80, gpu: 50 }), ROLE, SCALING);
    expect(cpu).toEqual({ type: "cpu", name: "cpu", metricType: "Utilization", metadata: { value: "70", containerName: "mes" } });
    expect(memory?.metadata).toEqual({ value: "80", containerName: "mes" });
  });

  it("takes no answer for an error and not for no load", () => {
    const [requests] = triggers(scale({ requestsPerSecond: 50 }), ROLE, SCALING);
    expect(requests).toMatchObject({
      type: "prometheus",
      metadata: { serverAddress: "http://prometheus.mes-data.svc:9090", threshold: "50", ignoreNullValues: "false" },
    });
    // A pod that is scraped and was asked nothing is a zero, not an error.
    expect(requestRateQuery(ROLE)).toContain('or 0 * sum(up{namespace="mes",job="order-intake"} == 1)');
  });

  it("adds the use of GPUs up over pods, so that the target is that of one", () => {
    expect(gpuQuery({ ...ROLE, name: "pricing" })).toBe(
      'sum(avg by (pod) (DCGM_FI_DEV_GPU_UTIL{namespace="mes",pod=~"pricing-[a-z0-9]+-[a-z0-9]+"}))',
    );
  });

  it("opens windows of time", () => {
    const window = { start: "30 6 * * 1-5", end: "0 10 * * 1-5", timezone: "Europe/Berlin", replicas: 6 };
    expect(triggers(scale({ schedule: [window] }), ROLE, {})).toEqual([
      {
        type: "cron",
        name: "schedule-0",
        metadata: { start: window.start, end: window.end, timezone: window.timezone, desiredReplicas: "6" },
      },
    ]);
  });

  it("never has fewer pods when the metrics are away", async () => {
    const { object } = await autoscaler({ queue: [QUEUE] });
    const { fallback } = object("ScaledObject", "order-intake").spec;
    expect(fallback).toEqual({ behavior: "currentReplicasIfHigher", failureThreshold: 3, replicas: 6 });
  });

  it.each([
    [{ min: 1, max: 1 }, 1],
    [{ min: 2, max: 5 }, 4],
    [{ min: 0, max: 1 }, 1],
    [{ min: 1, max: 9, fallback: { replicas: 9 } }, 9],
  ])("falls back to half way from min to max: %j", (given, replicas) => {
    expect(fallbackReplicas(scale({ queue: [QUEUE], ...given }))).toBe(replicas);
  });

  it("says who connects to whom", async () => {
    const { autoscaler: declared } = await autoscaler({ queue: [QUEUE], requestsPerSecond: 5 });
    expect(declared.connections.map(({ from, to }) => [from.name, to.name])).toEqual([
      ["keda-operator", "broker:management"],
      ["keda-operator", "prometheus"],
    ]);
    const { autoscaler: byTime } = await autoscaler({ schedule: [{ start: "0 6 * * *", end: "0 7 * * *", replicas: 3 }] });
    expect(byTime.connections).toEqual([]);
  });

  it("is only chosen where it is needed", () => {
    expect(needsKeda(scale({ cpu: 70, memory: 70 }))).toBe(false);
    expect(needsKeda(scale({ cpu: 70, queue: [QUEUE] }))).toBe(true);
  });
});

describe("KEDA's access to the broker", () => {
  it("takes address and CA from Secrets, and verifies the certificate", async () => {
    const { object, comesAfter } = await recorded((opts) =>
      brokerAuthentication("mes", SCALING.broker!, { provider: opts.providers[0] }),
    );
    expect(comesAfter("TriggerAuthentication", "keda-broker")).toEqual(["ConfigMap keda-broker"]);
    expect(object("TriggerAuthentication", "keda-broker").spec).toEqual({
      secretTargetRef: [
        { parameter: "host", name: "broker-scaling", key: "host" },
        { parameter: "ca", name: "mes-ca", key: "ca.crt" },
      ],
      configMapTargetRef: [{ parameter: "tls", name: "keda-broker", key: "tls" }],
    });
    expect(object("ConfigMap", "keda-broker")).toMatchObject({ immutable: true, data: { tls: "enable" } });
  });
});

describe("vertical recommendations", () => {
  it("restart nothing", async () => {
    const targets = [
      { name: "postgres", namespace: "mes-data", apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" },
      { name: "broker-server", namespace: "mes-data", apiVersion: "apps/v1", kind: "StatefulSet" },
    ];
    const { objects } = await recorded(
      (opts) => new VerticalRecommendations("recommendations", { environment: environment(), targets }, opts),
    );
    expect(Object.values(objects("VerticalPodAutoscaler")).map(({ spec }) => [spec.targetRef, spec.updatePolicy])).toEqual(
      targets.map(({ name, apiVersion, kind }) => [{ name, apiVersion, kind }, { updateMode: "Off" }]),
    );
  });
});
