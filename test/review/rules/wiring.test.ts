import { alertsActionable } from "../../../review/rules/alerts-actionable";
import { explicitProviders } from "../../../review/rules/explicit-providers";
import { networkPaths } from "../../../review/rules/network-paths";
import { noLastingDiff } from "../../../review/rules/no-lasting-diff";
import { referencesResolve } from "../../../review/rules/references-resolve";
import { scrapeTargets } from "../../../review/rules/scrape-targets";
import { servicesReachPods } from "../../../review/rules/services-reach-pods";
import { uniqueObjects } from "../../../review/rules/unique-objects";
import type { Resource } from "../../../review/plan/plan";
import { deployment, found, namespace, object, resource } from "../fixtures";

const policy = (name: string, app: string | undefined, spec: Record<string, unknown>): Resource =>
  object("networking.k8s.io/v1", "NetworkPolicy", name, {
    spec: { podSelector: app === undefined ? {} : { matchLabels: { app } }, ...spec },
  });

const DENY = policy("default-deny", undefined, { policyTypes: ["Ingress", "Egress"] });

const peer = (app: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mes" } },
  podSelector: { matchLabels: { app } },
});
const egress = (app: string, to: string, port: number | string) =>
  policy(`${app}-egress`, app, { policyTypes: ["Egress"], egress: [{ to: [peer(to)], ports: [{ protocol: "TCP", port }] }] });
const ingress = (app: string, from: string, port: number | string) =>
  policy(`${app}-ingress`, app, {
    policyTypes: ["Ingress"],
    ingress: [{ from: [peer(from)], ports: [{ protocol: "TCP", port }] }],
  });

