import { Graph as Drawing, layout } from "@dagrejs/dagre";
import type { Graph, GraphEdge, GraphNode } from "./graph";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle by its left upper corner. */
interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface LaidNode extends Box {
  readonly node: GraphNode;
  /** Title first, then a line each. */
  readonly texts: readonly string[];
}

export interface LaidEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** Middle of the label. */
  readonly label?: Point;
}

/** A namespace around its nodes. */
export interface LaidGroup extends Box {
  readonly title: string;
}

export interface Laid {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly LaidNode[];
  readonly edges: readonly LaidEdge[];
  readonly groups: readonly LaidGroup[];
}

/** Pixels of a character at most, in the sizes that the style sheet has: titles and what is below them. */
const TITLE_CHARACTER = 8.2;
const CHARACTER = 6.6;
export const LINE = 16;
const PADDING = 12;
/** Characters of a line of a box. */
const MOST = 30;
/** Title of a group. */
const GROUP_TITLE = 26;

/**
 * Where everything of a graph goes, from the top to the bottom: in rows, where its nodes have stages, and else nested by what they are within.
 * The same graph is always laid out the same way.
 */
export function laidOut(graph: Graph): Laid {
  const drawing = new Drawing({ compound: true, multigraph: true });
  drawing.setGraph({ rankdir: "TB", nodesep: 26, edgesep: 14, ranksep: 46, marginx: 2, marginy: 2 });
  const drawn = new Map(graph.nodes.map((node) => [node.id, { node, texts: textsOf(node) }]));
  for (const { node, texts } of drawn.values()) {
    drawing.setNode(node.id, sizeOf(texts));
    if (node.stage !== undefined) continue;
    const [group] = node.within;
    if (group === undefined) continue;
    drawing.setNode(groupId(group), {});
    drawing.setParent(node.id, groupId(group));
  }
  graph.edges.forEach((edge, i) => {
    // What is that many stages below lies that many rows below.
    const rows = (drawn.get(edge.to)?.node.stage ?? 1) - (drawn.get(edge.from)?.node.stage ?? 0);
    const label = edge.label === "" ? {} : { width: edge.label.length * CHARACTER + 8, height: LINE, labelpos: "c" };
    drawing.setEdge(edge.from, edge.to, { minlen: Math.max(1, rows), ...label }, String(i));
  });
  layout(drawing);
  return read(drawing, graph, drawn);
}

interface Drawn {
  readonly node: GraphNode;
  readonly texts: readonly string[];
}

function read(drawing: Drawing, graph: Graph, drawn: ReadonlyMap<string, Drawn>): Laid {
  const nodes = [...drawn].map(([id, one]): LaidNode => ({ ...boxOf(drawing.node(id)), ...one }));
  const groups = [...new Set(nodes.flatMap(({ node }) => (node.stage === undefined ? node.within.slice(0, 1) : [])))].map(
    (title): LaidGroup => {
      const { x, y, width, height } = boxOf(drawing.node(groupId(title)));
      return { x, y: y - GROUP_TITLE / 2, width, height: height + GROUP_TITLE / 2, title };
    },
  );
  const edges = graph.edges.map((edge, i): LaidEdge => {
    const { points = [], x, y } = drawing.edge(edge.from, edge.to, String(i)) as Partial<Point> & { points?: Point[] };
    return { edge, points, ...(edge.label === "" || x === undefined || y === undefined ? {} : { label: { x, y } }) };
  });
  const { width = 0, height = 0 } = drawing.graph() as Partial<Box>;
  return { width, height, nodes, edges, groups };
}

/** The library knows a rectangle by its middle. */
function boxOf(label: unknown): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = label as Partial<Box>;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** No node has such an identity. */
function groupId(name: string): string {
  return `within\n${name}`;
}

function textsOf({ title, lines, findings }: GraphNode): string[] {
  const marks = findings > 0 ? [`⚠ ${findings} ${findings === 1 ? "finding" : "findings"}`] : [];
  return [cut(title, MOST - 2), ...lines.flatMap(broken), ...marks];
}

function sizeOf([title = "", ...lines]: readonly string[]): { width: number; height: number } {
  // A sign may stand behind the title.
  const width = Math.max(title.length * TITLE_CHARACTER + 22, ...lines.map((line) => line.length * CHARACTER));
  return { width: Math.ceil(Math.max(90, width) + 2 * PADDING), height: (lines.length + 1) * LINE + 2 * PADDING };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A line in as many as it needs, two at most. */
function broken(line: string): string[] {
  if (line.length <= MOST) return [line];
  const at = line.lastIndexOf(" ", MOST);
  const from = at > MOST / 3 ? at : MOST;
  return [line.slice(0, from), cut(line.slice(from).trim(), MOST)];
}
