import { inventory, type Inventory } from "../kubernetes/inventory";
import { apiServerCalls, asksApiServer, mayConnect, type PodsOnNetwork } from "../kubernetes/cluster-paths";
import { title } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { isOnPort, policyRules, someHold } from "../kubernetes/policy-rules";
import type { NetworkFacts, OperatorPods } from "../plan/plan";
import { listed, reporter, type Rule } from "./rule";

const name = "operators-connect";
const { error } = reporter(name);

export const operatorsConnect: Rule = {
  name,
  title: "Every operator may ask the API server, is called by it where it has a webhook, and reaches the pods that it runs.",
  why: "An operator that is cut off looks healthy: nothing fails over, scales or renews, and nothing says so before it is needed.",
  check: (plan) => {
    const network = plan.facts?.network;
    const known = inventory(plan);
    const releases = new Map(known.helmReleases.map((release) => [release.name, release.resource]));
    const operators = (network?.operators ?? []).filter(({ release }) => releases.has(release));
    if (network === undefined) return [];
    return operators.flatMap((operator) => {
      const resource = releases.get(operator.release);
      if (resource === undefined) return [];
      return [
        ...toApiServer(operator, known, network),
        ...fromApiServer(operator, known, network),
        ...toNodes(operator, known, network),
        ...toOperators(operator, operators, known),
        ...toItsPods(operator, known),
      ].map((message) => error(resource, "", message));
    });
  },
};

function onNetwork({ namespace, labels }: OperatorPods): PodsOnNetwork {
  return { namespace, labelSets: [labels] };
}

function toApiServer(operator: OperatorPods, known: Inventory, network: NetworkFacts): string[] {
  const closed = network.apiServer.ports.filter((port) => !asksApiServer(onNetwork(operator), port, known, network));
  if (closed.length === 0) return [];
  return [
    `pods of ${operator.name} may not reach the API server, and so do nothing; allow them egress on port ${listed(closed.map(String))} (mes:cluster.apiServer)`,
  ];
}

function fromApiServer(operator: OperatorPods, known: Inventory, network: NetworkFacts): string[] {
  const { calledOn, name: who } = operator;
  if (calledOn === undefined || apiServerCalls(onNetwork(operator), calledOn, known, network)) return [];
  return [
    `the API server may not call ${who} on port ${calledOn}: what its webhook judges, or its metrics measure, is refused; allow the ingress (mes:cluster.apiServer)`,
  ];
}

function toNodes(operator: OperatorPods, known: Inventory, { policies, nodes = [] }: NetworkFacts): string[] {
  const { nodePort, name: who } = operator;
  if (nodePort === undefined || policies === "cilium") return [];
  const rules = policyRules(known, onNetwork(operator), "egress")?.filter((rule) => isOnPort(rule, nodePort));
  if (rules === undefined || nodes.every((cidr) => someHold(rules, "to", cidr))) return [];
  return [`pods of ${who} may not reach the nodes on port ${nodePort}; allow the egress (mes:monitoring.nodeCidrs)`];
}

function toOperators(operator: OperatorPods, operators: readonly OperatorPods[], known: Inventory): string[] {
  return operator.connects.flatMap(({ to, port }) => {
    const other = operators.find((one) => one.name === to);
    return other === undefined ? [] : closed(operator, to, onNetwork(other), { number: port }, known);
  });
}

/**
 * Ports of pods by which their operator learns how they are, or declares what is in them.
 * Sources: https://cloudnative-pg.io/documentation/1.30/networking/, https://www.rabbitmq.com/kubernetes/operator/using-topology-operator
 */
const RUNS: readonly {
  readonly operator: string;
  readonly group: string;
  readonly kind: string;
  readonly ports: readonly number[];
}[] = [
  { operator: "cloudnative-pg", group: "postgresql.cnpg.io", kind: "Cluster", ports: [8000] },
  { operator: "rabbitmq-topology-operator", group: "rabbitmq.com", kind: "RabbitmqCluster", ports: [15_671, 15_672] },
];

function toItsPods(operator: OperatorPods, known: Inventory): string[] {
  return RUNS.filter((run) => run.operator === operator.name).flatMap(({ group, kind, ports }) =>
    known.pods
      .filter(({ object }) => object.group === group && object.kind === kind)
      .flatMap((pods) => {
        const own = pods.ports.find(({ number }) => ports.includes(number));
        return own === undefined ? [] : closed(operator, title(pods.object), pods, own, known);
      }),
  );
}

function closed(
  operator: OperatorPods,
  to: string,
  pods: PodsOnNetwork,
  port: PodGroup["ports"][number],
  known: Inventory,
): string[] {
  const { egress, ingress } = mayConnect(onNetwork(operator), pods, port, known);
  if (egress && ingress) return [];
  const missing = [...(egress ? [] : ["egress"]), ...(ingress ? [] : ["ingress"])];
  return [`pods of ${operator.name} may not connect to port ${port.number} of ${to}; allow the ${missing.join(" and the ")}`];
}