describe("network paths", () => {
  const both = [namespace("mes"), deployment("api"), deployment("db"), DENY];

  it("have both ends and a port that is listened on", () => {
    expect(found(networkPaths, [...both, egress("api", "db", 8080), ingress("db", "api", 8080)])).toEqual([]);
    expect(found(networkPaths, [...both, egress("api", "db", "http"), ingress("db", "api", 8080)])).toEqual([]);
  });

  it("need no second end where nothing is denied", () => {
    expect(found(networkPaths, [namespace("mes"), deployment("api"), deployment("db"), egress("api", "db", 8080)])).toEqual([]);
  });

  it("are useless with one end only", () => {
    expect(found(networkPaths, [...both, egress("api", "db", 8080)])).toEqual([
      "error NetworkPolicy api-egress spec.egress[0].to[0]: Deployment mes/api may send to port 8080 of Deployment mes/db, which no policy lets receive it; allow the ingress",
    ]);
    expect(found(networkPaths, [...both, ingress("db", "api", 8080)])).toEqual([
      "error NetworkPolicy db-ingress spec.ingress[0].from[0]: Deployment mes/db may receive on port 8080 from Deployment mes/api, which no policy lets send it; allow the egress",
    ]);
  });

  it("go to pods that exist, on ports that they have", () => {
    expect(found(networkPaths, [...both, egress("api", "dbb", 8080)])).toEqual([
      expect.stringContaining("to pods with app=dbb in mes: there are none"),
    ]);
    expect(found(networkPaths, [...both, egress("api", "db", 5432), ingress("db", "api", 5432)])).toEqual([
      expect.stringContaining("no container of Deployment mes/db has the port 5432"),
      expect.stringContaining("no container of Deployment mes/db has the port 5432"),
    ]);
    expect(
      found(networkPaths, [...both, egress("apy", "db", 8080), ingress("db", "api", 8080), egress("api", "db", 8080)]),
    ).toEqual([expect.stringContaining("spec.podSelector: selects no pods of the plan")]);
  });

  const rule = (app: string, direction: "ingress" | "egress", ...rules: object[]) =>
    policy(`${app}-${direction}-rules`, app, {
      policyTypes: [direction === "ingress" ? "Ingress" : "Egress"],
      [direction]: rules,
    });

  it("take a rule without peers for everybody, and one without ports for every port", () => {
    expect(found(networkPaths, [...both, egress("api", "db", 8080), rule("db", "ingress", {})])).toEqual([]);
    expect(found(networkPaths, [...both, egress("api", "db", 8080), rule("db", "ingress", { from: [] })])).toEqual([]);
    expect(
      found(networkPaths, [...both, ingress("db", "api", 8080), rule("api", "egress", { ports: [{ port: 8080 }] })]),
    ).toEqual([]);
    expect(found(networkPaths, [...both, egress("api", "db", 8080), rule("db", "ingress", { ports: [{ port: 9464 }] })])).toEqual(
      [expect.stringContaining("which no policy lets receive it")],
    );
  });

  it("know ranges of ports, and protocols", () => {
    const range = { from: [peer("api")], ports: [{ port: 8000, endPort: 8100 }] };
    expect(found(networkPaths, [...both, egress("api", "db", 8080), rule("db", "ingress", range)])).toEqual([]);
    const below = { from: [peer("api")], ports: [{ port: 8000, endPort: 8079 }] };
    expect(found(networkPaths, [...both, rule("db", "ingress", below)])).toEqual([
      expect.stringContaining("no container of Deployment mes/db has the port 8000-8079"),
    ]);
    const udp = { from: [peer("api")], ports: [{ port: 8080, protocol: "UDP" }] };
    expect(found(networkPaths, [...both, egress("api", "db", 8080), rule("db", "ingress", udp)])).toEqual([
      expect.stringContaining("which no policy lets receive it"),
      expect.stringContaining("has the port 8080/UDP"),
    ]);
    const every = { from: [peer("api")], ports: [{ protocol: "TCP" }] };
    const all = [egress("api", "db", 8080), rule("api", "egress", { to: [peer("db")], ports: [{ port: 9464 }] })];
    expect(found(networkPaths, [...both, ...all, rule("db", "ingress", every)])).toEqual([]);
  });

  it("to all pods of a namespace are meant for those that answer", () => {
    const wide = { to: [{ podSelector: {} }], ports: [{ port: 8080 }] };
    const third = [...both, deployment("third")];
    expect(found(networkPaths, [...third, rule("api", "egress", wide), ingress("db", "api", 8080)])).toEqual([]);
    expect(found(networkPaths, [...third, rule("api", "egress", wide)])).not.toEqual([]);
  });

  it("to namespaces by a label may mean some that the plan does not have", () => {
    const team = { to: [{ namespaceSelector: { matchLabels: { team: "a" } }, podSelector: { matchLabels: { app: "other" } } }] };
    const labelled = object("v1", "Namespace", "mes", { metadata: { labels: { team: "a" } } });
    expect(found(networkPaths, [labelled, deployment("api"), DENY, rule("api", "egress", team)])).toEqual([]);
  });

  it("know the pods that operators make", () => {
    const cluster = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: { instances: 3 } });
    const to = (port: number) =>
      policy("api-db", "api", {
        egress: [{ to: [{ podSelector: { matchLabels: { "cnpg.io/cluster": "db" } } }], ports: [{ port }] }],
      });
    expect(found(networkPaths, [namespace("mes"), deployment("api"), cluster, to(5432)])).toEqual([]);
    expect(found(networkPaths, [namespace("mes"), deployment("api"), cluster, to(5433)])).not.toEqual([]);
  });
});

