import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan } = harmful("reachability");

const WAY =
  /reach|port|select|Service|polic|ingress|egress|allow|let|connect|listen|host|name|address|route|way|path|local|node|certificate|CA\b|trust|issuer|secret/i;

export const reachability: readonly Harmful[] = [
  plan(
    {
      id: "service-of-the-same-node",
      harm: "the gateway reaches order-api only where both are on one node",
      cause: cause(["order-api"], /internalTrafficPolicy|Local|node/i),
    },
    (edited) => (edited.spec("Service", "order-api").internalTrafficPolicy = "Local"),
  ),
  plan(
    {
      id: "service-elsewhere",
      harm: "the name of pricing leads out of the cluster",
      cause: cause(["pricing"], /ExternalName|Service|select|type/i),
    },
    (edited) => {
      const spec = edited.spec("Service", "pricing");
      spec.type = "ExternalName";
      spec.externalName = "pricing.example.com";
    },
  ),
  plan(
    {
      id: "crm-excepted",
      harm: "the block lets everybody near the CRM in, and not the CRM",
      cause: cause(["broker"], /except|203\.0\.113|crm|load ?balancer|address/i),
    },
    (edited) => {
      const rule = edited.spec("NetworkPolicy", "mes-data/allow-broker").ingress.find((one: any) => one.ports[0].port === 5671);
      rule.from.find((one: any) => one.ipBlock?.cidr === "203.0.113.20/32").ipBlock = {
        cidr: "203.0.113.16/28",
        except: ["203.0.113.20/32"],
      };
    },
  ),
  plan(
    {
      id: "authority-of-another-secret",
      harm: "the platform's CA is in a Secret that nobody makes: no certificate is signed",
      cause: cause(["mes-ca"], WAY),
    },
    (edited) => (edited.spec("ClusterIssuer", "mes-ca").ca.secretName = "mes-root-certificate"),
  ),
  plan(
    {
      id: "authority-not-in-the-apps",
      harm: "the CA is not put into the namespace of the roles: their pods wait for it for ever",
      cause: cause(["mes-ca"], WAY),
    },
    (edited) => edited.drop("Certificate", "mes/mes-ca"),
  ),
  plan(
    {
      id: "migrations-refuse-the-certificate",
      harm: "the job connects to postgres-rw.mes-data.svc and refuses a certificate without this name",
      cause: cause(["postgres-tls", "postgres-rw"], WAY),
    },
    (edited) => {
      const spec = edited.spec("Certificate", "postgres-tls");
      spec.dnsNames = spec.dnsNames.filter((one: string) => !one.startsWith("postgres-rw"));
    },
  ),
  plan(
    {
      id: "keda-does-not-reach-prometheus",
      harm: "KEDA may not ask Prometheus: requests and GPUs add no pod",
      cause: cause(["keda", "prometheus"], WAY),
    },
    (edited) => {
      const spec = edited.spec("NetworkPolicy", "mes-operators/allow-keda-operator");
      spec.egress = spec.egress.filter((one: any) => one.ports[0].port !== 9090);
    },
  ),
  plan(
    {
      id: "scaling-metrics-shut-off",
      harm: "the API server does not reach KEDA's metrics: nothing is scaled by queue or requests",
      cause: cause(["keda"], WAY),
    },
    (edited) => (edited.spec("NetworkPolicy", "mes-operators/allow-keda-metrics-apiserver").ingress = []),
  ),
];
