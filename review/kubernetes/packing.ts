import type { NodePool } from "../plan/plan";
import type { Inventory } from "./inventory";
import { NOTHING, plus, times, type Amount, type PodGroup } from "./pods";

/** Pods counted one by one at most; a plan beyond this does not fit any cluster that this platform is made for. */
const MOST_PODS = 20_000;

/** What the nodes offer together. */
export function offered(pools: readonly NodePool[]): Amount {
  return pools.map((pool) => times(pool, pool.count)).reduce(plus, NOTHING);
}

/** The pools with one zone lost: nodes are spread evenly, so each pool loses its largest share. */
export function withoutOneZone(pools: readonly NodePool[], zones: number): NodePool[] {
  if (zones < 2) return [...pools];
  return pools.map((pool) => ({ ...pool, count: pool.count - Math.ceil(pool.count / zones) }));
}

export type Level = "min" | "max";

/** What all pods request together. Helm releases count as far as their values state requests. */
export function requested(known: Inventory, level: Level, nodes: number): Amount {
  const pods = known.pods.map((group) => times(group.requests, podCount(known, group, level, nodes)));
  return [...pods, ...known.helmReleases.map((release) => release.requests)].reduce(plus, NOTHING);
}

export function podCount(known: Inventory, group: PodGroup, level: Level, nodes: number): number {
  return group.perNode ? nodes : known.scale(group)[level];
}

/** Pods of a group that found no node. */
export interface Unplaced {
  readonly group: PodGroup;
  readonly pods: number;
}

interface Node {
  free: Amount;
  readonly gpus: number;
}

/**
 * Places all pods on nodes, the largest first, each on the first node with room: what a scheduler can do at least. Nodes with
 * GPUs are left to pods that want one, where there are others.
 */
export function place(known: Inventory, pools: readonly NodePool[], level: Level): Unplaced[] {
  const perNode = known.pods.filter((group) => group.perNode).reduce((sum, group) => plus(sum, group.requests), NOTHING);
  const charts = known.helmReleases.reduce((sum, release) => plus(sum, release.requests), NOTHING);
  const nodes: Node[] = pools.flatMap((pool) =>
    Array.from({ length: pool.count }, () => ({
      free: minus({ cpu: pool.cpu, memory: pool.memory, gpus: pool.gpus }, perNode),
      gpus: pool.gpus,
    })),
  );
  const plain = nodes.filter((node) => node.gpus === 0);
  const forAll = plain.length > 0 ? plain : nodes;
  // The pods of charts are not known one by one; they are small, so that together they are like sand among the stones.
  const sand = { cpu: charts.cpu / Math.max(1, forAll.length), memory: charts.memory / Math.max(1, forAll.length), gpus: 0 };
  for (const node of forAll) node.free = minus(node.free, sand);

  const total = offered(pools);
  const size = ({ requests }: PodGroup) =>
    Math.max(share(requests.cpu, total.cpu), share(requests.memory, total.memory), requests.gpus > 0 ? 1 + requests.gpus : 0);
  const lasting = known.pods.filter((group) => !group.perNode && !group.finite).sort((a, b) => size(b) - size(a));
  return lasting.flatMap((group) => {
    const wanted = Math.min(podCount(known, group, level, nodes.length), MOST_PODS);
    const candidates = group.requests.gpus > 0 ? nodes : forAll;
    const pods = wanted - placed(group.requests, wanted, candidates);
    return pods > 0 ? [{ group, pods }] : [];
  });
}

function placed(requests: Amount, wanted: number, nodes: readonly Node[]): number {
  let count = 0;
  for (const node of nodes) {
    while (count < wanted && fits(requests, node.free)) {
      node.free = minus(node.free, requests);
      count += 1;
    }
    if (count === wanted) break;
  }
  return count;
}

/** Sums of decimal fractions are a hair off. */
const HAIR = 1e-6;

function fits(requests: Amount, free: Amount): boolean {
  return requests.cpu <= free.cpu + HAIR && requests.memory <= free.memory + HAIR && requests.gpus <= free.gpus;
}

function minus(a: Amount, b: Amount): Amount {
  return plus(a, times(b, -1));
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