describe("services and hosts", () => {
  const service = (spec: Record<string, unknown> = {}) =>
    object("v1", "Service", "api", {
      spec: { selector: { app: "api" }, ports: [{ name: "http", port: 80, targetPort: "http" }], ...spec },
    });
  const calling = (url: string) => deployment("shop", { container: { env: [{ name: "API", value: url }] } });

  it("reach pods that listen", () => {
    expect(found(servicesReachPods, [namespace("mes"), deployment("api"), service(), calling("http://api.mes.svc:80")])).toEqual(
      [],
    );
  });

  it("find a Service without pods, or with a port that the pods do not have", () => {
    expect(found(servicesReachPods, [service()])).toEqual([expect.stringContaining("spec.selector: selects no pods")]);
    expect(found(servicesReachPods, [deployment("api"), service({ ports: [{ port: 80 }] })])).toEqual([
      "error Service api spec.ports[0].targetPort: Deployment mes/api has no port 80; there are http and metrics",
    ]);
  });

  it("find a host that is no Service, in variables and in configuration files", () => {
    expect(found(servicesReachPods, [namespace("mes"), calling("http://apy.mes.svc:80/orders")])).toEqual([
      expect.stringContaining("names the host apy.mes.svc, but there is no such Service"),
    ]);
    const config = object("v1", "ConfigMap", "config", { data: { "app.yaml": "url: apy.mes.svc.cluster.local" } });
    expect(found(servicesReachPods, [namespace("mes"), config])).toHaveLength(1);
  });

  it("know the Services that operators make, and leave other namespaces alone", () => {
    const cluster = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: {} });
    expect(found(servicesReachPods, [namespace("mes"), cluster, calling("db-rw.mes.svc")])).toEqual([]);
    expect(found(servicesReachPods, [namespace("mes"), calling("kubernetes.default.svc")])).toEqual([]);
  });
});

describe("references", () => {
  const using = (pod: Record<string, unknown>) => deployment("api", { pod });
  const config = object("v1", "ConfigMap", "files", { data: { "a.yaml": "" } });

  it("resolve to what is declared, what operators make, and what every cluster has", () => {
    const certificate = object("cert-manager.io/v1", "Certificate", "tls", { spec: { secretName: "api-tls" } });
    const pod = {
      serviceAccountName: "default",
      priorityClassName: "system-node-critical",
      volumes: [
        { name: "files", configMap: { name: "files", items: [{ key: "a.yaml" }] } },
        { name: "tls", secret: { secretName: "api-tls" } },
        { name: "ca", projected: { sources: [{ configMap: { name: "kube-root-ca.crt" } }] } },
        { name: "maybe", secret: { secretName: "maybe", optional: true } },
      ],
    };
    expect(found(referencesResolve, [config, certificate, using(pod)])).toEqual([]);
  });

  it.each([
    ["a volume", { volumes: [{ name: "x", configMap: { name: "gone" } }] }, "volumes[0].configMap: names ConfigMap mes/gone"],
    [
      "a key",
      { volumes: [{ name: "x", configMap: { name: "files", items: [{ key: "b.yaml" }] } }] },
      "has no key b.yaml; there are a.yaml",
    ],
    [
      "a projected source",
      { volumes: [{ projected: { sources: [{ secret: { name: "gone" } }] } }] },
      "projected.sources[0].secret",
    ],
    ["a claim", { volumes: [{ persistentVolumeClaim: { claimName: "gone" } }] }, "names PersistentVolumeClaim mes/gone"],
    ["an account", { serviceAccountName: "gone" }, "names ServiceAccount mes/gone"],
    ["a priority", { priorityClassName: "gone" }, "names PriorityClass gone"],
    ["a pull secret", { imagePullSecrets: [{ name: "gone" }] }, "names Secret mes/gone"],
  ])("find %s that is not there", (_, pod, message) => {
    expect(found(referencesResolve, [config, using(pod)])).toEqual([expect.stringContaining(message)]);
  });

  it("find a variable from a Secret that is not there, and say where it is instead", () => {
    const env = [{ name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: "db-user", key: "password" } } }];
    const elsewhere = object("v1", "Secret", "db-user", {
      metadata: { namespace: "mes-data" },
      stringData: { password: "[secret]" },
    });
    expect(found(referencesResolve, [deployment("api", { container: { env } }), elsewhere])).toEqual([
      "error Deployment api spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef: names Secret mes/db-user, which nothing makes; it is in mes-data",
    ]);
  });

  it("of custom resources resolve too", () => {
    const pooler = object("postgresql.cnpg.io/v1", "Pooler", "rw", { spec: { cluster: { name: "db" } } });
    expect(found(referencesResolve, [pooler, object("postgresql.cnpg.io/v1", "Cluster", "db")])).toEqual([]);
    expect(found(referencesResolve, [pooler])).toEqual([expect.stringContaining("names Cluster mes/db, which nothing makes")]);
    const claim = object("v1", "PersistentVolumeClaim", "data", { spec: { storageClassName: "gp2" } });
    expect(found(referencesResolve, [claim])).toEqual([expect.stringContaining("names StorageClass gp2")]);
    expect(found(referencesResolve, [claim], { existing: ["StorageClass/gp2"] })).toEqual([]);
  });
});

