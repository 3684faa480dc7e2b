import { makeTools } from "../cluster/tools";
import { possibleFlows } from "./analyzer";
import { chartPolicies } from "./charts";
import { declaredFlows, isGoverned } from "./declared";
import { flowsMissing } from "./flows";
import { Pods } from "./pods";
import { misledConnections } from "./services";
import type { Manifest, StackNetwork } from "./stack";
import { networkOf, STACKS } from "./stacks";

beforeAll(() => makeTools("netpol-analyzer"), 1_200_000);

/** What is declared and not possible, and what is possible and not declared. */
async function compare(stack: StackNetwork, manifests: readonly object[] = stack.manifests) {
  const pods = new Pods(stack);
  const declared = declaredFlows(stack, pods);
  const flows = await possibleFlows([...manifests, ...chartPolicies(stack.plan)], pods.all);
  const possible = flows.filter((flow) => isGoverned(flow, stack.namespaces));
  const name = (pod: string) => pods.kindOf(pod);
  return { impossible: flowsMissing(declared, possible, name), undeclared: flowsMissing(possible, declared, name) };
}

describe.each(STACKS)("in %s", (name) => {
  let stack: StackNetwork;
  beforeAll(async () => {
    stack = await networkOf(name);
  });

  it("what is declared is possible, and nothing else", async () => {
    expect(stack.connections.length).toBeGreaterThan(80);
    expect(await compare(stack)).toEqual({ impossible: [], undeclared: [] });
  });

  it("each Service leads to the port that is opened", () => {
    expect(misledConnections(stack)).toEqual([]);
    const astray = stack.connections.map(({ from, to }) => ({ from, to: { ...to, podPort: 1 } }));
    expect(misledConnections({ ...stack, connections: astray })).toContainEqual(
      expect.stringMatching(/^prometheus at prometheus\.[a-z-]+\.svc:9090 leads to 9090, opened is 1$/),
    );
  });
});

describe("a mistake in the policies of prod", () => {
  let stack: StackNetwork;
  beforeAll(async () => {
    stack = await networkOf("prod");
  });

  const without = (namespace: string, name: string): Manifest[] => {
    const left = stack.manifests.filter(({ metadata }) => metadata.namespace !== namespace || metadata.name !== name);
    expect(left).toHaveLength(stack.manifests.length - 1);
    return left;
  };
  const policy = (namespace: string, spec: object) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace, name: "stray" },
    spec,
  });

  it("is told: a policy is missing", async () => {
    expect(await compare(stack, without("mes-data", "allow-cache"))).toEqual({
      impossible: ["mes-observability/prometheus → mes-data/cache TCP 9121", "mes/dashboard → mes-data/cache TCP 6379"],
      undeclared: [],
    });
  });

  it("is told: nothing denies by default", async () => {
    const { impossible, undeclared } = await compare(stack, without("mes-data", "default-deny"));
    // The jobs of the outbox receive nothing, so only the default denies it to them.
    expect(undeclared).toContain("elsewhere/stranger → mes-data/outbox-purge all ports");
    // DNS is allowed in the same policy.
    expect(impossible).toContain("mes-data/postgres → kube-system/dns UDP 53");
  });

  it("is told: a policy means more pods than it should, on both sides", async () => {
    const stray = policy("mes-data", {
      podSelector: { matchLabels: { "cnpg.io/cluster": "postgres" } },
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { "app.kubernetes.io/name": "dashboard" } } }] }],
    });
    // The dashboard itself may send to one of the poolers only. A pod of the same labels elsewhere may send anywhere.
    expect(await compare(stack, [...stack.manifests, stray])).toEqual({
      impossible: [],
      undeclared: ["postgres", "postgres-pooler-ro", "postgres-pooler-rw"].map(
        (name) => `elsewhere/mes.dashboard → mes-data/${name} all ports`,
      ),
    });
  });

  it("is told: a policy opens addresses, and more ports than one", async () => {
    const stray = policy("mes", {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "order-api" } },
      policyTypes: ["Egress"],
      egress: [
        { to: [{ ipBlock: { cidr: "198.51.100.0/24", except: ["198.51.100.128/25"] } }], ports: [{ port: 8080, endPort: 8081 }] },
      ],
    });
    expect(await compare(stack, [...stack.manifests, stray])).toEqual({
      impossible: [],
      undeclared: [
        "mes/order-api → 198.51.100.0-198.51.100.127 TCP 8080",
        "mes/order-api → 198.51.100.0-198.51.100.127 TCP 8081",
      ],
    });
  });

  it("is told: a chart has policies of its own", async () => {
    const resources = stack.plan.resources.map((resource) => {
      const isRelease = resource.type.endsWith(":Release") && resource.name === "rabbitmq";
      return isRelease ? { ...resource, inputs: { ...resource.inputs, values: {} } } : resource;
    });
    const { impossible, undeclared } = await compare({ ...stack, plan: { ...stack.plan, resources } });
    expect(impossible).toEqual([]);
    expect(undeclared).toContain("elsewhere/stranger → mes-operators/rabbitmq-topology-operator TCP 9443");
    expect(undeclared).toContain("mes-operators/rabbitmq-cluster-operator → 0.0.0.0-255.255.255.255 all ports");
  });
});
