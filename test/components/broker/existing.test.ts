import { brokerConfig } from "../../../components/broker/config";
import { unpromised } from "../../../components/broker/unpromised";
import { topologyOf } from "../../../components/broker/topology";
import { broker, config } from "./fixture";

const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const existing = {
  host: "mq.factory.example",
  servers: { cidrs: ["10.20.0.20/32"] },
  administrator: { secret: "broker-administrator" },
  version: "4.3",
  nodes: 3,
};
const metrics = { hosts: ["mq-1.factory.example", "mq-2.factory.example", "mq-3.factory.example"] };

function problemsOf(values: object): string[] {
  const { error } = brokerConfig.safeParse(values);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("a broker that is there already", () => {
  it("gets what the platform's own has in it, by the Secret that leads to it, and no node", async () => {
    const [own, other] = [await broker(), await broker({ existing })];
    expect(other.objects("RabbitmqCluster")).toEqual({});
    expect(other.objects("Certificate")).toEqual({});
    for (const kind of ["Vhost", "Exchange", "Queue", "Binding", "Policy", "OperatorPolicy", "User", "Permission"]) {
      const without = (made: typeof own) =>
        Object.entries(made.objects(kind)).map(([name, { spec }]) => {
          const { rabbitmqClusterReference, ...rest } = spec as Record<string, unknown>;
          return [name, rest, rabbitmqClusterReference] as const;
        });
      const [before, after] = [without(own), without(other)];
      // An object cannot move from one broker to another: it is another one there.
      expect(JSON.parse(JSON.stringify(after.map(([name, rest]) => [name, rest])).replaceAll('"existing-', '"'))).toEqual(
        before.map(([name, rest]) => [name, rest]),
      );
      for (const [name] of after) expect(name).toMatch(/^existing-/);
      expect(after.length).toBeGreaterThan(0);
      for (const [, , reference] of after) expect(reference).toEqual({ connectionSecret: { name: "broker-administrator" } });
    }
  });

  it("tells roles where it is, and whom to trust", async () => {
    const made = await broker({ existing: { ...existing, ca: CA, port: 5681 } });
    const { env, endpoints, volumes } = made.broker.binding("order-intake");
    expect(env).toMatchObject({
      AMQP_HOST: "mq.factory.example",
      AMQP_PORT: "5681",
      AMQP_VHOST: "mes",
      AMQP_CA_FILE: "/etc/mes/broker-ca/ca.crt",
    });
    expect(endpoints).toEqual([expect.objectContaining({ port: 5681, target: { cidrs: ["10.20.0.20/32"] } })]);
    const [certificate] = Object.values(made.objects("ConfigMap"));
    expect(certificate).toMatchObject({ metadata: { namespace: "mes" }, data: { "ca.crt": CA } });
    expect(volumes).toEqual([
      expect.objectContaining({ configMap: expect.objectContaining({ name: certificate?.metadata.name }) }),
    ]);
  });

  it("is trusted by a public CA where none is named", async () => {
    const made = await broker({ existing });
    expect(made.broker.binding("order-intake").env).not.toHaveProperty("AMQP_CA_FILE");
    expect(made.broker.scaling).not.toHaveProperty("ca");
    expect(made.objects("ConfigMap")).toEqual({});
  });

  it("is asked for the lengths of queues at its management API", async () => {
    const made = await broker({ existing: { ...existing, kind: "amazon-mq" } });
    expect(made.broker.scaling.endpoint).toMatchObject({ host: "mq.factory.example", port: 443 });
    const company = await broker({ existing: { ...existing, management: "https://tools.factory.example/rabbitmq" } });
    expect(company.broker.scaling.endpoint).toMatchObject({ host: "tools.factory.example", port: 443 });
    expect(company.broker.connections).toContainEqual(
      expect.objectContaining({
        from: expect.objectContaining({ name: "rabbitmq-topology-operator" }),
        to: expect.objectContaining({ host: "tools.factory.example", port: 443 }),
      }),
    );
  });

  it("has its administrator in a Secret that the operator reads, and in none that anybody sees", async () => {
    const { existing: of } = config({
      existing: { ...existing, administrator: { username: "root", password: { secure: "v1:AAAA:BBBB" } } },
    });
    const made = await broker({ existing: of });
    expect(made.object("Secret", "broker-connection")).toMatchObject({
      metadata: { namespace: "mes-data", labels: { "rabbitmq.com/topology-operator": "true" } },
    });
    expect(made.object("Vhost", "existing-mes").spec.rabbitmqClusterReference).toEqual({
      connectionSecret: { name: "broker-connection" },
    });
  });

  it("is watched where its metrics are read, each node by itself, under the same jobs as the platform's own", async () => {
    const made = await broker({ existing: { ...existing, ca: CA, metrics: { ...metrics, login: true } } });
    const scraped = made.objects("ScrapeConfig");
    expect(Object.keys(scraped).sort()).toEqual(["broker", "broker-queues"]);
    expect(scraped["broker-queues"]?.spec).toMatchObject({
      jobName: "broker-queues",
      metricsPath: "/metrics/detailed",
      params: { vhost: ["mes"] },
      staticConfigs: [{ targets: metrics.hosts.map((host) => `${host}:15691`) }],
      basicAuth: { password: { name: "broker-metrics", key: "password" } },
    });
    expect(made.broker.alerts.flatMap(({ alerts }) => alerts).find(({ name }) => name === "BrokerNodeDown")?.expr).toContain(
      "< 3",
    );
    expect(made.broker.dashboards).toHaveLength(1);
  });

  it("has no alert and no dashboard where nobody reads its metrics, which is said", async () => {
    const made = await broker({ existing });
    expect([made.broker.alerts, made.broker.dashboards, made.broker.scrapeTargets]).toEqual([[], [], []]);
    expect(made.objects("ScrapeConfig")).toEqual({});
    const of = config({ existing }).existing;
    expect(of && unpromised(of).join("\n")).toMatch(/nothing reads its metrics/);
  });

  it.each([
    ["3.13", false, 1_000_000],
    ["4.2.1", false, 1_000_000],
    ["4.3", true, -1],
    ["5.0", true, -1],
  ])("of version %s has pauses between attempts: %s", (version, pauses, looks) => {
    const { queues } = topologyOf(config({ existing: { ...existing, version } }));
    const policy = (name: string) => queues.find((queue) => queue.name === name)?.policy.definition;
    expect("delayed-retry-type" in (policy("orders.inbound") ?? {})).toBe(pauses);
    expect(policy("orders.inbound.parked")?.["delivery-limit"]).toBe(looks);
  });

  it.each([
    [{ existing, replicas: 5 }, /^replicas: is of nodes that the platform runs/],
    [{ existing, external: { hostname: "mq.example.com" } }, /^external: .*open to nobody/],
    [{ existing: { ...existing, tls: false, kind: "amazon-mq" } }, /^existing\.tls: cannot be false/],
    [{ existing: { ...existing, tls: false, ca: CA } }, /^existing\.ca: is of no use/],
    [{ existing: { ...existing, management: "http://mq.factory.example" } }, /^existing\.management: expected https/],
    [{ existing: { ...existing, metrics: { hosts: ["mq.factory.example"] } } }, /^existing\.metrics\.hosts: expected 3 hosts/],
    [{ existing: { ...existing, kind: "amazon-mq", version: "3.13", metrics } }, /^existing\.metrics: needs version 4\.2/],
    [{ existing: { ...existing, version: "3.9" } }, /^existing\.version: expected 3\.13 or newer/],
    [{ existing: { ...existing, administrator: {} } }, /^existing\.administrator: needs secret/],
    [
      { existing, externalClients: { crm: { publishes: ["orders"], pods: { namespace: "crm" } } } },
      /^externalClients\.crm\.pods: is of no use/,
    ],
  ])("is refused where %j", (values, expected) => {
    expect(problemsOf(values)[0]).toMatch(expected);
  });

  it("needs to know nothing of where external clients connect from", () => {
    expect(problemsOf({ existing, externalClients: { crm: { publishes: ["orders"] } } })).toEqual([]);
  });
});
