import type { Verdict } from "../../diff/changes";

/** Something that an order passes, or that talks to others. */
export interface GraphNode {
  readonly id: string;
  readonly title: string;
  /** What it is, and how much of it there is: `Deployment · 3–20 pods`. */
  readonly lines: readonly string[];
  readonly shape: "outside" | "entrance" | "queue" | "program" | "database" | "store" | "other";
  /** Row of the way of an order, from the top; absent where the layout decides. */
  readonly stage?: number;
  /** Where it is nested: namespace, then component. */
  readonly within: readonly string[];
  /** The resource that a click leads to. */
  readonly urn?: string;
  /** What happens to it. */
  readonly verdict?: Verdict;
  /** Open findings of it. */
  readonly findings: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** What passes, in few words. */
  readonly label: string;
  /** Of orders and statuses, of requests for data, or of what watches them. */
  readonly kind: "order" | "data" | "watch";
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A graph without nodes that nothing leads to or from, and with one edge for each pair: their labels are joined. */
export function tidied({ nodes, edges }: Graph): Graph {
  const known = new Set(nodes.map(({ id }) => id));
  const joined = new Map<string, GraphEdge>();
  for (const edge of edges) {
    if (!known.has(edge.from) || !known.has(edge.to) || edge.from === edge.to) continue;
    const key = JSON.stringify([edge.from, edge.to]);
    const other = joined.get(key);
    joined.set(key, other === undefined ? edge : together(other, edge));
  }
  const used = new Set([...joined.values()].flatMap(({ from, to }) => [from, to]));
  return { nodes: nodes.filter(({ id }) => used.has(id)), edges: [...joined.values()] };
}

function together(a: GraphEdge, b: GraphEdge): GraphEdge {
  const labels = [...new Set([...a.label.split(", "), ...b.label.split(", ")])].filter((label) => label !== "");
  return { ...a, label: labels.join(", "), kind: [a.kind, b.kind].includes("order") ? "order" : a.kind };
}
