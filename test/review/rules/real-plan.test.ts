import type { Plan } from "../../../review/plan/plan";
import { kubeObjects } from "../../../review/kubernetes/objects";
import { runbookNames } from "../../../review/plan/facts";
import { alertsOf } from "../../../review/rules/alerts-actionable";
import { findingsOf, RULES } from "../../../review/rules";
import { stackNames } from "../../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { planned } from "../../helpers/plans";
import { changedIn, containersOf, type Change, type Inputs } from "./changed-plan";

/*
 * The rules against the plan that the project ships: it is fine as it is, and each rule notices when it is not. Rules know
 * no component; this holds that they understand what the components really declare.
 */

let plan: Plan;
let others: Plan[];

beforeAll(async () => {
  plan = await planned("prod");
  others = [];
  for (const stack of stackNames(PROJECT_DIRECTORY)) if (stack !== "prod") others.push(await planned(stack));
}, 60_000);

/** The plan with a change to every resource of a kind that the change concerns. */
const changed = (kind: string, change: Change, concerns?: (inputs: Inputs) => boolean) => changedIn(plan, kind, change, concerns);

const scaled = (inputs: Inputs) => inputs.spec.replicas === undefined;

describe("the plans of the project", () => {
  it("have nothing that a rule calls an error", () => {
    const errors = [plan, ...others].flatMap((one) => findingsOf(one).filter(({ severity }) => severity === "error"));
    expect(errors).toEqual([]);
  });

  it("have an alert for every runbook", () => {
    const alerts = [plan, ...others]
      .flatMap(kubeObjects)
      .filter(({ kind }) => kind === "PrometheusRule")
      .flatMap(alertsOf)
      .map(({ alert }) => (alert as { alert: string }).alert);
    // Only where a role consumes messages that are no orders, which neither stack has.
    const elsewhere = ["MesMessagesFailing"];
    expect(runbookNames(PROJECT_DIRECTORY).filter((name) => ![...alerts, ...elsewhere].includes(name))).toEqual([]);
  });
});

