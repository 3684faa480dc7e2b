import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { BROKER } from "../../components/broker/endpoints";
import { RABBITMQ_API } from "../../components/broker/kinds";
import type { ExistingBroker } from "../../components/broker/existing-config";
import { Applier } from "../cluster/apply";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import { lightCluster } from "../cluster/light";
import { Resources, type KubernetesObject } from "../cluster/resources";
import { Sandbox } from "../cluster/sandbox";
import { until } from "../cluster/until";
import type { Definitions } from "../data-plane/broker";
import { ADMINISTRATOR, MANAGEMENT_PORT, rabbitmqImage, startRabbitmq, type Rabbitmq } from "./rabbitmq";
import { declaredStack, ofKind } from "./stack";
import { startTopologyOperator } from "./topology-operator";

const HOST = "mq.factory.example";
const SECRET = "broker-administrator";
const MADE_BY_OTHERS = ["RabbitmqCluster"];

interface Topology extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

function existing(ca: string): ExistingBroker {
  return {
    kind: "rabbitmq",
    host: HOST,
    tls: true,
    ca,
    servers: { cidrs: ["10.20.0.20/32"] },
    administrator: { secret: SECRET },
    version: "4.3",
    nodes: 1,
  };
}

/** What is declared in a broker, and the Secrets that it takes. */
function declaredIn(objects: readonly KubernetesObject[]): { topology: KubernetesObject[]; secrets: KubernetesObject[] } {
  return {
    topology: objects.filter(({ apiVersion, kind }) => apiVersion === RABBITMQ_API && !MADE_BY_OTHERS.includes(kind)),
    secrets: ofKind(objects, "Secret").filter(({ metadata }) => metadata.labels?.["rabbitmq.com/topology-operator"] === "true"),
  };
}

