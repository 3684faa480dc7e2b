import { sections } from "../../../review/report/details";
import type { Facts, Resource } from "../../../review/plan/plan";
import { deployment, namespace, object, planOf, resource } from "../fixtures";

/** What is said under a title, e.g. `name: fact · fact`. test/golden has the whole of both stacks. */
function said(title: string, resources: readonly Resource[], facts: Partial<Facts> = {}): string[] {
  const section = sections(planOf([namespace("mes"), ...resources], facts)).find((one) => one.title === title);
  return (section?.details ?? []).map((detail) => `${detail.name}: ${detail.facts.join(" · ")}`);
}

const service = (name: string, spec: object) => object("v1", "Service", name, { spec: { ports: [{ port: 5671 }], ...spec } });
const env = (values: Readonly<Record<string, string>>) => ({
  container: { env: Object.entries(values).map(([name, value]) => ({ name, value })) },
});

describe("the details of a plan", () => {
  it("name each image once, with its digest, and who runs it", () => {
    const pinned = `ghcr.io/mes/mes:1@sha256:${"0".repeat(64)}`;
    const images = [deployment("a", { container: { image: pinned } }), deployment("b", { container: { image: pinned } })];
    expect(said("images", images)).toEqual([`${pinned}: Deployment a and 1 other`]);
  });

  it("tell what anybody can reach from what only some can", () => {
    expect(
      said("open to the outside", [
        service("everybody", { type: "LoadBalancer" }),
        service("some", { type: "LoadBalancer", loadBalancerSourceRanges: ["203.0.113.20/32"] }),
        service("node", { type: "NodePort" }),
        service("inside", { type: "ClusterIP" }),
        object("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", {
          spec: {
            hostnames: ["a.example.com", "b.example.com"],
            rules: [{ backendRefs: [{ name: "shop" }], matches: [{ path: { value: "/x" } }] }, { filters: [{}] }],
          },
        }),
      ]),
    ).toEqual([
      "https://a.example.com/x: → shop",
      "https://b.example.com/x: → shop",
      "LoadBalancer everybody: port 5671 · for everybody",
      "LoadBalancer some: port 5671 · for 203.0.113.20/32",
      "NodePort node: port 5671 · for everybody",
    ]);
  });

  it("tell who may connect to any address", () => {
    const policy = object("networking.k8s.io/v1", "NetworkPolicy", "out", {
      spec: {
        podSelector: { matchLabels: { app: "a" } },
        policyTypes: ["Egress"],
        egress: [
          { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] },
          { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
        ],
      },
    });
    expect(said("open to the outside", [deployment("a"), deployment("b"), policy])).toEqual(["to any address, port 443: a"]);
  });

  it("tell what a program may do, and where it may connect to", () => {
    const permission = object("rabbitmq.com/v1beta1", "Permission", "p", {
      spec: { userReference: { name: "a" }, permissions: { configure: "^$", read: String.raw`^(orders\.in|x)$`, write: ".*" } },
    });
    const cluster = object("postgresql.cnpg.io/v1", "Cluster", "db", {
      spec: { managed: { roles: [{ name: "a_user", inRoles: ["mes_read"] }] } },
    });
    const policy = JSON.stringify({
      Statement: [
        { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::products/*" },
        { Effect: "Allow", Action: "s3:PutObject", Resource: ["arn:aws:s3:::uploads/*"] },
        { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::secret" },
      ],
    });
    const rolePolicy = resource({ type: "aws:iam/rolePolicy:RolePolicy", name: "a", inputs: { policy } });
    const program = deployment("a", env({ AMQP_HOST: "broker", PGUSER: "a_user", PGDATABASE: "mes" }));
    expect(said("rights", [program, deployment("b"), permission, cluster, rolePolicy])).toEqual([
      "a: consumes orders.in, x · publishes to .* · database mes as a_user (mes_read) · bucket products: read · bucket uploads: read and write",
    ]);
    expect(said("rights", [deployment("b")], { bucketRights: [{ user: "b", bucket: "logs", access: "readwrite" }] })).toEqual([
      "b: bucket logs: read and write",
    ]);
  });

  it("tell from which load on pods are added", () => {
    const hpa = object("autoscaling/v2", "HorizontalPodAutoscaler", "b", {
      spec: {
        scaleTargetRef: { kind: "Deployment", name: "b" },
        minReplicas: 2,
        maxReplicas: 9,
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
      },
    });
    const scaled = object("keda.sh/v1alpha1", "ScaledObject", "a", {
      spec: {
        scaleTargetRef: { name: "a" },
        maxReplicaCount: 1,
        triggers: [{ type: "kafka", metadata: { topic: "orders", lagThreshold: "5" } }],
      },
    });
    expect(said("scaling", [scaled, hpa])).toEqual([
      "a: 0 to 1 pod · kafka topic=orders lagThreshold=5",
      "b: 2 to 9 pods · cpu above 70%",
    ]);
  });

  it("tell the limits of a queue by the policy that holds", () => {
    const policy = (name: string, priority: number, definition: object) =>
      object("rabbitmq.com/v1beta1", "Policy", name, { spec: { pattern: "^orders$", priority, definition } });
    const queue = object("rabbitmq.com/v1beta1", "Queue", "q", { spec: { name: "orders", type: "quorum" } });
    expect(
      said("queues", [queue, policy("low", 1, { "max-length": 1 }), policy("high", 2, { "max-length-bytes": 1024 })]),
    ).toEqual(["orders: quorum · max-length-bytes 1Ki"]);
  });

  it("tell that there is no backup, and that nobody is told", () => {
    expect(said("backups", [object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: {} })])).toEqual([
      "db: none: what is lost is lost",
    ]);
    const alerts = [
      { severity: "page", receiver: "team", ways: ["PagerDuty"] },
      { severity: "ticket", ways: [] },
    ];
    expect(said("who is told of alerts", [], { alerts })).toEqual(["page: team · PagerDuty", "ticket: nobody"]);
  });
});
