import { autoscalerTarget } from "../../../review/rules/autoscaler-target";
import { oneOwnerOfReplicas } from "../../../review/rules/one-owner-of-replicas";
import { deployment, found, object } from "../fixtures";

const hpa = (target: string, overrides: Record<string, unknown> = {}) =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", target, {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        {
          type: "ContainerResource",
          containerResource: { name: "cpu", container: "main", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      ...overrides,
    },
  });

const scaledObject = (target: string, overrides: Record<string, unknown> = {}) =>
  object("keda.sh/v1alpha1", "ScaledObject", target, {
    spec: {
      scaleTargetRef: { name: target },
      minReplicaCount: 1,
      maxReplicaCount: 5,
      triggers: [{ type: "rabbitmq", metadata: { queueName: "orders" } }],
      ...overrides,
    },
  });

describe("the number of pods has one owner", () => {
  it("is content where only the autoscaler says how many", () => {
    expect(found(oneOwnerOfReplicas, [deployment("api"), hpa("api")])).toEqual([]);
  });

  it("finds replicas beside an autoscaler of either kind", () => {
    const replicas = { spec: { replicas: 3 } };
    expect(found(oneOwnerOfReplicas, [deployment("api", replicas), hpa("api")])).toEqual([
      "error Deployment api spec.replicas: HorizontalPodAutoscaler mes/api owns the number of pods; leave spec.replicas out",
    ]);
    expect(found(oneOwnerOfReplicas, [deployment("api", replicas), scaledObject("api")])).toHaveLength(1);
  });

  it("lets a deploy ignore the replicas that it once wrote", () => {
    const ignoring = { ...deployment("api", { spec: { replicas: 3 } }), ignoreChanges: ["spec.replicas"] };
    expect(found(oneOwnerOfReplicas, [ignoring, hpa("api")])).toEqual([]);
  });

  it("finds two autoscalers on one target", () => {
    expect(found(oneOwnerOfReplicas, [deployment("api"), hpa("api"), scaledObject("api")])).toEqual([
      "error ScaledObject api spec.scaleTargetRef: HorizontalPodAutoscaler mes/api scales Deployment api too; keep one of them",
    ]);
  });
});

describe("an autoscaler can do its work", () => {
  it("is content with a target, a metric that can be measured and a range", () => {
    expect(found(autoscalerTarget, [deployment("api"), hpa("api")])).toEqual([]);
    expect(found(autoscalerTarget, [deployment("worker"), scaledObject("worker")])).toEqual([]);
  });

  it("finds a target that is not there", () => {
    expect(found(autoscalerTarget, [deployment("api"), hpa("apy")])).toEqual([
      expect.stringContaining("scales Deployment mes/apy, which the plan does not have"),
    ]);
  });

  it("finds min above max", () => {
    expect(found(autoscalerTarget, [deployment("api"), hpa("api", { minReplicas: 9 })])).toEqual([
      "error HorizontalPodAutoscaler api spec.minReplicas: minReplicas is 9, above maxReplicas, which is 6; raise maxReplicas",
    ]);
  });

  it("finds a utilization without a request to be a share of", () => {
    const withoutCpu = deployment("api", { container: { resources: { requests: { memory: "1Gi" } } } });
    expect(found(autoscalerTarget, [withoutCpu, hpa("api")])).toEqual([
      expect.stringContaining("is a share of the cpu request, which container main of Deployment mes/api does not have"),
    ]);
  });

  it("finds a metric of a container that the pods do not have", () => {
    const trigger = { type: "cpu", metricType: "Utilization", metadata: { value: "70", containerName: "sidecar" } };
    expect(found(autoscalerTarget, [deployment("api"), scaledObject("api", { triggers: [trigger] })])).toEqual([
      expect.stringContaining("measures container sidecar, but Deployment mes/api has only main"),
    ]);
  });

  it("finds an autoscaler that would never wake its target, or has nothing to look at", () => {
    const cpu = [{ type: "cpu", metricType: "Utilization", metadata: { value: "70" } }];
    expect(found(autoscalerTarget, [deployment("api"), scaledObject("api", { minReplicaCount: 0, triggers: cpu })])).toEqual([
      expect.stringContaining("there is no use of its resources to wake it"),
    ]);
    expect(found(autoscalerTarget, [deployment("api"), hpa("api", { metrics: [] })])).toEqual([
      expect.stringContaining("no metric to scale on"),
    ]);
  });
});
