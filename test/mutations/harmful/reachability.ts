import type { EditedPlan } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";
import { configMapData } from "../places";

const { plan, file } = harmful("reachability");

const WAY =
  /reach|port|select|Service|policy|policies|ingress|egress|allow|let|connect|listen|host|name|address|route|way|path|protocol|send|receive|peer|from|to\b|DNS|backend|certificate|pod/i;
const NAME_LABEL = "app.kubernetes.io/name";

const services: Generator<Harmful> = ({ random }) => {
  const names = ["order-api", "pricing", "cache", "otel-agent", "alertmanager", "prometheus", "loki", "jaeger", "otel-gateway"];
  const some = () => random.one(names);
  const [port, target, selected, gone, moved] = [some(), some(), some(), some(), random.one(["order-api", "pricing", "cache"])];
  const of = (name: string) => cause([name], WAY);
  return [
    plan(
      {
        id: `service-port:${port}`,
        harm: `clients of ${port} connect to a port that its Service does not have`,
        cause: of(port),
      },
      (edited) => {
        edited.spec("Service", port).ports[0].port += 1000;
      },
    ),
    plan(
      {
        id: `service-target-port:${target}`,
        harm: `the Service of ${target} sends to a port that its pods do not have`,
        cause: of(target),
      },
      (edited) => {
        edited.spec("Service", target).ports[0].targetPort = "web-ui";
      },
    ),
    plan(
      {
        id: `service-target-number:${target}`,
        harm: `the Service of ${target} sends to a port on which nothing listens`,
        cause: of(target),
      },
      (edited) => {
        edited.spec("Service", target).ports[0].targetPort = 4000;
      },
    ),
    plan(
      {
        id: `service-selector:${selected}`,
        harm: `the Service of ${selected} selects no pod: nobody reaches it`,
        cause: of(selected),
      },
      (edited) => {
        edited.spec("Service", selected).selector[NAME_LABEL] = `${selected}-server`;
      },
    ),
    plan(
      {
        id: `service-protocol:${port}`,
        harm: `the Service of ${port} forwards UDP, and its clients speak TCP`,
        cause: cause([port], /UDP|protocol|TCP|port/i),
      },
      (edited) => {
        edited.spec("Service", port).ports[0].protocol = "UDP";
      },
    ),
    plan(
      { id: `service-dropped:${gone}`, harm: `${gone} has no name any more: its clients do not find it`, cause: of(gone) },
      (edited) => edited.drop("Service", gone),
    ),
    plan(
      {
        id: `service-in-another-namespace:${moved}`,
        harm: `a Service selects pods of its own namespace only: that of ${moved} has none`,
        cause: of(moved),
      },
      (edited) => {
        edited.inputs("Service", moved).metadata.namespace = "mes-observability";
      },
    ),
    plan(
      {
        id: "service-selects-two-programs",
        harm: "half of the requests for prices are answered by another role",
        cause: cause(["pricing"], /select|pod|other|more|Service|several/i),
      },
      (edited) => {
        delete edited.spec("Service", "pricing").selector[NAME_LABEL];
      },
    ),
    plan(
      {
        id: "pods-of-another-label",
        harm: "pods of pricing lose the label by which Service and policies know them",
        cause: of("pricing"),
      },
      (edited) => {
        const spec = edited.spec("Deployment", "pricing");
        spec.template.metadata.labels[NAME_LABEL] = "prices";
        spec.selector.matchLabels[NAME_LABEL] = "prices";
      },
    ),
    plan(
      {
        id: "container-port-renamed",
        harm: "the Service of order-api sends to a port by its name, which no container has any more",
        cause: of("order-api"),
      },
      (edited) => {
        edited.container("Deployment", "order-api").ports[0].name = "web";
      },
    ),
    plan(
      {
        id: "listens-elsewhere",
        harm: "order-api is told to listen on another port than its Service sends to",
        cause: cause(["order-api"], /port/i),
      },
      (edited) => {
        edited.variable("Deployment", "order-api", "MES_HTTP_PORT").value = "8090";
      },
    ),
    plan(
      {
        id: "route-to-unknown-port",
        harm: "the route sends to a port that the Service of order-api does not have: requests get 500",
        cause: of("order-api"),
      },
      (edited) => {
        edited.spec("HTTPRoute", "order-api").rules[0].backendRefs[0].port = 8080;
      },
    ),
  ];
};

