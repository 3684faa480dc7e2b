import { listAt, numberAt, recordAt, textAt, textsAt, bytesAt } from "../value";
import { podPorts, podRequests, plus, requestsOf, storageOf } from "../pods";
import { made, type OperatorModel } from "./model";

/** Labels, ports and objects as the operator makes them. Source: https://cloudnative-pg.io/documentation/current/ */
export const cluster: OperatorModel = {
  group: "postgresql.cnpg.io",
  kind: "Cluster",
  pods: (object, inventory) => {
    const { spec, name, namespace } = object;
    const labels = {
      ...textsAt(spec, "inheritedMetadata", "labels"),
      "app.kubernetes.io/name": "postgresql",
      "app.kubernetes.io/component": "database",
      "app.kubernetes.io/instance": name,
      "app.kubernetes.io/managed-by": "cloudnative-pg",
      "cnpg.io/cluster": name,
      "cnpg.io/podRole": "instance",
    };
    // The plug-in for backups runs beside each instance, sized by the object store it writes to.
    const sidecars = listAt(spec, "plugins")
      .map((plugin) => textAt(plugin, "parameters", "barmanObjectName"))
      .filter((store) => store !== undefined)
      .map((store) => inventory.find("ObjectStore", namespace, store))
      .map((store) => requestsOf(recordAt(store?.spec, "instanceSidecarConfiguration", "resources")));
    const size = (volume: string) => bytesAt(spec, volume, "size") ?? storageOf(recordAt(spec, volume, "pvcTemplate"));
    return [
      {
        object,
        namespace,
        labelSets: ["primary", "replica"].map((role) => ({ ...labels, "cnpg.io/instanceRole": role, role })),
        annotations: textsAt(spec, "inheritedMetadata", "annotations"),
        spec: {},
        specPath: ["spec"],
        replicas: numberAt(spec, "instances") ?? 1,
        perNode: false,
        finite: false,
        requests: sidecars.reduce(plus, requestsOf(recordAt(spec, "resources"))),
        ports: [
          { name: "postgresql", number: 5432 },
          { name: "metrics", number: 9187 },
          { name: "status", number: 8000 },
        ],
        volumes: ["storage", "walStorage"].map(size).filter((bytes) => bytes > 0),
        // Its manager reads and writes the Cluster, and with it who is primary.
        asksApiServer: true,
        ownDisruptionBudget: recordAt(spec).enablePDB !== false,
      },
    ];
  },
  makes: (object) => [
    ...made(object, "Secret", ...["app", "superuser", "ca", "server", "replication"].map((part) => `${object.name}-${part}`)),
    ...made(object, "Service", ...["rw", "ro", "r"].map((part) => `${object.name}-${part}`)),
    ...made(object, "ServiceAccount", object.name),
    ...made(object, "ConfigMap", "cnpg-default-monitoring"),
  ],
};

export const pooler: OperatorModel = {
  group: "postgresql.cnpg.io",
  kind: "Pooler",
  pods: (object) => {
    const template = recordAt(object.spec, "template");
    const podSpec = recordAt(template, "spec");
    const labels = {
      ...textsAt(template, "metadata", "labels"),
      "cnpg.io/cluster": textAt(object.spec, "cluster", "name") ?? "",
      "cnpg.io/poolerName": object.name,
      "cnpg.io/podRole": "pooler",
    };
    return [
      {
        object,
        namespace: object.namespace,
        labelSets: [labels],
        annotations: textsAt(template, "metadata", "annotations"),
        spec: {},
        specPath: ["spec", "template", "spec"],
        replicas: numberAt(object.spec, "instances") ?? 1,
        perNode: false,
        finite: false,
        requests: podRequests(podSpec),
        ports: [{ name: "pgbouncer", number: 5432 }, { name: "metrics", number: 9127 }, ...podPorts(podSpec)],
        volumes: [],
        ownDisruptionBudget: false,
      },
    ];
  },
  makes: (object) => [
    ...made(object, "Service", object.name),
    ...made(object, "ServiceAccount", object.name),
    ...made(object, "Secret", `${object.name}-pooler-auth`),
  ],
};
