import { inventory } from "../../kubernetes/inventory";
import { network, type PolicyPort } from "../../kubernetes/network";
import type { PodGroup } from "../../kubernetes/pods";
import type { Plan } from "../../plan/plan";
import type { Marks } from "../marks";
import { tidied, type Graph, type GraphEdge, type GraphNode } from "./graph";
import { podsInWords } from "./pods";

/** Who may open a connection to whom, as the network policies of a plan let pods out, nested by namespace. */
export function connectionsGraph(plan: Plan, marks: Marks): Graph {
  const known = inventory(plan);
  const nodes = known.pods.map((group): GraphNode => ({
    id: idOf(group),
    title: group.object.name,
    lines: [`${group.object.kind}, ${podsInWords(group, known)}`],
    shape: shapeOf(group),
    within: [group.namespace],
    urn: group.object.resource.urn,
    verdict: marks.verdict(group.object.resource.urn),
    findings: marks.findings(group.object.resource.urn).length,
  }));
  const edges = network(known).paths.flatMap(({ direction, selected, peers, ports }): GraphEdge[] => {
    if (direction !== "egress" || peers === undefined || peers.wholesale) return [];
    const label = ports.map(portOf).join(", ");
    return selected.flatMap((from) =>
      peers.groups.map((to) => ({ from: idOf(from), to: idOf(to), label, kind: kindOf(from, to) })),
    );
  });
  return tidied({ nodes, edges });
}

function idOf({ object }: PodGroup): string {
  return object.resource.urn;
}

function portOf({ port, endPort, protocol }: PolicyPort): string {
  const number = port === undefined ? "any" : endPort === undefined ? String(port) : `${port}–${endPort}`;
  return protocol === "TCP" ? number : `${number}/${protocol}`;
}

function shapeOf({ object: { kind } }: PodGroup): GraphNode["shape"] {
  if (kind === "RabbitmqCluster") return "queue";
  if (kind === "Cluster" || kind === "Pooler") return "database";
  return kind === "StatefulSet" ? "store" : "program";
}

const WATCHERS = /^(?:Prometheus|Alertmanager|ThanosRuler)$/;

function kindOf(from: PodGroup, to: PodGroup): GraphEdge["kind"] {
  return WATCHERS.test(from.object.kind) || WATCHERS.test(to.object.kind) ? "watch" : "data";
}
