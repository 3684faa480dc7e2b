import { cause, harmful } from "../making";
import type { EditedPlan } from "../edited-plan";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("protection");

const PROTECTED: readonly [kind: string, name: string, harm: string][] = [
  ["Cluster", "postgres", "the database with all orders"],
  ["Database", "postgres-mes", "the database with all orders"],
  ["RabbitmqCluster", "broker", "the broker with all orders in its queues"],
  ["Queue", "orders.inbound", "the queue with the CRM's orders"],
  ["Queue", "orders.public", "the queue with the partners' orders"],
  ["Queue", "orders.status.parked", "the parking queue with what somebody still has to look at"],
  ["Vhost", "mes", "the virtual host with all queues"],
  ["Namespace", "mes-data", "the namespace of database and broker, and every volume in it"],
  ["ObjectStore", "postgres-backups", "the place of the backups"],
  ["Bucket", "backups", "all backups"],
  ["Bucket", "products", "all drawings"],
  ["Key", "buckets", "the key, without which no bucket can be read"],
];

const flags: Generator<Harmful> = ({ random }) => [
  ...random.some(5, PROTECTED).map(([kind, name, what]) =>
    plan(
      {
        id: `protect-lost:${kind}/${name}`,
        harm: `a rename or a destroy deletes ${what}`,
        cause: cause([name], /protect|delet|data/i),
      },
      (edited) => (edited.resource(kind, name).protect = false),
    ),
  ),
  ...random.some(5, PROTECTED).map(([kind, name, what]) =>
    plan(
      {
        id: `retain-lost:${kind}/${name}`,
        harm: `when protection is lifted for a moment, a destroy takes along ${what}`,
        cause: cause([name], /retain|protect|delet|outlive|data/i),
      },
      (edited) => (edited.resource(kind, name).retainOnDelete = false),
    ),
  ),
  ...random.some(2, PROTECTED).map(([kind, name, what]) =>
    plan(
      {
        id: `protection-lost-of-deployed:${kind}/${name}`,
        deployed: true,
        harm: `a deploy lifts the protection of what is there: the next one may delete ${what}`,
        cause: cause([name], /protect|retain|delet|data/i),
      },
      (edited) => Object.assign(edited.resource(kind, name), { protect: false, retainOnDelete: false }),
    ),
  ),
  file(
    {
      id: "protection-off",
      deployed: true,
      harm: "the whole stack lifts the protection of data that is there",
      cause: cause(["protectData", "postgres", "broker", "data"], /protect/i),
    },
    (edited) => edited.set("mes:cluster/protectData", false),
  ),
  plan(
    {
      id: "queue-deleted-with-its-object",
      harm: "whoever deletes the object deletes the queue and its orders",
      cause: cause(["orders.inbound"], /deletionPolicy|delet|retain/i),
    },
    (edited) => (edited.spec("Queue", "orders.inbound").deletionPolicy = "delete"),
  ),
  plan(
    {
      id: "database-deleted-with-its-object",
      harm: "whoever deletes the object drops the database",
      cause: cause(["postgres-mes"], /reclaim|delet|retain/i),
    },
    (edited) => (edited.spec("Database", "postgres-mes").databaseReclaimPolicy = "delete"),
  ),
  plan(
    {
      id: "database-absent",
      harm: "the operator is told to drop the database",
      cause: cause(["postgres-mes"], /ensure|absent|drop|delet/i),
    },
    (edited) => (edited.spec("Database", "postgres-mes").ensure = "absent"),
  ),
  plan(
    {
      id: "bucket-emptied-by-destroy",
      harm: "a destroy empties the bucket of backups before it deletes it",
      cause: cause(["backups"], /forceDestroy|destroy|delet|empt/i),
    },
    (edited) => (edited.inputs("Bucket", "backups").forceDestroy = true),
  ),
  plan(
    {
      id: "volumes-deleted-with-their-controller",
      harm: "the volumes of Loki go with the StatefulSet, which each change of its claims replaces",
      cause: cause(["loki"], /persistentVolumeClaimRetentionPolicy|whenDeleted|retain|delet/i),
    },
    (edited) =>
      (edited.spec("StatefulSet", "loki").persistentVolumeClaimRetentionPolicy = { whenDeleted: "Delete", whenScaled: "Delete" }),
  ),
  plan(
    {
      id: "definitions-deleted-with-keda",
      harm: "uninstalling the release deletes the definitions and every ScaledObject with them: all roles fall to one pod",
      cause: cause(["keda"], /keep|definition|CRD|resource-policy/i),
    },
    (edited) => delete edited.inputs("Release", "keda").values.crds.additionalAnnotations,
  ),
  plan(
    {
      id: "definitions-deleted-with-prometheus-operator",
      harm: "uninstalling the release deletes the definitions, and Prometheus, its volumes' owner and all alerts with them",
      cause: cause(["prometheus-operator-crds"], /keep|definition|CRD|resource-policy/i),
    },
    (edited) => (edited.inputs("Release", "prometheus-operator-crds").values.crds.annotations = {}),
  ),
  plan(
    {
      id: "definitions-deleted-with-cert-manager",
      harm: "uninstalling the release deletes every Certificate, and their Secrets run out",
      cause: cause(["cert-manager"], /keep|definition|CRD|resource-policy/i),
    },
    (edited) => (edited.inputs("Release", "cert-manager").values.crds.keep = false),
  ),
  plan(
    {
      id: "definitions-deleted-with-rabbitmq",
      harm: "uninstalling the release deletes the definition of RabbitmqCluster, and the broker with it",
      cause: cause(["rabbitmq"], /keep|definition|CRD|resource-policy/i),
    },
    (edited) => {
      const { values } = edited.inputs("Release", "rabbitmq");
      values.extraDeploy = values.extraDeploy.map((text: string) =>
        text.replaceAll("helm.sh/resource-policy: keep", "mes.platform/note: kept"),
      );
    },
  ),
];

