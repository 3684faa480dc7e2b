import type { Plan } from "../../../review/plan/plan";
import { connectionsOpen } from "../../../review/rules/connections-open";
import { filesMounted } from "../../../review/rules/files-mounted";
import { loadBalancersReachPods } from "../../../review/rules/load-balancers-reach-pods";
import { operatorsConnect } from "../../../review/rules/operators-connect";
import { podsReachCluster } from "../../../review/rules/pods-reach-cluster";
import { referencesResolve } from "../../../review/rules/references-resolve";
import type { Rule } from "../../../review/rules/rule";
import { servicesReachPods } from "../../../review/rules/services-reach-pods";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, errorsAfter, named, type Edit, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

const spec = (edit: (spec: Inputs) => void) => (inputs: Inputs) => edit(inputs.spec);
const variable = (name: string, value: string) => (inputs: Inputs) => {
  containersOf(inputs)[0].env.find((one: Inputs) => one.name === name).value = value;
};
/** Without the rules of a policy that are about a port. */
const without = (direction: "ingress" | "egress", port: number) =>
  spec((s) => (s[direction] = s[direction].filter((one: Inputs) => one.ports[0].port !== port)));

const holds = (rule: Rule, edits: readonly Edit[]) => {
  it("has nothing against prod", () => {
    expect(rule.check(prod)).toEqual([]);
  });

  it.each(edits)("%s", (...edit) => {
    expect(errorsAfter(prod, rule, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });
};

describe("operators that are cut off", () => {
  holds(operatorsConnect, [
    [
      "from the API server",
      "NetworkPolicy",
      "allow-cloudnative-pg",
      without("egress", 443),
      /cloudnative-pg may not reach the API server/,
    ],
    [
      "from the API server's addresses",
      "NetworkPolicy",
      "allow-keda-operator",
      spec((s) => (s.egress[0].to[0].ipBlock.cidr = "10.9.0.0/16")),
      /keda-operator may not reach the API server/,
    ],
    [
      "from some of them",
      "NetworkPolicy",
      "allow-keda-operator",
      spec((s) => (s.egress[0].to[0].ipBlock.except = ["10.0.0.0/16"])),
      /keda-operator may not reach the API server/,
    ],
    [
      "from calls of the webhook",
      "NetworkPolicy",
      "allow-cloudnative-pg",
      without("ingress", 9443),
      /the API server may not call cloudnative-pg on port 9443/,
    ],
    [
      "from calls for metrics",
      "NetworkPolicy",
      "allow-keda-metrics-apiserver",
      spec((s) => (s.ingress = [])),
      /may not call keda-metrics-apiserver on port 6443/,
    ],
    [
      "by a policy of other pods",
      "NetworkPolicy",
      "allow-cert-manager-webhook",
      spec((s) => (s.podSelector.matchLabels = { app: "webhook" })),
      /may not call cert-manager-webhook on port 10250/,
    ],
    [
      "from each other",
      "NetworkPolicy",
      "allow-keda-operator",
      without("ingress", 9666),
      /keda-metrics-apiserver may not connect to port 9666 of keda-operator; allow the ingress/,
    ],
    [
      "from their plug-in",
      "NetworkPolicy",
      "allow-cloudnative-pg",
      without("egress", 9090),
      /cloudnative-pg may not connect to port 9090 of plugin-barman-cloud; allow the egress/,
    ],
    [
      "from the nodes",
      "NetworkPolicy",
      "allow-metrics-server",
      without("egress", 10250),
      /metrics-server may not reach the nodes on port 10250/,
    ],
    [
      "from the instances",
      "NetworkPolicy",
      "allow-postgres",
      without("ingress", 8000),
      /cloudnative-pg may not connect to port 8000 of Cluster mes-data\/postgres; allow the ingress/,
    ],
    [
      "from the broker",
      "NetworkPolicy",
      "allow-rabbitmq-topology-operator",
      without("egress", 15_671),
      /rabbitmq-topology-operator may not connect to port 15671 of RabbitmqCluster/,
    ],
  ]);
});

describe("pods that are cut off", () => {
  holds(podsReachCluster, [
    [
      "instances from the API server",
      "NetworkPolicy",
      "allow-postgres",
      without("egress", 443),
      /Cluster mes-data\/postgres needs the API server and may not reach it/,
    ],
    [
      "Prometheus from the API server",
      "NetworkPolicy",
      "allow-prometheus",
      without("egress", 443),
      /Prometheus mes-observability\/prometheus needs the API server/,
    ],
    ["from names", "NetworkPolicy", "default-deny", spec((s) => (s.egress = [])), /in mes: anybody may not be asked for names/],
    [
      "from the server that answers",
      "NetworkPolicy",
      "default-deny",
      spec((s) => (s.egress[0].to[0].podSelector.matchLabels = { "k8s-app": "coredns" })),
      /in mes: k8s-app=kube-dns in kube-system may not be asked for names by Deployment mes\//,
    ],
    [
      "from the namespace of the server that answers",
      "NetworkPolicy",
      "default-deny",
      spec((s) => (s.egress[0].to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"] = "dns")),
      /k8s-app=kube-dns in kube-system may not be asked/,
    ],
  ]);
});

describe("a load balancer", () => {
  holds(loadBalancersReachPods, [
    [
      "without the CRM",
      "Service",
      "broker-external",
      spec((s) => (s.loadBalancerSourceRanges = ["203.0.113.21/32"])),
      /does not let in 203.0.113.20\/32, from where clients connect to broker.mes.example.com/,
    ],
    [
      "to pods that do not let the CRM in",
      "NetworkPolicy",
      "allow-broker",
      spec((s) => (s.ingress[1].from = s.ingress[1].from.filter((one: Inputs) => one.ipBlock?.cidr !== "203.0.113.20/32"))),
      /lets in 203.0.113.20\/32, whom policies do not let in on port 5671 of RabbitmqCluster mes-data\/broker/,
    ],
    [
      "to pods that leave the CRM out of its block",
      "NetworkPolicy",
      "allow-broker",
      spec((s) => {
        const { ipBlock } = s.ingress[1].from.find((one: Inputs) => one.ipBlock?.cidr === "203.0.113.20/32");
        Object.assign(ipBlock, { cidr: "203.0.113.16/28", except: ["203.0.113.20/31"] });
      }),
      /whom policies do not let in on port 5671/,
    ],
  ]);
});

describe("an address that leads nowhere", () => {
  holds(connectionsOpen, [
    [
      "by a database that is not there",
      "Deployment",
      "order-api",
      variable("PGDATABASE", "orders"),
      /connects to the database orders, which Cluster mes-data\/postgres does not have; it has mes/,
    ],
    [
      "by a job that writes to replicas",
      "Job",
      "",
      variable("PGHOST", "postgres-ro.mes-data.svc"),
      /writes, and connects to postgres-ro.mes-data.svc, which leads to replicas/,
    ],
    [
      "by a job that writes to any instance",
      "CronJob",
      "outbox-purge",
      (inputs) => {
        inputs.spec.jobTemplate.spec.template.spec.containers[0].env.find((one: Inputs) => one.name === "PGHOST").value =
          "postgres-r.mes-data.svc";
      },
      /leads to any instance of Cluster mes-data\/postgres/,
    ],
    [
      "on a port that no policy opens",
      "ScrapeConfig",
      "crm",
      spec((s) => (s.staticConfigs[0].targets = ["crm.example.com:8443"])),
      /is at crm.example.com:8443, and no policy lets Prometheus .* connect to an address on port 8443/,
    ],
    [
      "on a port that is not stated",
      "ScrapeConfig",
      "crm",
      spec((s) => Object.assign(s, { scheme: "HTTP", staticConfigs: [{ targets: ["crm.example.com"] }] })),
      /is at crm.example.com:80/,
    ],
  ]);
});

describe("a port on which nobody listens", () => {
  holds(servicesReachPods, [
    [
      "by a variable",
      "Deployment",
      "order-api",
      variable("MES_HTTP_PORT", "8090"),
      /is told to listen on port 8090, which Deployment mes\/order-api does not have, and nothing to listen on 8080 \(http\)/,
    ],
    [
      "by the container's port",
      "Deployment",
      "order-intake",
      (inputs) => (containersOf(inputs)[0].ports[0].containerPort = 9999),
      /is told to listen on port 8081, .* nothing to listen on 9999/,
    ],
    [
      "by an argument",
      "Deployment",
      "kube-state-metrics",
      (inputs) => {
        const { args } = containersOf(inputs)[0];
        args[args.indexOf("--port=8080")] = "--port=8088";
      },
      /is told to listen on port 8088/,
    ],
    [
      "by a configuration",
      "ConfigMap",
      "",
      (inputs) => {
        for (const key of Object.keys(inputs.data))
          inputs.data[key] = String(inputs.data[key]).replace("tls-port 6379", "tls-port 6380");
      },
      /Deployment cache .*is told to listen on port 6380/,
    ],
  ]);
});

describe("a file that is not there", () => {
  holds(filesMounted, [
    [
      "in the volume",
      "Deployment",
      "order-intake",
      variable("AMQP_CA_FILE", "/etc/mes/ca/root.crt"),
      /is told of the file \/etc\/mes\/ca\/root.crt, and the volume at \/etc\/mes\/ca has ca.crt only/,
    ],
    [
      "in any volume",
      "Deployment",
      "order-intake",
      variable("AMQP_CA_FILE", "/etc/mes/tls/ca.crt"),
      /\/etc\/mes\/tls\/ca.crt, which no volume has/,
    ],
    [
      "for want of the mount",
      "Deployment",
      "order-api",
      (inputs) => containersOf(inputs)[0].volumeMounts.shift(),
      /\/etc\/mes\/ca\/ca.crt, which no volume has/,
    ],
    [
      "for another key",
      "Deployment",
      "order-api",
      (inputs) => (inputs.spec.template.spec.volumes[0].secret.items[0].path = "tls.crt"),
      /has tls.crt only/,
    ],
  ]);
});

describe("an operator that a trigger sends nowhere", () => {
  holds(connectionsOpen, [
    [
      "by its own policy",
      "NetworkPolicy",
      "allow-keda-operator",
      without("egress", 9090),
      /ScaledObject .*is given prometheus.mes-observability.svc:9090, but policies do not let it connect; allow the egress there/,
    ],
    [
      "by that of the broker",
      "NetworkPolicy",
      "allow-broker",
      without("ingress", 15_671),
      /is given broker.mes-data.svc:15671, but policies do not let it connect; allow the ingress to port 15671/,
    ],
  ]);
});

describe("an address that is spoken to wrongly, or verified in vain", () => {
  holds(connectionsOpen, [
    [
      "with TLS where there is none",
      "Deployment",
      "order-api",
      variable("MES_PRICING_URL", "https://pricing.mes.svc:80"),
      /is given https:\/\/pricing.mes.svc:80, where http is spoken; use http/,
    ],
    [
      "by a database of its own CA",
      "Cluster",
      "postgres",
      spec((s) => delete s.certificates),
      /shows a certificate of its operator's own CA/,
    ],
    [
      "by a pooler whose name is not on the certificate",
      "Certificate",
      "postgres-tls",
      spec((s) => (s.dnsNames = s.dnsNames.filter((one: string) => !one.startsWith("postgres-pooler-rw")))),
      /verifies postgres-pooler-rw.mes-data.svc:5432, but the certificate of Pooler/,
    ],
  ]);
  holds(filesMounted, [
    [
      "by the authorities of the system",
      "Deployment",
      "order-api",
      variable("PGSSLROOTCERT", "system"),
      /trusts the authorities of the internet \(system\), and the certificate of postgres-pooler-rw/,
    ],
    [
      "by the authorities of the image",
      "Deployment",
      "order-intake",
      variable("AMQP_CA_FILE", "/etc/ssl/certs/ca-certificates.crt"),
      /trusts the authorities of the internet/,
    ],
    [
      "by a file that only looks like theirs",
      "Deployment",
      "order-intake",
      variable("AMQP_CA_FILE", "/etc/ssl/mes/ca.crt"),
      /which no volume has/,
    ],
  ]);
});

describe("a key that cert-manager does not make", () => {
  holds(referencesResolve, [
    [
      "in a volume",
      "Deployment",
      "order-api",
      (inputs) => (inputs.spec.template.spec.volumes[0].secret.items[0].key = "root.crt"),
      /Secret mes\/mes-ca has no key root.crt; there are tls.crt, tls.key and ca.crt/,
    ],
  ]);

  it("is there where it is asked for", () => {
    const made = changedIn(
      prod,
      "Certificate",
      ({ spec: s }) => (s.additionalOutputFormats = [{ type: "CombinedPEM" }]),
      named("mes-ca", "mes"),
    );
    const changed = changedIn(
      made,
      "Deployment",
      (inputs) => (inputs.spec.template.spec.volumes[0].secret.items[0].key = "tls-combined.pem"),
      named("order-api"),
    );
    expect(referencesResolve.check(changed).map(line)).toEqual([]);
  });
});
