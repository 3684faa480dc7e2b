import { bytesAt, listAt, numberAt, recordAt, textAt, textsAt } from "../value";
import { requestsOf } from "../pods";
import { made, secretWith, type OperatorModel } from "./model";

/** What the operator asks for where the custom resource does not say. Source: its default `resources` and `persistence`. */
const DEFAULT_RESOURCES = { requests: { cpu: "1", memory: "2Gi" } };
const DEFAULT_STORAGE = "10Gi";

/** Labels, ports and objects as the operator makes them. Source: https://www.rabbitmq.com/kubernetes/operator/using-operator */
export const rabbitmqCluster: OperatorModel = {
  group: "rabbitmq.com",
  kind: "RabbitmqCluster",
  pods: (object) => {
    const { spec, name, namespace } = object;
    const tls = textAt(spec, "tls", "secretName") !== undefined;
    const plain = !tls || recordAt(spec, "tls").disableNonTLSListeners !== true;
    const plugins = listAt(spec, "rabbitmq", "additionalPlugins");
    const stream = plugins.includes("rabbitmq_stream");
    const resources = spec.resources === undefined ? DEFAULT_RESOURCES : recordAt(spec, "resources");
    const storage = bytesAt(spec, "persistence", "storage") ?? bytesAt({ storage: DEFAULT_STORAGE }, "storage") ?? 0;
    return [
      {
        object,
        namespace,
        labelSets: [
          {
            ...object.labels,
            ...textsAt(spec, "override", "statefulSet", "spec", "template", "metadata", "labels"),
            "app.kubernetes.io/name": name,
            "app.kubernetes.io/component": "rabbitmq",
            "app.kubernetes.io/part-of": "rabbitmq",
          },
        ],
        annotations: textsAt(spec, "override", "statefulSet", "spec", "template", "metadata", "annotations"),
        spec: {},
        specPath: ["spec"],
        replicas: numberAt(spec, "replicas") ?? 1,
        perNode: false,
        finite: false,
        requests: requestsOf(resources),
        ports: [
          { name: "epmd", number: 4369 },
          { number: 25_672 },
          ...(plain
            ? [
                { name: "amqp", number: 5672 },
                { name: "management", number: 15_672 },
                { name: "prometheus", number: 15_692 },
              ]
            : []),
          ...(tls
            ? [
                { name: "amqps", number: 5671 },
                { name: "management-tls", number: 15_671 },
                { name: "prometheus-tls", number: 15_691 },
              ]
            : []),
          ...(stream && plain ? [{ name: "stream", number: 5552 }] : []),
          ...(stream && tls ? [{ name: "streams", number: 5551 }] : []),
        ],
        volumes: storage > 0 ? [storage] : [],
        // Source: https://www.rabbitmq.com/kubernetes/operator/using-operator (it makes none)
        ownDisruptionBudget: false,
      },
    ];
  },
  makes: (object) => [
    ...made(object, "Secret", `${object.name}-default-user`, `${object.name}-erlang-cookie`),
    ...made(object, "Service", object.name, `${object.name}-nodes`),
    ...made(object, "ServiceAccount", `${object.name}-server`),
    ...made(object, "ConfigMap", `${object.name}-server-conf`, `${object.name}-plugins-conf`),
  ],
};

/** A user of the topology operator gets its credentials in a Secret. */
export const user: OperatorModel = {
  group: "rabbitmq.com",
  kind: "User",
  makes: (object) => [secretWith(object, `${object.name}-user-credentials`, ["username", "password"])],
};