describe("the definitions of a broker that the cluster operator did not make", () => {
  const ends: (() => unknown)[] = [];
  const brokers = new Map<string, Rabbitmq>();
  let sandbox: Sandbox;
  let cluster: Cluster;
  let authority: Authority;
  let topologies: readonly { host: string; objects: KubernetesObject[] }[];

  beforeAll(async () => {
    sandbox = new Sandbox("existing-broker");
    ends.push(() => sandbox.stop());
    authority = await Authority.create(sandbox.folder, "broker-ca");
    cluster = await lightCluster({ crds: true });
    ends.push(() => cluster.stop());
    const root = await rabbitmqImage(sandbox);
    const own = await declaredStack("dev");
    const other = await declaredStack("dev", (config) => ({
      ...config,
      namespaces: { ...config.namespaces, prefix: "other" },
      broker: { ...config.broker, existing: existing(readFileSync(authority.pair.certificate, "utf8")) },
    }));
    const ownHost = `${BROKER}.${own.config.namespaces.prefix}-data.svc`;
    for (const host of [ownHost, HOST]) brokers.set(host, await startRabbitmq(sandbox, root, authority, host));
    const trust = sandbox.file("trust");
    mkdirSync(trust);
    copyFileSync(authority.pair.certificate, path.join(trust, "ca.crt"));
    const addresses = { [ownHost]: "127.0.1.1", [HOST]: "127.0.1.2" };
    await startTopologyOperator(cluster, sandbox, {
      hosts: addresses,
      reaches: Object.fromEntries(
        Object.entries(addresses).map(([host, address]) => [`${address}:${MANAGEMENT_PORT}`, brokers.get(host)?.socket ?? ""]),
      ),
      trust,
    });
    topologies = [
      { host: ownHost, objects: [...own.objects] },
      { host: HOST, objects: [...other.objects] },
    ];
    for (const { objects } of topologies) await declare(objects);
  }, 900_000);

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** Applies what is declared in a broker, after what the cluster operator, or whoever runs the broker, has made. */
  async function declare(objects: readonly KubernetesObject[]): Promise<void> {
    const applier = new Applier(cluster.api);
    const { topology, secrets } = declaredIn(objects);
    const namespace = topology[0]?.metadata.namespace ?? "";
    await applier.applyAll([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]);
    const [nodes] = ofKind(objects, "RabbitmqCluster");
    await applier.applyAll([...secrets, ...(nodes === undefined ? [administrator(namespace)] : ownBroker(nodes, namespace))]);
    if (nodes !== undefined) await reported(nodes, namespace);
    // Each kind after what it names, as the engine does.
    const stages = [["Vhost"], ["OperatorPolicy", "Policy", "Exchange", "User"], ["Queue", "Permission"], ["Binding"]];
    const [vhost] = ofKind(topology, "Vhost");
    if (vhost === undefined) throw new Error(`nothing declares a virtual host in ${namespace}`);
    await until("the operator judges what is declared", async () => (await applier.apply(vhost, { dryRun: true })).status < 300);
    for (const kinds of stages) await applier.applyAll(topology.filter(({ kind }) => kinds.includes(kind)));
    await until(`what is declared in ${namespace} is ready`, () => isReady(topology), { check: () => sandbox.check() });
  }

  /** What the cluster operator writes down of a broker that it has made. */
  async function reported(nodes: KubernetesObject, namespace: string): Promise<void> {
    const at = await new Resources(cluster.api).pathOf(nodes);
    const status = {
      conditions: [],
      binding: { name: `${BROKER}-default-user` },
      defaultUser: {
        serviceReference: { name: BROKER, namespace },
        secretReference: { name: `${BROKER}-default-user`, namespace, keys: {} },
      },
    };
    await cluster.api.request("PATCH", `${at}/status`, { body: { status }, contentType: "application/merge-patch+json" });
  }

  async function isReady(topology: readonly KubernetesObject[]): Promise<true | string> {
    const resources = new Resources(cluster.api);
    for (const object of topology) {
      const { status } = await cluster.api.get<Topology>(await resources.pathOf(object));
      const ready = status?.conditions?.find(({ type }) => type === "Ready");
      if (ready?.status !== "True")
        return `${object.kind} ${object.metadata.name}: ${ready?.message ?? "nobody has looked at it"}`;
    }
    return true;
  }

  async function definitionsOf(host: string): Promise<object> {
    const broker = brokers.get(host);
    if (broker === undefined) throw new Error(`no broker is called ${host}`);
    const { vhosts, users, permissions, exchanges, queues, bindings, policies } =
      await broker.ask<Definitions>("/api/definitions");
    const sorted = (list: readonly unknown[]): string[] => list.map((one) => JSON.stringify(one)).sort();
    return {
      vhosts: sorted(vhosts),
      users: sorted(users.map(({ name, tags }) => ({ name, tags }))),
      permissions: sorted(permissions),
      exchanges: sorted(exchanges),
      queues: sorted(queues),
      bindings: sorted(bindings),
      policies: sorted(policies),
      operatorPolicies: sorted(await broker.ask<unknown[]>("/api/operator-policies")),
    };
  }

  it("are those of one that it has made", async () => {
    const [own, other] = await Promise.all(topologies.map(({ host }) => definitionsOf(host)));
    expect(other).toEqual(own);
    const declared = declaredIn(topologies[1]?.objects ?? []).topology;
    const { queues, users } = other as Record<string, string[]>;
    expect(queues).toHaveLength(ofKind(declared, "Queue").length);
    // The administrator is one more.
    expect(users).toHaveLength(ofKind(declared, "User").length + 1);
  });

  it("let the user of the autoscaler read the lengths of queues with the password that was declared, and nobody else", async () => {
    const broker = brokers.get(HOST);
    const { secrets } = declaredIn(topologies[1]?.objects ?? []);
    const credentials = secrets.map((secret) => (secret as { stringData?: Record<string, string> }).stringData ?? {});
    const who = (name: string) => {
      const { username = "", password = "" } = credentials.find((one) => one.username === name) ?? {};
      return { username, password };
    };
    await expect(broker?.ask("/api/queues/mes/orders.inbound", who("autoscaler"))).resolves.toMatchObject({ type: "quorum" });
    await expect(broker?.ask("/api/queues/mes/orders.inbound", who("order-intake"))).rejects.toThrow("401");
  });
});

/** Who declares, as whoever runs the broker hands it over. */
function administrator(namespace: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: SECRET, namespace, labels: { "rabbitmq.com/topology-operator": "true" } },
    stringData: { uri: `https://${HOST}:${MANAGEMENT_PORT}`, ...ADMINISTRATOR },
  };
}

/** What the cluster operator makes beside the nodes. */
function ownBroker(nodes: KubernetesObject, namespace: string): KubernetesObject[] {
  const ports = [{ name: "management-tls", port: MANAGEMENT_PORT }];
  return [
    nodes,
    { apiVersion: "v1", kind: "Service", metadata: { name: BROKER, namespace }, spec: { ports } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `${BROKER}-default-user`, namespace },
      stringData: { ...ADMINISTRATOR },
    },
  ];
}