describe("scrape targets", () => {
  const monitor = (app: string, port: string, labels = {}) =>
    object("monitoring.coreos.com/v1", "PodMonitor", app, {
      metadata: { labels },
      spec: { selector: { matchLabels: { app } }, podMetricsEndpoints: [{ port }] },
    });
  const prometheus = (selector: unknown) =>
    object("monitoring.coreos.com/v1", "Prometheus", "main", { spec: { podMonitorSelector: selector } });

  it("select pods and a port that they have", () => {
    expect(found(scrapeTargets, [deployment("api"), monitor("api", "metrics")])).toEqual([]);
    expect(found(scrapeTargets, [deployment("api"), monitor("apy", "metrics")])).toEqual([
      expect.stringContaining("selects no pods in mes"),
    ]);
    expect(found(scrapeTargets, [deployment("api"), monitor("api", "prom")])).toEqual([
      expect.stringContaining("Deployment mes/api has no port prom; there are http and metrics"),
    ]);
  });

  it("are read by a Prometheus", () => {
    expect(found(scrapeTargets, [deployment("api"), monitor("api", "metrics"), prometheus({})])).toEqual([]);
    expect(
      found(scrapeTargets, [deployment("api"), monitor("api", "metrics"), prometheus({ matchLabels: { team: "mes" } })]),
    ).toEqual([expect.stringContaining("Prometheus mes/main selects no such monitor")]);
  });

  it("are reachable by it", () => {
    expect(found(scrapeTargets, [namespace("mes"), deployment("api"), monitor("api", "metrics"), prometheus({}), DENY])).toEqual([
      expect.stringContaining("network policies keep Prometheus mes/main from port 9464 of Deployment mes/api"),
    ]);
  });
});

describe("alerts", () => {
  const rules = (alert: Record<string, unknown>, name = "orders") =>
    object("monitoring.coreos.com/v1", "PrometheusRule", name, { spec: { groups: [{ name, rules: [alert] }] } });
  const GOOD = {
    alert: "MesOrdersLost",
    expr: "x > 0",
    labels: { severity: "page" },
    annotations: { summary: "Orders are lost", runbook_url: "https://example.com/docs/runbooks/MesOrdersLost.md" },
  };

  it("have a severity, a summary and a runbook", () => {
    expect(found(alertsActionable, [rules(GOOD)])).toEqual([]);
    expect(found(alertsActionable, [rules({ record: "a:b:c", expr: "x" })])).toEqual([]);
  });

  it.each([
    ["a severity", { ...GOOD, labels: {} }, "MesOrdersLost has no severity; use page or ticket or none"],
    ["a known severity", { ...GOOD, labels: { severity: "critical" } }, "has the severity critical"],
    ["a summary", { ...GOOD, annotations: { ...GOOD.annotations, summary: "" } }, "has no summary"],
    ["a runbook", { ...GOOD, annotations: { summary: "x" } }, "has no runbook_url"],
    [
      "a runbook that exists",
      { ...GOOD, annotations: { ...GOOD.annotations, runbook_url: "docs/runbooks/Gone.md" } },
      "write docs/runbooks/Gone.md",
    ],
  ])("need %s", (_, alert, message) => {
    expect(found(alertsActionable, [rules(alert)])).toEqual([expect.stringContaining(message)]);
  });

  it("have a name of their own, and a Prometheus that loads them", () => {
    expect(found(alertsActionable, [rules(GOOD), rules(GOOD, "again")])).toEqual([
      expect.stringContaining("PrometheusRule mes/orders has an alert MesOrdersLost too"),
    ]);
    const prometheus = object("monitoring.coreos.com/v1", "Prometheus", "main", { spec: {} });
    expect(found(alertsActionable, [rules(GOOD), prometheus])).toEqual([expect.stringContaining("loads no such rules")]);
  });
});