const RENAMED: readonly [kind: string, name: string][] = [
  ["Cluster", "postgres"],
  ["RabbitmqCluster", "broker"],
  ["Queue", "orders.inbound"],
  ["Vhost", "mes"],
  ["Bucket", "products"],
  ["Namespace", "mes-data"],
  ["Deployment", "order-intake"],
  ["Service", "order-api"],
];

/** What is there already: names of resources are what the engine knows them by. */
const deployedObjects: Generator<Harmful> = ({ random }) => {
  const lost = (things: readonly string[]) =>
    cause(
      things,
      /deploy|there|URN|alias|delet|replac|renam|former|before|state|data|lose|lost|left behind|moved|shrink|smaller|immutable|change|version|downgrade/i,
    );
  return [
    ...random.some(4, RENAMED).map(([kind, name]) =>
      plan(
        {
          id: `renamed-without-alias:${kind}/${name}`,
          deployed: true,
          harm: `the engine takes ${kind} ${name} for a new one: creating it fails, or the old one, which is the same object, is deleted afterwards`,
          cause: lost([name]),
        },
        (edited: EditedPlan) => void edited.renameResource(kind, name, `${name}-main`),
      ),
    ),
    plan(
      {
        id: "moved-to-another-parent",
        deployed: true,
        harm: "the URN holds the parents' types: moved under another component, the broker is a new one to the engine",
        cause: lost(["broker"]),
      },
      (edited) => {
        const resource = edited.resource("RabbitmqCluster", "broker");
        resource.urn = resource.urn.replace("mes:broker:Broker$", "mes:messaging:Messaging$mes:broker:Broker$");
      },
    ),
    file(
      {
        id: "database-renamed",
        deployed: true,
        harm: "an empty database takes the place of the one with all orders",
        cause: lost(["postgres"]),
      },
      (edited) => edited.set("mes:postgres/name", "orders"),
    ),
    file(
      {
        id: "namespaces-renamed",
        deployed: true,
        harm: "everything is created again in other namespaces: an empty database, an empty broker",
        cause: lost(["postgres", "broker", "mes-data"]),
      },
      (edited) => edited.set("mes:namespaces/prefix", "factory"),
    ),
    file(
      {
        id: "buckets-renamed",
        deployed: true,
        harm: "drawings and backups stay behind in buckets that nothing reads any more",
        cause: lost(["backups", "products", "example-mes-prod"]),
      },
      (edited) => edited.set("mes:storage/namePrefix", "example-factory-prod"),
    ),
    file(
      {
        id: "vhost-renamed",
        deployed: true,
        harm: "all queues are created again in another virtual host: orders in the old ones are consumed by nobody",
        cause: lost(["orders.inbound", "mes", "Vhost", "vhost"]),
      },
      (edited) => edited.set("mes:broker/vhost", "factory"),
    ),
    file(
      {
        id: "queue-renamed",
        deployed: true,
        harm: "orders in the old queue are consumed by nobody",
        cause: lost(["orders.inbound"]),
      },
      (edited) => {
        edited.rename("mes:broker/queues/orders.inbound", "orders.incoming");
        edited.set("mes:roles/order-intake/consumes/0/queue", "orders.incoming");
        edited.set("mes:roles/order-intake/scale/queue/0/name", "orders.incoming");
      },
    ),
    file(
      {
        id: "database-volume-shrunk",
        deployed: true,
        harm: "a volume cannot shrink: the operator refuses the change, and each further deploy with it",
        cause: lost(["postgres"]),
      },
      (edited) => edited.set("mes:postgres/storage/size", "100Gi"),
    ),
    file(
      {
        id: "broker-volume-shrunk",
        deployed: true,
        harm: "a volume cannot shrink: the operator refuses the change, and the broker is never updated again",
        cause: lost(["broker"]),
      },
      (edited) => edited.set("mes:broker/storage", "60Gi"),
    ),
    file(
      {
        id: "database-downgraded",
        deployed: true,
        harm: "Postgres 16 cannot read what Postgres 18 has written: the operator refuses, or the database does not start",
        cause: lost(["postgres"]),
      },
      (edited) => edited.set("mes:images/overrides/postgres", { tag: "16.4-minimal-bookworm" }),
    ),
    file(
      {
        id: "broker-downgraded",
        deployed: true,
        harm: "RabbitMQ 3.13 does not know the feature flags that 4.3 has switched on: no node starts",
        cause: lost(["broker", "rabbitmq"]),
      },
      (edited) => edited.set("mes:images/overrides/rabbitmq", { tag: "3.13.7-management" }),
    ),
    file(
      {
        id: "single-active-afterwards",
        deployed: true,
        harm: "this argument of a queue cannot be changed: the operator is refused, and the queue stays as it is",
        cause: lost(["orders.status"]),
      },
      (edited) => edited.set("mes:broker/queues/orders.status/singleActiveConsumer", true),
    ),
    plan(
      {
        id: "claims-of-another-class",
        deployed: true,
        harm: "claims of a StatefulSet cannot be changed: it is replaced, deleted before it is made",
        cause: lost(["loki"]),
      },
      (edited) => (edited.spec("StatefulSet", "loki").volumeClaimTemplates[0].spec.storageClassName = "io2"),
    ),
    plan(
      {
        id: "selector-changed",
        deployed: true,
        harm: "a selector cannot be changed: the Deployment is deleted before it is made again, with all pods",
        cause: cause(["order-api"], /selector|immutable|replac|delet/i),
      },
      (edited) => {
        const spec = edited.spec("Deployment", "order-api");
        spec.selector.matchLabels["app.kubernetes.io/component"] = "mes";
        spec.template.metadata.labels["app.kubernetes.io/component"] = "mes";
      },
    ),
  ];
};

export const protection: readonly Generator<Harmful>[] = [flags, deployedObjects];