const POLICIES = [
  "mes/allow-order-api",
  "mes/allow-order-intake",
  "mes/allow-outbox-relay",
  "mes/allow-pricing",
  "mes-data/allow-broker",
  "mes-data/allow-postgres",
  "mes-data/allow-postgres-pooler-rw",
];

/** Kubernetes: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
const policies: Generator<Harmful> = ({ random }) => {
  const shortOf = (name: string) => name.replace(/^.*allow-/, "");
  const one = () => random.one(POLICIES);
  const of = (name: string) => cause([shortOf(name)], WAY);
  const rule = (edited: EditedPlan, name: string, direction: "ingress" | "egress", port: number) => {
    const rules = edited.spec("NetworkPolicy", name)[direction];
    const found = rules.find((each: any) => each.ports?.some((each2: any) => each2.port === port));
    if (found === undefined) throw new Error(`${name} has no ${direction} for ${port}`);
    return { rules, found };
  };
  const ways: readonly [policy: string, direction: "ingress" | "egress", port: number, harm: string][] = [
    ["mes/allow-order-intake", "egress", 5671, "order-intake may not connect to the broker"],
    ["mes/allow-order-intake", "egress", 5432, "order-intake may not connect to the database"],
    ["mes/allow-outbox-relay", "egress", 5671, "the relay may not connect to the broker"],
    ["mes/allow-order-api", "egress", 5432, "order-api may not connect to the database"],
    ["mes/allow-order-api", "ingress", 8080, "the gateway may not connect to order-api"],
    ["mes/allow-order-api", "egress", 8080, "order-api may not ask pricing"],
    ["mes/allow-pricing", "ingress", 8080, "neither gateway nor order-api may connect to pricing"],
    ["mes-data/allow-broker", "ingress", 5671, "nobody may connect to the broker"],
    ["mes-data/allow-broker", "ingress", 25672, "nodes of the broker may not talk to each other: no queue has a majority"],
    ["mes-data/allow-broker", "ingress", 15671, "KEDA and the operator may not ask the broker: nothing is declared or scaled"],
    ["mes-data/allow-postgres", "ingress", 5432, "neither poolers nor replicas may connect to the database"],
    ["mes-data/allow-postgres-pooler-rw", "egress", 5432, "the pooler may not connect to the database"],
    ["mes-data/allow-postgres-pooler-rw", "ingress", 5432, "nobody may connect to the pooler"],
  ];
  const name = (policy: string, direction: string, port: number) => `${shortOf(policy)}-${direction}-${port}`;
  const picks = random.some(9, ways);
  const [dropped, ported, protocol, selected] = [picks.slice(0, 3), picks.slice(3, 5), picks.slice(5, 7), picks.slice(7, 9)];
  const [whole, another] = [one(), one()];
  const namespace = random.one(["mes", "mes-data"]);
  return [
    ...dropped.map(([policy, direction, port, harm]) =>
      plan({ id: `rule-dropped:${name(policy, direction, port)}`, harm, cause: of(policy) }, (edited) => {
        const { rules, found } = rule(edited, policy, direction, port);
        rules.splice(rules.indexOf(found), 1);
      }),
    ),
    ...ported.map(([policy, direction, port, harm]) =>
      plan({ id: `rule-of-another-port:${name(policy, direction, port)}`, harm, cause: of(policy) }, (edited) => {
        rule(edited, policy, direction, port).found.ports[0].port = port + 1;
      }),
    ),
    ...protocol.map(([policy, direction, port, harm]) =>
      plan(
        {
          id: `rule-of-another-protocol:${name(policy, direction, port)}`,
          harm: `${harm}: UDP alone is let through`,
          cause: of(policy),
        },
        (edited) => {
          rule(edited, policy, direction, port).found.ports[0].protocol = "UDP";
        },
      ),
    ),
    ...selected.map(([policy, direction, port, harm]) =>
      plan(
        {
          id: `rule-of-other-pods:${name(policy, direction, port)}`,
          harm: `${harm}: the rule is for pods that are not there`,
          cause: of(policy),
        },
        (edited) => {
          for (const peer of rule(edited, policy, direction, port).found[direction === "ingress" ? "from" : "to"])
            if (peer.podSelector) peer.podSelector.matchLabels = { app: "nobody" };
        },
      ),
    ),
    plan(
      {
        id: `policy-dropped:${shortOf(whole)}`,
        harm: `only the policy that denies all is left for ${shortOf(whole)}: nobody reaches it, and it reaches nobody`,
        cause: of(whole),
      },
      (edited) => edited.drop("NetworkPolicy", whole),
    ),
    plan(
      {
        id: `policy-of-other-pods:${shortOf(another)}`,
        harm: `the policy selects no pod: only the one that denies all is left for ${shortOf(another)}`,
        cause: of(another),
      },
      (edited) => {
        edited.spec("NetworkPolicy", another).podSelector.matchLabels = { app: shortOf(another) };
      },
    ),
    plan(
      {
        id: `peer-in-another-namespace:${shortOf(another)}`,
        harm: "all peers are looked for in a namespace that is not there",
        cause: of(another),
      },
      (edited) => {
        const { ingress = [], egress = [] } = edited.spec("NetworkPolicy", another);
        for (const peer of [...ingress.flatMap((each: any) => each.from ?? []), ...egress.flatMap((each: any) => each.to ?? [])])
          if (peer.namespaceSelector) peer.namespaceSelector.matchLabels["kubernetes.io/metadata.name"] = "mes-app";
      },
    ),
    plan(
      {
        id: `no-names:${namespace}`,
        harm: `pods of ${namespace} may not ask for names: nothing finds anything`,
        cause: cause([namespace, "DNS", "53", "names"], /DNS|name|53|resolve/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", `${namespace}/default-deny`).egress = [];
      },
    ),
    plan(
      {
        id: `names-of-another-server:${namespace}`,
        harm: `pods of ${namespace} may ask a DNS server that is not there`,
        cause: cause([namespace, "DNS", "53", "names"], /DNS|name|53|resolve/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", `${namespace}/default-deny`).egress[0].to[0].podSelector.matchLabels = {
          "k8s-app": "coredns",
        };
      },
    ),
    plan(
      {
        id: `names-by-tcp-only:${namespace}`,
        harm: `pods of ${namespace} may not ask for names by UDP, as all of them do`,
        cause: cause([namespace, "DNS", "53", "names"], /DNS|name|53|UDP|resolve/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", `${namespace}/default-deny`).egress[0].ports.shift();
      },
    ),
    plan(
      {
        id: "crm-shut-out",
        harm: "the CRM's addresses are not let through to the broker: no order comes in",
        cause: cause(["broker"], /203\.0\.113|crm|load ?balancer|policy|ingress|address|source|outside/i),
      },
      (edited) => {
        const { found } = rule(edited, "mes-data/allow-broker", "ingress", 5671);
        found.from = found.from.filter((peer: any) => peer.ipBlock?.cidr !== "203.0.113.20/32");
      },
    ),
    file(
      {
        id: "load-balancer-cannot-ask",
        harm: "the load balancer takes the broker for dead, since its health checks do not get through: the CRM is cut off",
        cause: cause(["broker", "healthCheckCidrs"], /health|load ?balancer|check/i),
      },
      (edited) => edited.remove("mes:broker/external/healthCheckCidrs"),
    ),
    plan(
      {
        id: "mail-shut-in",
        harm: "Alertmanager may not connect to the mail server: nobody hears of an alert",
        cause: cause(["alertmanager"], /587|smtp|mail|egress|reach|receiver/i),
      },
      (edited) => {
        const { rules, found } = rule(edited, "mes-observability/allow-alertmanager", "egress", 587);
        rules.splice(rules.indexOf(found), 1);
      },
    ),
    plan(
      {
        id: "operator-shut-in",
        harm: "CloudNativePG may not talk to the API server: no failover happens",
        cause: cause(["cloudnative-pg"], /API server|reach|egress|443/i),
      },
      (edited) => {
        const { rules, found } = rule(edited, "mes-operators/allow-cloudnative-pg", "egress", 443);
        rules.splice(rules.indexOf(found), 1);
      },
    ),
    plan(
      {
        id: "instances-shut-in",
        harm: "the database's pods may not talk to the API server: none becomes primary",
        cause: cause(["postgres"], /API server|reach|egress|443/i),
      },
      (edited) => {
        const { rules, found } = rule(edited, "mes-data/allow-postgres", "egress", 443);
        rules.splice(rules.indexOf(found), 1);
      },
    ),
    plan(
      {
        id: "operator-does-not-reach-instances",
        harm: "CloudNativePG may not ask the instances how they are: it fails over for nothing, or not at all",
        cause: cause(["postgres", "cloudnative-pg"], /8000|status|reach|ingress|policy|port/i),
      },
      (edited) => {
        const { rules, found } = rule(edited, "mes-data/allow-postgres", "ingress", 8000);
        rules.splice(rules.indexOf(found), 1);
      },
    ),
    plan(
      {
        id: "webhook-shut-off",
        harm: "the API server does not reach the operator's webhook: no change of the database is accepted",
        cause: cause(["cloudnative-pg"], /webhook|9443|ingress|API server/i),
      },
      (edited) => {
        const { rules, found } = rule(edited, "mes-operators/allow-cloudnative-pg", "ingress", 9443);
        rules.splice(rules.indexOf(found), 1);
      },
    ),
    plan(
      {
        id: "egress-by-slip",
        harm: "the policy of the broker names Egress and allows none: its nodes find neither each other nor the API server",
        cause: cause(["broker"], /egress|reach|API server|25672|send/i),
      },
      (edited) => {
        edited.spec("NetworkPolicy", "mes-data/allow-broker").egress = [];
      },
    ),
    plan(
      {
        id: "prometheus-shut-out",
        harm: "Prometheus may not read the database's metrics: none of its alerts fires",
        cause: cause(["postgres", "prometheus"], /9187|metrics|scrape|reach|ingress|policy/i),
      },
      (edited) => {
        const { rules, found } = rule(edited, "mes-data/allow-postgres", "ingress", 9187);
        rules.splice(rules.indexOf(found), 1);
      },
    ),
  ];
};

const addresses: Generator<Harmful> = ({ random }) => {
  const role = random.one(["order-intake", "outbox-relay"]);
  const user = random.one(["order-api", "order-intake", "outbox-relay"]);
  const set = (id: string, of: string, variable: string, value: string, harm: string, more: readonly string[] = []) =>
    plan({ id: `address:${id}`, harm, cause: cause([of, variable, value, ...more], WAY) }, (edited) => {
      edited.variable("Deployment", of, variable).value = value;
    });
  return [
    set(
      `broker-in-another-namespace:${role}`,
      role,
      "AMQP_HOST",
      "broker.mes.svc",
      `no Service has this name: ${role} never connects to the broker`,
    ),
    set(`broker-without-tls:${role}`, role, "AMQP_PORT", "5672", `the broker listens with TLS only: ${role} never connects`),
    set(`database-on-another-port:${user}`, user, "PGPORT", "6432", `the pooler listens on 5432: ${user} never connects`),
    set(
      `database-of-another-name:${user}`,
      user,
      "PGHOST",
      "postgres-pooler.mes-data.svc",
      `no Service has this name: ${user} never connects to the database`,
    ),
    set(
      `database-without-pooler:${user}`,
      user,
      "PGHOST",
      "postgres-rw.mes-data.svc",
      `no policy lets ${user} through to the database itself`,
    ),
    set(
      "writer-to-the-replicas",
      "order-api",
      "PGHOST",
      "postgres-pooler-ro.mes-data.svc",
      "order-api is sent to replicas, where nothing can be written",
    ),
    set(
      "cache-of-another-name",
      "dashboard",
      "VALKEY_HOST",
      "valkey.mes-data.svc",
      "no Service has this name: pages are slow without the cache",
    ),
    set(
      "traces-to-another-port",
      "order-api",
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "http://otel-agent.mes-nodes.svc:4319",
      "no Service listens there: no trace of an order is kept",
    ),
    set(
      "database-of-unknown-database",
      "order-api",
      "PGDATABASE",
      "orders",
      "the server has no such database: order-api never connects",
      ["postgres"],
    ),
    plan(
      {
        id: "address:pricing-on-another-port",
        harm: "the Service of pricing does not listen there: orders have no price",
        cause: cause(["order-api", "pricing"], WAY),
      },
      (edited) => {
        const variable = edited.container("Deployment", "order-api").env.find((each: any) => each.name === "MES_PRICING_URL");
        variable.value = `${String(variable.value).replace(/:\d+$/, "")}:8088`;
      },
    ),
    plan(
      {
        id: "address:migrations-to-a-replica",
        harm: "the job is sent to replicas, where no table can be made",
        cause: cause(["outbox-migrations", "postgres-ro"], /replica|read|write|primary|reach|policy|host|postgres-ro/i),
      },
      (edited) => {
        edited.variable("Job", edited.every("Job")[0]?.inputs.metadata.name, "PGHOST").value = "postgres-ro.mes-data.svc";
      },
    ),
    plan(
      {
        id: "address:keda-to-another-port",
        harm: "the management API is not on this port: KEDA measures no queue",
        cause: cause(["broker-scaling", "keda", "order-intake"], WAY),
      },
      (edited) => edited.text(edited.inputs("Secret", "broker-scaling").stringData, "host", ":15671/", ":15672/"),
    ),
    plan(
      {
        id: "address:keda-to-another-vhost",
        harm: "KEDA asks for queues of a virtual host that is not there",
        cause: cause(["broker-scaling", "keda", "order-intake"], /vhost|virtual host/i),
      },
      (edited) => edited.text(edited.inputs("Secret", "broker-scaling").stringData, "host", /\/mes$/, "/orders"),
    ),
    plan(
      {
        id: "address:gossip-of-another-name",
        harm: "Lokis do not find each other: each keeps logs alone, and queries see a third",
        cause: cause(["loki"], WAY),
      },
      (edited) => {
        edited.text(
          configMapData(edited, "loki-"),
          "etc_loki_config_config.yaml",
          "dns+loki-gossip.mes-observability",
          "dns+loki-memberlist.mes-observability",
        );
      },
    ),
    plan(
      {
        id: "address:crm-on-another-port",
        harm: "the policy lets Prometheus through to port 443 of the CRM only: orders are not counted",
        cause: cause(["crm"], /8443|port|egress|reach|policy/i),
      },
      (edited) => {
        edited.spec("ScrapeConfig", "crm").staticConfigs[0].targets = ["crm.example.com:8443"];
      },
    ),
  ];
};

/** cert-manager, TLS: a client compares the name that it connects to. */
const certificates: Generator<Harmful> = ({ random }) => {
  const says = /certificate|name|TLS|issuer|secret|CA|SAN|usage|renew|valid|expire|mount|file|path|dns/i;
  const hosts: Readonly<Record<string, string>> = {
    "broker-tls": "broker.mes-data.svc",
    "cache-tls": "cache.mes-data.svc",
    "postgres-tls": "postgres-pooler-rw.mes-data.svc",
    "loki-tls": "loki.mes-observability.svc",
  };
  const name = random.one(Object.keys(hosts));
  const other = random.one(Object.keys(hosts));
  const short = (certificate: string) =>
    cause([certificate, hosts[certificate] ?? certificate, certificate.replace("-tls", "")], says);
  return [
    plan(
      {
        id: `name-not-in-certificate:${name}`,
        harm: `clients connect to ${hosts[name]} and refuse a certificate without this name`,
        cause: short(name),
      },
      (edited) => {
        const spec = edited.spec("Certificate", name);
        const left = spec.dnsNames.filter((each: string) => each !== hosts[name]);
        if (left.length === spec.dnsNames.length) throw new Error(`${name} has no ${hosts[name]}`);
        spec.dnsNames = left;
      },
    ),
    plan(
      {
        id: "outer-name-not-in-certificate",
        harm: "the CRM connects to broker.mes.example.com and refuses the certificate",
        cause: cause(["broker-tls", "broker.mes.example.com"], says),
      },
      (edited) => {
        const spec = edited.spec("Certificate", "broker-tls");
        spec.dnsNames = spec.dnsNames.filter((each: string) => each !== "broker.mes.example.com");
      },
    ),
    plan(
      { id: `certificate-dropped:${other}`, harm: "the server's pod waits for a Secret that nobody makes", cause: short(other) },
      (edited) => edited.drop("Certificate", other === "postgres-tls" ? "postgres-tls" : other),
    ),
    plan(
      {
        id: `certificate-in-another-secret:${other}`,
        harm: "the certificate is in a Secret that the server does not read: its pod never starts",
        cause: short(other),
      },
      (edited) => {
        edited.spec("Certificate", other).secretName += "-cert";
      },
    ),
    plan(
      {
        id: `certificate-of-unknown-issuer:${name}`,
        harm: "nobody signs the certificate: the server's pod never starts",
        cause: short(name),
      },
      (edited) => {
        edited.spec("Certificate", name).issuerRef.name = "mes-ca-issuer";
      },
    ),
    plan(
      {
        id: `certificate-of-another-authority:${name}`,
        harm: "the certificate is signed by itself, and clients trust the platform's CA only",
        cause: cause([name, name.replace("-tls", ""), "mes-bootstrap"], /issuer|CA|trust|sign|authority|bootstrap/i),
      },
      (edited) => {
        edited.spec("Certificate", name).issuerRef.name = "mes-bootstrap";
      },
    ),
    plan(
      {
        id: `certificate-for-clients-only:${other}`,
        harm: "the certificate is none of a server: clients refuse it",
        cause: short(other),
      },
      (edited) => {
        edited.spec("Certificate", other).usages = ["client auth"];
      },
    ),
    plan(
      {
        id: "node-without-certificate-name",
        harm: "nodes of the broker refuse each other's certificates: they form no cluster",
        cause: cause(["broker-nodes-tls", "broker-server"], says),
      },
      (edited) => {
        edited.spec("Certificate", "broker-nodes-tls").dnsNames = ["broker.mes-data.svc"];
      },
    ),
    plan(
      {
        id: `certificate-renewed-too-late:${name}`,
        harm: "the certificate is to be renewed longer before its end than it is valid: it is refused",
        cause: cause([name], /renew|duration/i),
      },
      (edited) => {
        edited.spec("Certificate", name).renewBefore = "9000h";
      },
    ),
    plan(
      {
        id: "gateway-of-another-certificate",
        harm: "the listener has a certificate that nobody makes: every partner's request fails",
        cause: cause(["gateway", "tls-mes"], says),
      },
      (edited) => {
        edited.spec("Gateway", "gateway").listeners[0].tls.certificateRefs[0].name = "mes-tls";
      },
    ),
    plan(
      {
        id: "gateway-certificate-of-another-host",
        harm: "the certificate is of another host than the listener's: every partner's client refuses it",
        cause: cause(["gateway", "tls-mes-example-com", "mes.example.com"], says),
      },
      (edited) => {
        edited.spec("Certificate", "tls-mes-example-com").dnsNames = ["www.example.com"];
      },
    ),
    plan(
      {
        id: "ca-file-elsewhere",
        harm: "the CA is not in this file: order-intake never connects to the broker",
        cause: cause(["order-intake", "AMQP_CA_FILE"], /file|mount|path|CA|volume/i),
      },
      (edited) => {
        edited.variable("Deployment", "order-intake", "AMQP_CA_FILE").value = "/etc/ssl/mes/ca.crt";
      },
    ),
    plan(
      {
        id: "ca-not-mounted",
        harm: "the CA is not mounted: order-api never connects to the database",
        cause: cause(["order-api"], /mount|volume|CA|mes-ca|file/i),
      },
      (edited) => {
        const container = edited.container("Deployment", "order-api");
        container.volumeMounts = container.volumeMounts.filter((each: any) => each.name !== "mes-ca");
      },
    ),
  ];
};

export const reachability: readonly Generator<Harmful>[] = [services, policies, addresses, certificates];
