import type { Plan } from "../../../review/plan/plan";
import { closedToStrangers } from "../../../review/rules/closed-to-strangers";
import { areEverybody } from "../../../review/rules/exposure/everywhere";
import { planned } from "../../helpers/plans";
import { object, planOf } from "../fixtures";
import { changedIn, planWithout, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

type Edit = (inputs: Inputs) => void;

/** What the rule says of prod with the objects of a kind changed whose name has a pattern. */
function saidOf(kind: string, name: string | RegExp, edit: Edit): string[] {
  const plan = changedIn(prod, kind, edit, ({ metadata }: Inputs) => new RegExp(name).test(metadata?.name));
  return closedToStrangers.check(plan).map(({ message }) => message);
}

const policy =
  (edit: (spec: any) => void): Edit =>
  ({ spec }) =>
    edit(spec);
const container =
  (edit: (container: any) => void): Edit =>
  ({ spec }) =>
    edit(spec.template.spec.containers[0]);

describe("prod", () => {
  it("is closed", () => {
    expect(closedToStrangers.check(prod)).toEqual([]);
  });

  it.each<[string, string, string | RegExp, Edit, string]>([
    [
      "a policy without peers",
      "NetworkPolicy",
      "^allow-broker$",
      policy((s) => delete s.ingress[0].from),
      "lets everybody in; name the pods or addresses",
    ],
    [
      "a policy for every address",
      "NetworkPolicy",
      "^allow-broker$",
      policy((s) => (s.ingress[0].from = [{ ipBlock: { cidr: "0.0.0.0/0" } }])),
      "lets everybody in",
    ],
    [
      "a policy for every address of IPv6",
      "NetworkPolicy",
      "^allow-postgres",
      policy((s) => s.ingress[0].from.push({ ipBlock: { cidr: "::/0" } })),
      "lets everybody in",
    ],
    [
      "a policy for all pods",
      "NetworkPolicy",
      "^allow-cache$",
      policy((s) => (s.ingress[0].from = [{ namespaceSelector: {} }])),
      "means all pods of all namespaces",
    ],
    [
      "a policy for all pods that says so twice",
      "NetworkPolicy",
      "^allow-cache$",
      policy((s) => (s.ingress[0].from = [{ namespaceSelector: {}, podSelector: {} }])),
      "means all pods of all namespaces",
    ],
    [
      "a policy for two halves of all addresses",
      "NetworkPolicy",
      "^allow-broker$",
      policy((s) => s.ingress[0].from.push({ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } })),
      "lets everybody in",
    ],
    [
      "a policy for most of the addresses of IPv6",
      "NetworkPolicy",
      "^allow-broker$",
      policy((s) => s.ingress[0].from.push({ ipBlock: { cidr: "2000::/3" } })),
      "lets everybody in",
    ],
    [
      "a policy for namespaces that have a name",
      "NetworkPolicy",
      "^allow-postgres$",
      policy((s) =>
        s.ingress[0].from.push({
          namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] },
        }),
      ),
      "means all pods of all namespaces",
    ],
    [
      "a policy for all namespaces but one, and pods without a label",
      "NetworkPolicy",
      "^allow-postgres$",
      policy((s) =>
        s.ingress[0].from.push({
          namespaceSelector: {
            matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] }],
          },
          podSelector: { matchExpressions: [{ key: "quarantined", operator: "DoesNotExist" }] },
        }),
      ),
      "means all pods of all namespaces",
    ],
    [
      "a namespace that denies nobody to come in",
      "NetworkPolicy",
      "^default-deny$",
      policy((s) => (s.policyTypes = ["Egress"])),
      "no policy denies the ingress of all pods of mes-observability",
    ],
    [
      "a load balancer for many networks",
      "Service",
      "broker-external",
      ({ spec }) => (spec.loadBalancerSourceRanges = ["3.0.0.0/9", "3.128.0.0/9"]),
      "amount to everybody together",
    ],
    [
      "a pooler with and without TLS",
      "Pooler",
      "^postgres-pooler-rw$",
      ({ spec }) => delete spec.pgbouncer.parameters.client_tls_sslmode,
      "prefer takes connections without TLS",
    ],
    [
      "a pooler that verifies nobody",
      "Pooler",
      "^postgres-pooler-rw$",
      ({ spec }) => (spec.pgbouncer.parameters.server_tls_sslmode = "require"),
      "require does not verify which database answers",
    ],
    [
      "a pooler without passwords",
      "Pooler",
      "^postgres-pooler-rw$",
      ({ spec }) => (spec.pgbouncer.pg_hba = ["host all all 0.0.0.0/0 trust"]),
      "lets everybody in without a password",
    ],
    [
      "a cache with a second port",
      "ConfigMap",
      "^cache-",
      ({ data }) => {
        for (const key of Object.keys(data)) data[key] = data[key].replace(/^port 0$/m, "port 6380");
      },
      "takes connections without TLS; set port 0",
    ],
    [
      "a cache that is not told to close its port",
      "ConfigMap",
      "^cache-",
      ({ data }) => {
        for (const key of Object.keys(data)) data[key] = data[key].replace(/^port 0\n/m, "");
      },
      "takes connections without TLS; set port 0",
    ],
    [
      "AMQP without TLS by a line of its own",
      "RabbitmqCluster",
      "^broker$",
      ({ spec }) => (spec.rabbitmq.additionalConfig += "listeners.tcp.default = 5672\n"),
      "answers AMQP without TLS",
    ],
    [
      "a way out to everywhere",
      "NetworkPolicy",
      "^allow-order-intake$",
      policy((s) => s.egress.push({})),
      "lets them connect to any address on any port",
    ],
    [
      "a way out on every port",
      "NetworkPolicy",
      "^allow-order-intake$",
      policy((s) => s.egress.push({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 1, endPort: 65535 }] })),
      "lets them connect to any address",
    ],
    [
      "a load balancer for all",
      "Service",
      "broker-external",
      ({ spec }) => delete spec.loadBalancerSourceRanges,
      "is not set, so that everybody may connect",
    ],
    [
      "a load balancer for all, by a range",
      "Service",
      "broker-external",
      ({ spec }) => spec.loadBalancerSourceRanges.push("0.0.0.0/0"),
      "0.0.0.0/0 is everybody",
    ],
    [
      "AMQP without TLS from outside",
      "Service",
      "broker-external",
      ({ spec }) => spec.ports.push({ port: 5672, targetPort: 5672 }),
      "leads AMQP without TLS out of the cluster",
    ],
    [
      "management from outside",
      "Service",
      "broker-external",
      ({ spec }) => spec.ports.push({ port: 443, targetPort: 15672 }),
      "leads the broker's management without TLS out",
    ],
    ["a port on every node", "Service", "^pricing$", ({ spec }) => (spec.type = "NodePort"), "opens a port on every node"],
    ["addresses of others", "Service", "^pricing$", ({ spec }) => (spec.externalIPs = ["203.0.113.9"]), "CVE-2020-8554"],
    [
      "an operator's load balancer",
      "RabbitmqCluster",
      "^broker$",
      ({ spec }) => (spec.service = { type: "LoadBalancer" }),
      "is not set, so that everybody may connect",
    ],
    [
      "a load balancer of the database",
      "Cluster",
      "^postgres$",
      ({ spec }) => (spec.managed.services = { additional: [{ serviceTemplate: { spec: { type: "NodePort" } } }] }),
      "opens a port on every node",
    ],
    [
      "routes of all namespaces",
      "gateway.networking.k8s.io/v1:Gateway",
      "gateway",
      ({ spec }) => (spec.listeners[0].allowedRoutes.namespaces = { from: "All" }),
      "takes routes of every namespace",
    ],
    [
      "a listener without a certificate",
      "gateway.networking.k8s.io/v1:Gateway",
      "gateway",
      ({ spec }) => delete spec.listeners[0].tls,
      "has no certificate",
    ],
    [
      "orders without TLS",
      "HTTPRoute",
      "order-api",
      ({ spec }) => (spec.parentRefs[0].sectionName = "http"),
      "leads to programs by the listener http too, which has no TLS",
    ],
    [
      "orders on any listener",
      "HTTPRoute",
      "order-api",
      ({ spec }) => delete spec.parentRefs[0].sectionName,
      "leads to programs by the listener http too",
    ],
    [
      "Grafana for everybody",
      "ConfigMap",
      "^grafana-",
      ({ data }) => {
        for (const key of Object.keys(data)) data[key] = data[key].replace(/(\[auth\.anonymous\]\nenabled = )false/, "$1true");
      },
      "lets everybody into Grafana",
    ],
    [
      "a database connection that verifies nobody",
      "Deployment",
      "^order-api$",
      container(({ env }) => (env.find((one: any) => one.name === "PGSSLMODE").value = "require")),
      "PGSSLMODE=require connects without verifying",
    ],
    [
      "a program that takes every certificate",
      "Deployment",
      "^order-api$",
      container(({ env }) => env.push({ name: "NODE_TLS_REJECT_UNAUTHORIZED", value: "0" })),
      "takes every certificate",
    ],
    [
      "an old version of TLS at the broker",
      "RabbitmqCluster",
      "^broker$",
      ({ spec }) => (spec.rabbitmq.additionalConfig += "ssl_options.versions.3 = tlsv1.1\n"),
      "speaks a version of TLS that is broken",
    ],
    [
      "Grafana that believes a header",
      "ConfigMap",
      "^grafana-",
      ({ data }) => {
        for (const key of Object.keys(data)) data[key] += "\n[auth.proxy]\nheader_name = X-User\nenabled = true\n";
      },
      "takes whatever name a header says",
    ],
    [
      "counts that anybody may forge on their way",
      "ScrapeConfig",
      "^crm$",
      ({ spec }) => (spec.scheme = "HTTP"),
      "reads crm.example.com:443 over http, without TLS",
    ],
    ["a broker without TLS", "RabbitmqCluster", "^broker$", ({ spec }) => delete spec.tls, "speaks without TLS"],
    [
      "a broker with and without TLS",
      "RabbitmqCluster",
      "^broker$",
      ({ spec }) => (spec.tls.disableNonTLSListeners = false),
      "answers without TLS too",
    ],
    [
      "a guest at the broker",
      "RabbitmqCluster",
      "^broker$",
      ({ spec }) => (spec.rabbitmq.additionalConfig += "loopback_users = none\n"),
      "lets the user guest in from everywhere",
    ],
    [
      "nobody in particular at the broker",
      "RabbitmqCluster",
      "^broker$",
      ({ spec }) => (spec.rabbitmq.additionalConfig += "auth_mechanisms.2 = ANONYMOUS\n"),
      "lets everybody into the broker",
    ],
    [
      "the database without passwords",
      "Cluster",
      "^postgres$",
      ({ spec }) => spec.postgresql.pg_hba.push("hostssl all all 10.0.0.0/8 trust"),
      "lets everybody in without a password",
    ],
    [
      "the database without TLS",
      "Cluster",
      "^postgres$",
      ({ spec }) => (spec.postgresql.pg_hba = []),
      "lets programs in without TLS",
    ],
    [
      "the database without TLS for some",
      "Cluster",
      "^postgres$",
      ({ spec }) => spec.postgresql.pg_hba.unshift("host all order_api all scram-sha-256"),
      "comes before the line that refuses connections without TLS",
    ],
    [
      "the superuser over the network",
      "Cluster",
      "^postgres$",
      ({ spec }) => (spec.enableSuperuserAccess = true),
      "lets the superuser in over the network",
    ],
    [
      "Prometheus for writers",
      "Prometheus",
      "^prometheus$",
      ({ spec }) => (spec.enableRemoteWriteReceiver = true),
      "write what was measured",
    ],
    [
      "an autoscaler that takes every certificate",
      "ScaledObject",
      "order-api",
      ({ spec }) => (spec.triggers.at(-1).metadata.unsafeSsl = "true"),
      "takes every certificate",
    ],
  ])("is open with %s", (_, kind, name, edit, message) => {
    expect(saidOf(kind, name, edit)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  it("is open without the policies that deny the rest", () => {
    const open = planWithout(prod, "NetworkPolicy", ({ metadata }: Inputs) => /default|deny/.test(metadata.name));
    const said = closedToStrangers.check(open).map(({ message }) => message);
    expect(said).toEqual(
      expect.arrayContaining([expect.stringContaining("no policy denies the ingress of all pods of mes-operators")]),
    );
  });
});

describe("blocks of addresses", () => {
  it.each<[string, string[], boolean]>([
    ["all of IPv4", ["0.0.0.0/0"], true],
    ["a registry's whole block", ["3.0.0.0/8"], true],
    ["the same in quarters, in any order", ["3.192.0.0/10", "3.0.0.0/10", "3.128.0.0/10", "3.64.0.0/10"], true],
    ["three quarters of it", ["3.192.0.0/10", "3.0.0.0/10", "3.128.0.0/10"], false],
    ["the same quarter many times", ["3.0.0.0/10", "3.0.0.0/10", "3.0.0.0/10", "3.0.0.0/10"], false],
    ["all that nobody on the internet has", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], false],
    ["all of IPv6 that is given out", ["2000::/3"], true],
    ["a network of one's own in IPv6", ["fd00::/8"], false],
    ["a provider's networks in IPv6", ["2001:db8::/32", "2001:db9::/32"], false],
    ["what is no block", ["everywhere", "10.0.0.0/x", ""], false],
  ])("%s", (_, cidrs, everybody) => {
    expect(areEverybody(cidrs)).toBe(everybody);
  });
});

describe("a plan without policies", () => {
  it("is told once, and for pods only", () => {
    const pods = object("apps/v1", "Deployment", "api", {
      spec: { template: { metadata: { labels: { app: "api" } }, spec: { containers: [{ name: "c" }] } } },
    });
    expect(closedToStrangers.check(planOf([pods])).map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      "warning: no network policies: every pod of the cluster may connect to every other",
    ]);
    expect(closedToStrangers.check(planOf([]))).toEqual([]);
  });
});