describe("objects", () => {
  it("are declared once", () => {
    expect(found(uniqueObjects, [deployment("api"), deployment("web")])).toEqual([]);
    expect(
      found(uniqueObjects, [deployment("api"), { ...deployment("api"), urn: "urn:pulumi:test::mes::x:Deployment::other" }]),
    ).toEqual([expect.stringContaining("Deployment mes/api is declared twice (components/test/test.ts:7)")]);
  });

  it("name their provider", () => {
    expect(found(explicitProviders, [deployment("api"), resource({ type: "random:index:RandomPassword", name: "p" })])).toEqual(
      [],
    );
    expect(found(explicitProviders, [{ ...deployment("api"), provider: undefined }])).toEqual([
      expect.stringContaining("has no explicit provider"),
    ]);
  });
});

describe("what the API server does not keep", () => {
  const pods = { metadata: { annotations: {} }, spec: { volumes: [], containers: [{ name: "main", env: [], args: [] }] } };

  it("is what no deploy takes out of the preview: an empty Secret, a role without rules, null", () => {
    const lost = (what: string) => `${what}, which the API server does not keep: every preview shows it again; leave it out`;
    expect(
      found(noLastingDiff, [
        object("v1", "Secret", "empty", { stringData: {}, metadata: { labels: {} } }),
        object("rbac.authorization.k8s.io/v1", "ClusterRole", "nothing", { rules: [] }),
        object("apps/v1", "Deployment", "projects", {
          spec: { template: { spec: { volumes: [{ name: "a", projected: { sources: [] } }] } } },
        }),
        object("rabbitmq.com/v1beta1", "Queue", "orders", {
          metadata: { annotations: {} },
          spec: { name: "orders", type: null },
        }),
      ]),
    ).toEqual([
      `error Secret empty stringData: ${lost("is empty")}`,
      `error Secret empty metadata.labels: ${lost("is empty")}`,
      `error ClusterRole nothing rules: ${lost("is empty")}`,
      `error Deployment projects spec.template.spec.volumes[0].projected.sources: ${lost("is empty")}`,
      `error Queue orders metadata.annotations: ${lost("is empty")}`,
      `error Queue orders spec.type: ${lost("is null")}`,
    ]);
  });

  it("is not what the plug-in leaves out by itself, what an operator's definition keeps, and what says something empty", () => {
    expect(
      found(noLastingDiff, [
        object("v1", "Secret", "some", { stringData: { key: "[secret]" } }),
        object("v1", "ConfigMap", "settings", { data: {} }),
        object("apps/v1", "Deployment", "pods", { metadata: { labels: {} }, spec: { template: pods } }),
        object("networking.k8s.io/v1", "NetworkPolicy", "deny", { spec: { podSelector: {}, ingress: [], egress: [] } }),
        object("postgresql.cnpg.io/v1", "Cluster", "postgres", { spec: { affinity: { nodeSelector: {}, tolerations: [] } } }),
        resource({ type: "kubernetes:helm.sh/v3:Release", name: "chart", inputs: { values: { registry: null } } }),
      ]),
    ).toEqual([]);
  });
});
