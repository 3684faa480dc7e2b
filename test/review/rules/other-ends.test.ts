import type { Plan } from "../../../review/plan/plan";
import { alertsCanFire } from "../../../review/rules/alerts-can-fire";
import { alertsDelivered } from "../../../review/rules/alerts-delivered";
import { alertsEvaluated } from "../../../review/rules/alerts-evaluated";
import { closedToStrangers } from "../../../review/rules/closed-to-strangers";
import { connectionsOpen } from "../../../review/rules/connections-open";
import { loadBalancersReachPods } from "../../../review/rules/load-balancers-reach-pods";
import { metricsExported } from "../../../review/rules/metrics-exported";
import { noPlaintextSecrets } from "../../../review/rules/no-plaintext-secrets";
import { routesLeadIn } from "../../../review/rules/routes-lead-in";
import type { Rule } from "../../../review/rules/rule";
import { servicesReachPods } from "../../../review/rules/services-reach-pods";
import { planned } from "../../helpers/plans";
import { changedIn, containersOf, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

/* Who speaks to whom, by which name and protocol, and who is told of it: in the real plan, one change at a time, with the nearest harmless ones. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const variable =
  (name: string, value: string): Change =>
  (inputs) =>
    (containersOf(inputs)[0].env.find((one: Inputs) => one.name === name).value = value);
const messages = (rule: Rule, changed: Plan) => rule.check(changed).map(({ message }) => message);

describe("the other end of a connection", () => {
  const RELAY = ["Deployment", "outbox-relay"] as const;
  it.each<Edit>([
    [
      "a short name of another namespace",
      ...RELAY,
      variable("PGHOST", "postgres-pooler-rw"),
      /the Service is in mes-data; write postgres-poo/,
    ],
    ["a Service that is not there", ...RELAY, variable("PGHOST", "postgres-poler.mes-data"), /there is no such Service/],
    ["HTTP to a port of gRPC", ...RELAY, variable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), /takes grpc on port 4317/],
  ])("%s", (...edit) => {
    expect(errorsAfter(plan, connectionsOpen, edit).join("\n")).toMatch(edit[4]);
  });

  it.each([
    ["PGHOST", "postgres-pooler-rw.mes-data"],
    ["PGHOST", "db.example.com"],
    ["PGHOST", "localhost"],
  ])("%s may be %s", (name, value) => {
    expect(errorsAfter(plan, connectionsOpen, ["", ...RELAY, variable(name, value)])).toEqual([]);
  });

  it.each(["kubernetes.io/h2c", "https", "grpc"])("does not speak %s, where a program serves HTTP/1.1", (protocol) => {
    const edit = ["", "Service", "order-api", spec((s) => (s.ports[0].appProtocol = protocol))] as const;
    expect(errorsAfter(plan, servicesReachPods, edit).join("\n")).toMatch(/order-api, which answers HTTP\/1.1 without TLS/);
  });

  it("may speak WebSocket", () => {
    const edit = ["", "Service", "order-api", spec((s) => (s.ports[0].appProtocol = "kubernetes.io/ws"))] as const;
    expect(errorsAfter(plan, servicesReachPods, edit)).toEqual([]);
  });
});

describe("the way in", () => {
  it("is that of the gateway's own controller", () => {
    const traefik = spec((s) => (s.gatewayClassName = "traefik"));
    const changed = changedIn(plan, "Gateway", traefik, (inputs) => inputs.spec?.gatewayClassName !== undefined);
    expect(messages(routesLeadIn, changed).join("\n")).toMatch(/mostly of Traefik, and policies let in pods of Envoy Gateway/);
  });

  it("is that of this gateway", () => {
    const changed = structuredClone(plan) as Inputs;
    changed.facts.entrance.clients.labels["gateway.envoyproxy.io/owning-gateway-name"] = "partners";
    expect(messages(routesLeadIn, changed).join("\n")).toMatch(/pods of the gateway partners/);
  });

  const AWS = "service.beta.kubernetes.io/aws-load-balancer";
  it.each([
    ["scheme", "internal", /clients of broker.mes.example.com have public ones/],
    [
      "target-group-attributes",
      "preserve_client_ip.enabled=false",
      /puts its own addresses in place of the clients' .*none of the clients gets in/,
    ],
  ])("has a load balancer whose %s is not %s", (key, value, expected) => {
    const changed = changedIn(
      plan,
      "Service",
      (inputs) => (inputs.metadata.annotations[`${AWS}-${key}`] = value),
      named("broker-external"),
    );
    expect(messages(loadBalancersReachPods, changed).join("\n")).toMatch(expected);
  });
});

describe("what others read", () => {
  const parameters = (values: Inputs): Change => spec((s) => Object.assign(s.postgresql.parameters, values));
  it.each<readonly [Rule, string, string, Change, RegExp]>([
    [
      closedToStrangers,
      "Cluster",
      "postgres",
      parameters({ ssl_min_protocol_version: "TLSv1" }),
      /version of TLS that is broken/,
    ],
    [closedToStrangers, "Cluster", "postgres", parameters({ password_encryption: "md5" }), /keeps passwords in a way/],
    [
      noPlaintextSecrets,
      "Cluster",
      "postgres",
      spec((s) => (s.bootstrap.initdb.postInitSQL = [`CREATE ROLE r LOGIN PASSWORD '${"hG5fD9aZ0c"}'`])),
      /SQL with a password/,
    ],
    [
      noPlaintextSecrets,
      "RabbitmqCluster",
      "broker",
      spec((s) => (s.rabbitmq.additionalConfig += `default_user = admin\ndefault_pass = ${"known-to-all"}\n`)),
      /default_pass is in plain text/,
    ],
  ])("%#", (rule, kind, name, change, expected) => {
    expect(errorsAfter(plan, rule, ["", kind, name, change]).join("\n")).toMatch(expected);
  });

  it.each([
    [{ log_statement: "all" }, ["warning"]],
    [{ log_min_duration_statement: "0" }, ["warning"]],
    [{ log_statement: "ddl" }, []],
  ])("of statements is %j", (values, expected) => {
    const logged = (of: Plan) =>
      closedToStrangers.check(changedIn(of, "Cluster", parameters(values), named("postgres"))).map(({ severity }) => severity);
    expect(logged(plan)).toEqual(expected);
    expect(logged({ ...plan, facts: { ...plan.facts, protectData: false } } as Plan)).toEqual([]);
  });

  it("is blacked out on its way", () => {
    const changed = changedIn(
      plan,
      "ConfigMap",
      ({ data }) => {
        for (const file of Object.keys(data)) data[file] = data[file].replaceAll("replace_pattern", "set");
      },
      ({ metadata }) => metadata.name.startsWith("otel-agent-"),
    );
    expect(messages(closedToStrangers, changed).join("\n")).toMatch(/the pipeline logs blacks nothing out/);
  });
});

describe("an alert", () => {
  const alert = (name: string, change: (expr: string) => string) =>
    changedIn(
      plan,
      "PrometheusRule",
      (inputs) => {
        for (const group of inputs.spec.groups)
          for (const rule of group.rules) if (rule.alert === name) rule.expr = change(rule.expr);
      },
      (inputs) => JSON.stringify(inputs.spec).includes(`"alert":"${name}"`),
    );

  it.each([
    [
      "OutboxDelayed",
      (expr: string) => expr.replace("> 60", "> 60000"),
      /in seconds, with 60000: people hear after 16.7 hours; was 60 meant/,
    ],
    [
      "MesOrdersNotReceived",
      (expr: string) => expr.replace("* 60 ", "* 7200 "),
      /within 2 hours, and counts 1 hour: .*reconciliation.transit/,
    ],
    [
      "MesOrderMessagesFailing",
      (expr: string) => expr.replace("> 0.05", "> 1"),
      /of order-intake.*mes:roles.order-intake.maxFailureRatio/,
    ],
    ["MesOrderMessagesFailing", (expr: string) => expr.replace("> 0.05", "> 0.6"), /its ratio\) of order-intake/],
  ])("%s is in its units and windows", (name, change, expected) => {
    expect(messages(alertsCanFire, alert(name, change)).join("\n")).toMatch(expected);
  });

  it.each([
    ["OutboxDelayed", (expr: string) => expr.replace("> 60", "> 3600")],
    ["OutboxDelayed", () => 'max(cnpg_backup_age_seconds{namespace="mes-data"}) > 100000'],
    ["OutboxDelayed", () => 'sum(increase(x_total{job="shop"}[5m])) > 900 * sum(rate(x_total{job="shop"}[1d]))'],
    ["MesOrdersNotReceived", (expr: string) => expr.replace("* 60 ", "* 600 ")],
  ])("%s may be later", (name, change) => {
    expect(messages(alertsCanFire, alert(name, change))).toEqual([]);
  });

  it("of what loses orders wakes people", () => {
    const changed = structuredClone(plan) as Inputs;
    for (const told of changed.facts.alerts)
      if (told.receiver !== undefined) told.receiver = told.severity === "page" ? "team" : "on-call";
    expect(messages(alertsDelivered, changed).join("\n")).toMatch(/pages go to team and tickets to on-call/);
  });

  it("is handed over by the API that there is", () => {
    const changed = changedIn(
      plan,
      "Prometheus",
      spec((s) => (s.alerting.alertmanagers[0].apiVersion = "v1")),
    );
    expect(messages(alertsEvaluated, changed).join("\n")).toMatch(/Prometheus 3 does not speak/);
  });

  const endpoint = (change: (endpoint: Inputs) => void): Change => spec((s) => change(s.podMetricsEndpoints[0]));
  const READY = "__meta_kubernetes_pod_ready";

  it("reads pods that are ready", () => {
    const drop = endpoint((e) => e.relabelings.push({ action: "drop", sourceLabels: [READY], regex: "true" }));
    const changed = changedIn(plan, "PodMonitor", drop, named("order-intake"));
    expect(messages(metricsExported, changed).join("\n")).toMatch(/PodMonitor mes-observability\/order-intake drops it/);
  });

  it.each([
    [{ action: "keep", sourceLabels: [READY], regex: "true" }],
    [{ action: "drop", sourceLabels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed" }],
    [{ action: "keep", sourceLabels: ["__address__"], regex: ".+:8081" }],
  ])("may leave out other pods", (step) => {
    const changed = changedIn(
      plan,
      "PodMonitor",
      endpoint((e) => e.relabelings.push(step)),
      named("order-intake"),
    );
    expect(messages(metricsExported, changed)).toEqual([]);
  });

  it("finds a monitor of another name that gives its targets the job", () => {
    const changed = changedIn(plan, "PodMonitor", (inputs) => (inputs.metadata.name = "relay"), named("outbox-relay"));
    expect(messages(metricsExported, changed)).toEqual([]);
  });

  it("asks for tables in the database that has them", () => {
    const changed = changedIn(
      plan,
      "ConfigMap",
      ({ data }) => (data["queries.yaml"] = data["queries.yaml"].replaceAll("    - mes\n", "    - postgres\n")),
      ({ metadata }) => metadata.name.startsWith("postgres-queries"),
    );
    expect(messages(metricsExported, changed).join("\n")).toMatch(/asks for it in a database that has its tables/);
  });
});