describe("the production plan", () => {
  const WRONG: Readonly<Record<string, () => Plan>> = {
    "order-paths": () =>
      changed(
        "Binding",
        (binding) => (binding.spec.routingKey = "order.inbond.#"),
        ({ spec }) => spec.destination === "orders.inbound",
      ),
    "queues-keep-orders": () => changed("Queue", (queue) => (queue.spec.type = "classic")),
    "broker-rights": () => changed("Permission", (permission) => (permission.spec.permissions.read = ".*")),
    "database-rights": () =>
      changed("Cluster", (cluster) => cluster.spec.managed.roles.forEach((role: Inputs) => (role.inRoles = []))),
    "certificates-serve": () =>
      changed(
        "Certificate",
        (certificate) => (certificate.spec.issuerRef.name = "mes-bootstrap"),
        ({ metadata }) => metadata.name === "broker-tls",
      ),
    "files-mounted": () =>
      changed(
        "Deployment",
        ({ spec }) => {
          const [container] = spec.template.spec.containers;
          container.volumeMounts = container.volumeMounts.filter((mount: Inputs) => mount.name !== "mes-ca");
        },
        ({ metadata }) => metadata.name === "order-api",
      ),
    "operators-connect": () =>
      changed(
        "NetworkPolicy",
        (policy) => (policy.spec.egress = []),
        ({ metadata }) => metadata.name === "allow-cloudnative-pg",
      ),
    "cluster-rights": () => changed("ClusterRole", (role) => (role.rules[0].verbs = ["get"])),
    "queue-limits": () =>
      changed(
        "Policy",
        (policy) => (policy.spec.definition["max-length"] = 100),
        ({ metadata }) => metadata.name === "orders.inbound",
      ),
    "time-budgets": () =>
      changed(
        "HTTPRoute",
        (route) => (route.spec.rules[0].timeouts.request = "5s"),
        ({ metadata }) => metadata.name === "order-api",
      ),
    quorum: () => changed("RabbitmqCluster", (cluster) => (cluster.spec.replicas = 2)),
    "commits-durable": () => changed("Cluster", (cluster) => delete cluster.spec.postgresql.synchronous),
    "backups-restorable": () => changed("ScheduledBackup", (backup) => (backup.spec.suspend = true)),
    "settings-fit": () => changed("Cluster", (cluster) => (cluster.spec.postgresql.parameters.shared_buffers = "20GB")),
    "configurations-accepted": () =>
      changed("ConfigMap", ({ data }) => {
        for (const key of Object.keys(data)) data[key] = data[key].replace("allkeys-lru", "noeviction");
      }),
    "data-protected": () => changed("Cluster", (_, resource) => (resource.protect = false)),
    "database-connections": () =>
      changed("Pooler", (pooler) => (pooler.spec.pgbouncer.parameters = { max_client_conn: "1", default_pool_size: "1" })),
    "graceful-shutdown": () =>
      changed("Deployment", (role) => (role.spec.template.spec.terminationGracePeriodSeconds = 1), scaled),
    "pods-survive": () => changed("Deployment", (role) => (role.spec.strategy = { type: "Recreate" }), scaled),
    "probes-tell": () => changed("Deployment", (role) => delete containersOf(role)[0].readinessProbe),
    "disruption-budgets": () => changed("PodDisruptionBudget", (budget) => (budget.spec.maxUnavailable = 0)),
    "fits-cluster": () => changed("Deployment", (role) => (containersOf(role)[0].resources.requests.cpu = "100")),
    "one-owner-of-replicas": () => changed("Deployment", (role) => (role.spec.replicas = 3), scaled),
    "autoscaler-target": () => changed("ScaledObject", (scaler) => (scaler.spec.scaleTargetRef.name = "nobody")),
    "scaling-acts": () => changed("ScaledObject", (scaler) => (scaler.spec.maxReplicaCount = scaler.spec.minReplicaCount)),
    "network-paths": () => changed("NetworkPolicy", (policy) => delete policy.spec.ingress),
    "pods-reach-cluster": () =>
      changed(
        "NetworkPolicy",
        (policy) => delete policy.spec.egress,
        ({ metadata }) => metadata.name === "allow-otel-agent",
      ),
    "load-balancers-reach-pods": () =>
      changed(
        "NetworkPolicy",
        (policy) => {
          for (const rule of policy.spec.ingress)
            rule.from = rule.from.filter((peer: Inputs) => !String(peer.ipBlock?.cidr).startsWith("10."));
        },
        ({ metadata }) => metadata.name === "allow-broker",
      ),
    "connections-open": () =>
      changed(
        "NetworkPolicy",
        ({ spec }) => (spec.egress = []),
        ({ metadata }) => metadata.name === "allow-order-api",
      ),
    "services-reach-pods": () => changed("Service", (service) => (service.spec.ports[0].targetPort = "nowhere")),
    "routes-lead-in": () =>
      changed(
        "HTTPRoute",
        (route) => route.spec.rules.forEach((rule: Inputs) => (rule.backendRefs = [{ name: "nobody" }])),
        (route) => route.metadata.name === "order-api",
      ),
    "references-resolve": () => changed("Secret", (secret) => (secret.metadata.name += "-renamed")),
    "scrape-targets": () => changed("PodMonitor", (monitor) => (monitor.spec.podMetricsEndpoints[0].port = "nowhere")),
    "metrics-exported": () =>
      changed("PrometheusRule", (rules) => rules.spec.groups[0].rules.forEach((rule: Inputs) => (rule.expr = `x_${rule.expr}`))),
    "alerts-actionable": () =>
      changed("PrometheusRule", (rules) => rules.spec.groups[0].rules.forEach((rule: Inputs) => delete rule.labels?.severity)),
    "alerts-can-fire": () =>
      changed("PrometheusRule", (rules) => rules.spec.groups[0].rules.forEach((rule: Inputs) => (rule.expr = "up > 1"))),
    "alerts-evaluated": () => changed("Prometheus", ({ spec }) => (spec.evaluationInterval = "1h")),
    "alerts-delivered": () => changed("Prometheus", ({ spec }) => delete spec.alerting),
    "no-plaintext-secrets": () => changed("ConfigMap", (config) => (config.data = { "app.yaml": "password: hunter2" })),
    "pod-security": () => changed("Deployment", (role) => (containersOf(role)[0].securityContext.privileged = true)),
    "closed-to-strangers": () => changed("RabbitmqCluster", ({ spec }) => delete spec.tls),
    "cloud-rights": () =>
      changed("RolePolicy", (policy) => {
        policy.policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] });
      }),
    "images-pinned": () => changed("Deployment", (role) => (containersOf(role)[0].image = "mes:latest")),
    "no-placeholders": () => changed("Deployment", (role) => (containersOf(role)[0].image = "registry.example.com/other:1.0")),
    "objects-accepted": () => changed("Deployment", (role) => (containersOf(role)[0].resources.limits.memory = "1Mi")),
    "operators-act": () => ({ ...plan, resources: plan.resources.filter(({ type }) => !type.endsWith(":Release")) }),
    "made-in-order": () => ({
      ...plan,
      resources: plan.resources.map((one) => ({ ...one, dependsOn: [], propertyDependencies: {} })),
    }),
    "changes-arrive": () => changedIn(plan, "Deployment", (_, resource) => (resource.ignoreChanges = ["spec"])),
    "container-resources": () => changed("Deployment", (role) => delete containersOf(role)[0].resources),
    "stable-selectors": () => changed("Deployment", (role) => (role.spec.selector.matchLabels = { app: "other" })),
    "unique-objects": () => changed("Deployment", (role) => (role.metadata.name = "same")),
    "urns-kept": () => ({
      ...plan,
      before: {
        resources: plan.resources.map((one) => ({ ...one, urn: one.urn.replace("mes:cache:Cache", "mes:cache:Store") })),
        interrupted: [],
      },
    }),
    "data-stays": () => ({
      ...changed("Cluster", (cluster) => (cluster.metadata.name = "orders")),
      before: { resources: plan.resources, interrupted: [] },
    }),
    "no-interrupted-up": () => ({ ...plan, before: { resources: [], interrupted: plan.resources } }),
    "no-lasting-diff": () => changed("Secret", (secret) => (secret.stringData = {})),
    "suppressions-valid": () => ({
      ...plan,
      facts: {
        ...plan.facts!,
        suppressions: [{ rule: "quorum", object: "Cluster postgres", reason: "for a test", until: "2020-01-01" }],
        settings: { file: "Pulumi.prod.yaml", keys: [{ path: ["config", "mes:suppressions", 0], line: 1, column: 1 }] },
      },
    }),
    "explicit-providers": () => changed("Deployment", (_, resource) => (resource.provider = undefined)),
  };

  it("tries every rule", () => {
    expect(Object.keys(WRONG).sort()).toEqual(RULES.map(({ name }) => name).sort());
  });

  it.each(Object.keys(WRONG))("is refused by %s when it is wrong", (name) => {
    const rule = RULES.find((one) => one.name === name);
    // An example does no harm by itself.
    const expected = name === "no-placeholders" ? "warning" : "error";
    const errors = rule?.check(WRONG[name]!()).filter(({ severity }) => severity === expected);
    expect(errors).not.toEqual([]);
    // Each says where: the project's own line.
    for (const { source, message } of errors ?? []) {
      expect(source?.file).toMatch(/^(?:components\/|stacks\/|(?:.*\/)?Pulumi\.prod\.yaml$)/);
      expect(message.length).toBeGreaterThan(10);
    }
  });
});
