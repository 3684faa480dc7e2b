import type { KubeObject } from "../objects";
import { plus, podPorts, podRequests, requestsOf, storageOf, type PodGroup, type PodPort } from "../pods";
import { numberAt, recordAt, textAt, textsAt } from "../value";
import { made, type OperatorModel } from "./model";

/** The reloader that the operator puts beside each, at the operator's defaults. */
const RELOADER = requestsOf({ requests: { cpu: "10m", memory: "50Mi" } });

/** Labels, ports and objects as the operator makes them. Source: https://prometheus-operator.dev/docs/api-reference/api/ */
function pods(object: KubeObject, application: "prometheus" | "alertmanager", ports: readonly PodPort[]): PodGroup[] {
  const { spec, name, namespace } = object;
  const labels = {
    ...textsAt(spec, "podMetadata", "labels"),
    "app.kubernetes.io/name": application,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/managed-by": "prometheus-operator",
    "operator.prometheus.io/name": name,
    [application]: name,
  };
  const storage = storageOf(recordAt(spec, "storage", "volumeClaimTemplate", "spec"));
  const further = podRequests({ containers: spec.containers });
  return [
    {
      object,
      namespace,
      labelSets: [labels],
      annotations: textsAt(spec, "podMetadata", "annotations"),
      spec: {},
      specPath: ["spec"],
      replicas: (numberAt(spec, "replicas") ?? 1) * (numberAt(spec, "shards") ?? 1),
      perNode: false,
      finite: false,
      requests: [requestsOf(recordAt(spec, "resources")), RELOADER].reduce(plus, further),
      ports: [...ports, { name: "reloader-web", number: 8080 }, ...podPorts({ containers: spec.containers })],
      volumes: storage > 0 ? [storage] : [],
      // It looks up the pods that monitors select.
      asksApiServer: application === "prometheus",
      ownDisruptionBudget: false,
    },
  ];
}

export const prometheus: OperatorModel = {
  group: "monitoring.coreos.com",
  kind: "Prometheus",
  pods: (object) => pods(object, "prometheus", [{ name: textAt(object.spec, "portName") ?? "web", number: 9090 }]),
  makes: (object) => made(object, "Service", textAt(object.spec, "serviceName") ?? "prometheus-operated"),
};

export const alertmanager: OperatorModel = {
  group: "monitoring.coreos.com",
  kind: "Alertmanager",
  pods: (object) =>
    pods(object, "alertmanager", [
      { name: textAt(object.spec, "portName") ?? "web", number: 9093 },
      { name: "mesh-tcp", number: 9094 },
      { name: "mesh-udp", number: 9094, protocol: "UDP" },
    ]),
  makes: (object) => made(object, "Service", "alertmanager-operated"),
};
