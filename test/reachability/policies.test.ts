import * as fc from "fast-check";
import { inventory } from "../../review/kubernetes/inventory";
import { network } from "../../review/kubernetes/network";
import { makeTools } from "../cluster/tools";
import { namespace, object, planOf } from "../review/fixtures";
import { possibleFlows } from "./analyzer";
import { flowsMissing, type Flow } from "./flows";

/*
 * The rules' own reading of network policies (review/kubernetes/network.ts) against netpol-analyzer's, on generated policies:
 * rules without peers or ports, ranges, protocols, named ports, selectors by expressions, policies without types.
 */

beforeAll(() => makeTools("netpol-analyzer"), 1_200_000);

const NAMESPACES = ["one", "two"];
const PORTS = [
  { name: "http", containerPort: 8080, protocol: "TCP" },
  { name: "metrics", containerPort: 9464, protocol: "TCP" },
  { name: "dns", containerPort: 8080, protocol: "UDP" },
];
const PODS = NAMESPACES.flatMap((ns) =>
  ["a", "b", "c"].map((app, i) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: ns, name: `${ns}-${app}`, labels: { app, tier: i === 0 ? "front" : "back" } },
    spec: { containers: [{ name: "main", ports: PORTS }] },
  })),
);

const labels = fc.oneof(
  fc.constant({}),
  fc.constantFrom("a", "b", "none").map((app) => ({ matchLabels: { app } })),
  fc.constantFrom("front", "back").map((tier) => ({ matchLabels: { tier } })),
  fc
    .constantFrom(
      { key: "app", operator: "In", values: ["a", "c"] },
      { key: "app", operator: "NotIn", values: ["a"] },
      { key: "tier", operator: "Exists" },
      { key: "gone", operator: "DoesNotExist" },
      { key: "gone", operator: "Exists" },
    )
    .map((expression) => ({ matchExpressions: [expression] })),
);
const namespaces = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...NAMESPACES).map((name) => ({ matchLabels: { "kubernetes.io/metadata.name": name } })),
  fc.constantFrom(...NAMESPACES).map((name) => ({
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [name] }],
  })),
);
const peer = fc.oneof(
  labels.map((podSelector) => ({ podSelector })),
  namespaces.map((namespaceSelector) => ({ namespaceSelector })),
  fc.record({ podSelector: labels, namespaceSelector: namespaces }),
);
const port = fc.oneof(
  fc.constantFrom(8080, 9464, 53, "http", "metrics").map((number) => ({ port: number })),
  fc.constantFrom("TCP", "UDP").map((protocol) => ({ protocol })),
  fc.record({ port: fc.constantFrom(8080, 9464), protocol: fc.constantFrom("TCP", "UDP") }),
  fc.constantFrom([8000, 8080], [8081, 9463], [9000, 65535]).map(([first, endPort]) => ({ port: first, endPort })),
  fc.constant({ port: "dns", protocol: "UDP" }),
);
interface Rule {
  readonly from?: readonly object[];
  readonly to?: readonly object[];
  readonly ports?: readonly { readonly port?: number | string }[];
}

const optional = <T>(key: string, list: fc.Arbitrary<T[]>) =>
  fc.option(list).map((some) => (some === null ? {} : { [key]: some }));
const rule = (side: "from" | "to") =>
  fc
    .tuple(optional(side, fc.array(peer, { maxLength: 2 })), optional("ports", fc.array(port, { maxLength: 2 })))
    .map(([peers, ports]): Rule => ({ ...peers, ...ports }))
    // The analyzer refuses a named port where addresses outside of the cluster are meant too.
    .filter(
      ({ to, ports = [] }) => side === "from" || (to ?? []).length > 0 || ports.every((one) => typeof one.port !== "string"),
    );

const policy = fc
  .record({
    ns: fc.constantFrom(...NAMESPACES),
    podSelector: labels,
    types: fc.constantFrom(undefined, ["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    ingress: optional("ingress", fc.array(rule("from"), { maxLength: 2 })),
    egress: optional("egress", fc.array(rule("to"), { maxLength: 2 })),
  })
  .map(({ ns, podSelector, types, ingress, egress }) => ({
    ns,
    spec: { podSelector, ...(types === undefined ? {} : { policyTypes: types }), ...ingress, ...egress },
  }));

/** The flows to the pods' own ports that the rules see. */
function seen(policies: readonly { ns: string; spec: object }[]): Flow[] {
  const resources = [
    ...NAMESPACES.map((name) => namespace(name)),
    ...PODS.map(({ metadata, spec }) => object("v1", "Pod", metadata.name, { metadata, spec })),
    ...policies.map(({ ns, spec }, i) =>
      object("networking.k8s.io/v1", "NetworkPolicy", `p${i}`, { metadata: { namespace: ns }, spec }),
    ),
  ];
  const known = inventory(planOf(resources));
  const { allowed } = network(known);
  const end = ({ object: pod }: (typeof known.pods)[number]) => `${pod.namespace}/${pod.name}`;
  return known.pods.flatMap((from) =>
    known.pods.flatMap((to) =>
      from === to
        ? []
        : to.ports
            .filter((own) => {
              const { ingress, egress } = allowed(from, to, own);
              return ingress && egress;
            })
            .map((own) => ({ from: end(from), to: end(to), port: `${own.protocol ?? "TCP"} ${own.number}` })),
    ),
  );
}

test("what the rules take for allowed is what netpol-analyzer takes for it", async () => {
  const manifests = (policies: readonly { ns: string; spec: object }[]) => [
    ...NAMESPACES.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...policies.map(({ ns, spec }, i) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: ns, name: `p${i}` },
      spec,
    })),
  ];
  const status = { hostIP: "127.0.0.1", podIPs: [{ ip: "127.0.0.1" }] };
  await fc.assert(
    fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: 5 }), async (policies) => {
      const flows = await possibleFlows([...manifests(policies), ...PODS.map((pod) => ({ ...pod, status }))], []);
      const between = flows.filter(({ from, to }) => typeof from === "string" && typeof to === "string");
      const own = seen(policies);
      const name = (pod: string) => pod;
      const everyPort = PODS.flatMap(({ metadata }) =>
        PODS.flatMap((to) =>
          to.metadata === metadata
            ? []
            : PORTS.map(({ protocol, containerPort }) => ({
                from: `${metadata.namespace}/${metadata.name}`,
                to: `${to.metadata.namespace}/${to.metadata.name}`,
                port: `${protocol} ${containerPort}`,
              })),
        ),
      );
      // Both say of every pair of pods and every port of the second: not allowed.
      expect(flowsMissing(everyPort, own, name)).toEqual(flowsMissing(everyPort, between, name));
    }),
    { numRuns: 100, endOnFailure: true },
  );
});
