import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan } = harmful("cannot run or deploy");

export const cannotRun: readonly Harmful[] = [
  plan(
    {
      id: "field-mistyped",
      harm: "the API server drops a field that it does not know: replication is asynchronous, in silence",
      cause: cause(["postgres"], /field|unknown|synchronus|synchron/i),
    },
    (edited) => {
      const { postgresql } = edited.spec("Cluster", "postgres");
      postgresql.synchronus = postgresql.synchronous;
      delete postgresql.synchronous;
    },
  ),
  plan(
    {
      id: "two-containers-of-one-name",
      harm: "two containers have one name: the pods are refused",
      cause: cause(["order-api"], /container|name|twice|two|duplicate/i),
    },
    (edited) =>
      edited.pod("Deployment", "order-api").containers.push(structuredClone(edited.container("Deployment", "order-api"))),
  ),
  plan(
    {
      id: "budget-of-both",
      harm: "a budget has either of the two: it is refused",
      cause: cause(["pricing"], /minAvailable|maxUnavailable|both|budget/i),
    },
    (edited) => (edited.spec("PodDisruptionBudget", "pricing").minAvailable = 1),
  ),
  plan(
    {
      id: "ports-without-names",
      harm: "several ports of a Service need names: it is refused",
      cause: cause(["order-api"], /port|name/i),
    },
    (edited) => {
      const { ports } = edited.spec("Service", "order-api");
      delete ports[0].name;
      ports.push({ port: 8081, targetPort: "metrics" });
    },
  ),
  plan(
    {
      id: "class-beyond-the-most",
      harm: "the values above a thousand million are the system's: the class is refused",
      cause: cause(["mes-data"], /value|1000000000|billion|class|priorit/i),
    },
    (edited) => (edited.inputs("PriorityClass", "mes-data").value = 2000000000),
  ),
  plan(
    {
      id: "certificate-of-no-name",
      harm: "a certificate needs a name: it is refused, and the cache does not start",
      cause: cause(["cache-tls"], /dnsNames|name|empty/i),
    },
    (edited) => (edited.spec("Certificate", "cache-tls").dnsNames = []),
  ),
  plan(
    {
      id: "unknown-time-zone-of-a-job",
      harm: "the API server does not know this time zone: the job is refused",
      cause: cause(["outbox-purge"], /time ?zone|UTZ/i),
    },
    (edited) => (edited.spec("CronJob", "outbox-purge").timeZone = "Etc/UTZ"),
  ),
  plan(
    {
      id: "field-of-a-pod-mistyped",
      harm: "the pod has no such field: the pods are refused",
      cause: cause(["outbox-relay"], /fieldPath|field|metadata\.podName/i),
    },
    (edited) => (edited.variable("Deployment", "outbox-relay", "POD_NAME").valueFrom.fieldRef.fieldPath = "metadata.podName"),
  ),
  plan(
    {
      id: "controller-of-unknown-service",
      harm: "the StatefulSet names a Service that is not there: its pods have no names, and Lokis do not find each other",
      cause: cause(["loki"], /serviceName|Service/i),
    },
    (edited) => (edited.spec("StatefulSet", "loki").serviceName = "loki-headless"),
  ),
  plan(
    {
      id: "parameter-of-the-operator",
      harm: "CloudNativePG sets this parameter itself and refuses the database",
      cause: cause(["postgres"], /listen_addresses|fixed|operator|parameter/i),
    },
    (edited) => (edited.spec("Cluster", "postgres").postgresql.parameters.listen_addresses = "*"),
  ),
  plan(
    {
      id: "policy-type-mistyped",
      harm: "this is no type of a policy: it is refused, and order-api is cut off",
      cause: cause(["order-api"], /policyTypes|type|ingress/i),
    },
    (edited) => (edited.spec("NetworkPolicy", "mes/allow-order-api").policyTypes = ["ingress", "egress"]),
  ),
  plan(
    {
      id: "port-beyond-all",
      harm: "there is no such port: the pods are refused",
      cause: cause(["dashboard"], /port|80800|65535/i),
    },
    (edited) => (edited.container("Deployment", "dashboard").ports[0].containerPort = 80800),
  ),
];
