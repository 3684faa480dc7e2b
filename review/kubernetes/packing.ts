import type { NodePool } from "../plan/plan";
import type { Inventory } from "./inventory";
import { placementOf, type Separation } from "./placement";
import { NOTHING, plus, times, type Amount, type PodGroup } from "./pods";
import { entriesAt } from "./value";

/** Pods counted one by one at most; a plan beyond this does not fit any cluster that this platform is made for. */
const MOST_PODS = 20_000;
/** Pods times nodes beyond which pods are placed without looking at what keeps them apart. */
const MOST_STEPS = 20_000;

/** What the nodes offer together. */
export function offered(pools: readonly NodePool[]): Amount {
  return pools.map((pool) => times(pool, pool.count)).reduce(plus, NOTHING);
}

/** The pools with one zone lost: nodes are spread evenly, so each pool loses its largest share. */
export function withoutOneZone(pools: readonly NodePool[], zones: number): NodePool[] {
  if (zones < 2) return [...pools];
  return pools.map((pool) => ({ ...pool, count: pool.count - Math.ceil(pool.count / zones) }));
}

/** The pools without one of the largest nodes. */
function withoutOneNode(pools: readonly NodePool[]): NodePool[] {
  const [largest] = [...pools].filter(({ count }) => count > 0).sort((a, b) => b.cpu - a.cpu || b.memory - a.memory);
  return pools.map((pool) => (pool === largest ? { ...pool, count: pool.count - 1 } : pool));
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
  /** Number of its zone. */
  readonly zone: number;
}

/** What pods are placed on. */
export interface Nodes {
  /** All nodes, those that are lost too. */
  readonly pools: readonly NodePool[];
  readonly zones: number;
  /** What of them is lost. @default nothing */
  readonly lost?: "zone" | "node";
  /** Nodes with GPUs take other pods too. @default false: they are left to pods that want one, where there are others */
  readonly sharedGpus?: boolean;
  /** What keeps pods apart from each other is left out. @default false */
  readonly together?: boolean;
}

/** The pools that are left. */
export function left({ pools, zones, lost }: Nodes): NodePool[] {
  if (lost === "zone") return withoutOneZone(pools, zones);
  return lost === "node" ? withoutOneNode(pools) : [...pools];
}

/**
 * The pods that find no node. A scheduler is not bound to one order, so several are tried, and the one that leaves the fewest
 * counts: the largest pods first, by their largest share, by CPU or by memory, each on the first node with room or on the
 * fullest one.
 */
export function place(known: Inventory, nodes: Nodes, level: Level): Unplaced[] {
  let best: Unplaced[] | undefined;
  for (const order of ORDERS) {
    for (const fullest of [false, true]) {
      const unplaced = placeOnce(known, nodes, level, order, fullest);
      if (unplaced.length === 0) return [];
      if (best === undefined || podsOf(unplaced) < podsOf(best)) best = unplaced;
    }
  }
  return best ?? [];
}

function podsOf(unplaced: readonly Unplaced[]): number {
  return unplaced.reduce((sum, { pods }) => sum + pods, 0);
}

/** How large a pod is, by what it takes of all nodes together. */
type Order = (requests: Amount, total: Amount) => number;

const ORDERS: readonly Order[] = [
  ({ cpu, memory }, total) => Math.max(share(cpu, total.cpu), share(memory, total.memory)),
  ({ memory }, total) => share(memory, total.memory),
  ({ cpu }, total) => share(cpu, total.cpu),
];

/** The nodes that are left, with what DaemonSets and charts leave of each. Nodes of a pool are spread evenly over the zones. */
function emptyNodes(known: Inventory, { pools, zones, lost, sharedGpus }: Nodes): { nodes: Node[]; forAll: Node[] } {
  const daemons = known.pods.filter((group) => group.perNode);
  const charts = known.helmReleases.reduce((sum, release) => plus(sum, release.requests), NOTHING);
  const nodes = (lost === "node" ? withoutOneNode(pools) : pools)
    .flatMap((pool): Node[] =>
      Array.from({ length: pool.count }, (_, i) => ({
        free: daemons
          .filter((group) => pool.gpus > 0 || !wantsGpuNodes(group))
          .reduce((free, { requests }) => minus(free, requests), { cpu: pool.cpu, memory: pool.memory, gpus: pool.gpus }),
        gpus: pool.gpus,
        zone: i % Math.max(1, zones),
      })),
    )
    // The first zone has the most nodes of every pool.
    .filter(({ zone }) => lost !== "zone" || zones < 2 || zone !== 0);
  const plain = nodes.filter((node) => node.gpus === 0);
  const forAll = plain.length > 0 && sharedGpus !== true ? plain : nodes;
  // The pods of charts are not known one by one; they are small, so that together they are like sand among the stones.
  const sand = { cpu: charts.cpu / Math.max(1, forAll.length), memory: charts.memory / Math.max(1, forAll.length), gpus: 0 };
  for (const node of forAll) node.free = minus(node.free, sand);
  return { nodes, forAll };
}

function placeOnce(known: Inventory, where: Nodes, level: Level, order: Order, fullest: boolean): Unplaced[] {
  const { nodes, forAll } = emptyNodes(known, where);
  const total = offered(left(where));
  const size = ({ requests }: PodGroup) => (requests.gpus > 0 ? 1 + requests.gpus : order(requests, total));
  const lasting = known.pods.filter((group) => !group.perNode && !group.finite).sort((a, b) => size(b) - size(a));
  return lasting.flatMap((group) => {
    const count = Math.min(podCount(known, group, level, nodes.length), MOST_PODS);
    const hard = where.together === true ? [] : placementOf(group).separations.filter((one) => one.own && one.hard);
    const wanted = count - boundToLost(group, count, where, hard);
    const candidates = group.requests.gpus > 0 ? nodes : forAll;
    const pods =
      hard.length > 0 && wanted * candidates.length <= MOST_STEPS
        ? wanted - placedApart(group.requests, wanted, candidates, fullest, hard, where)
        : wanted - placed(group.requests, wanted, candidates, fullest);
    return pods > 0 ? [{ group, pods }] : [];
  });
}

/** Pods of a DaemonSet that runs on the nodes with GPUs alone. */
function wantsGpuNodes({ spec }: PodGroup): boolean {
  return entriesAt(spec, "nodeSelector").some(([label]) => /gpu|accelerator/i.test(label));
}

/**
 * Pods that wait for their zone or node to come back: a volume is in one zone, and its pod can run nowhere else. Of members that are spread evenly,
 * a zone holds so many at least; and where each has a node of its own, and there is no further one, a node holds one.
 * Source: https://kubernetes.io/docs/setup/best-practices/multiple-zones/#storage-access-for-zones
 */
function boundToLost({ volumes }: PodGroup, pods: number, { pools, zones, lost }: Nodes, hard: readonly Separation[]): number {
  if (lost === "zone") return zones < 2 || volumes.length === 0 ? 0 : Math.floor(pods / zones);
  if (lost !== "node" || !hard.some(({ topologyKey }) => topologyKey === HOST)) return 0;
  const nodes = pools.reduce((sum, pool) => sum + pool.count, 0);
  return Math.floor(pods / Math.max(1, nodes));
}

function placed(requests: Amount, wanted: number, nodes: readonly Node[], fullest: boolean): number {
  const room = nodes.filter((node) => fits(requests, node.free));
  if (fullest) room.sort((a, b) => a.free.cpu - b.free.cpu);
  let count = 0;
  for (const node of room) {
    while (count < wanted && fits(requests, node.free)) {
      node.free = minus(node.free, requests);
      count += 1;
    }
    if (count === wanted) break;
  }
  return count;
}

const HOST = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

/** Pods that are kept apart, one after the other, each where there are the fewest of its own. */
function placedApart(
  requests: Amount,
  wanted: number,
  nodes: readonly Node[],
  fullest: boolean,
  hard: readonly Separation[],
  { zones, lost }: Nodes,
): number {
  const room = nodes.filter((node) => fits(requests, node.free));
  if (fullest) room.sort((a, b) => a.free.cpu - b.free.cpu);
  const onNode = new Map<Node, number>(room.map((node) => [node, 0]));
  // All nodes of the cluster are places, whether there is room or not.
  const inZone = new Map<number, number>(nodes.map(({ zone }) => [zone, 0]));
  const counted = hard.filter(({ topologyKey }) => topologyKey === ZONE);
  if (lost === "zone" && zones > 1 && counted.some(({ honorsTaints }) => !honorsTaints)) inZone.set(0, 0);
  const allowed = (own: ReadonlyMap<unknown, number>, place: unknown, key: string) => {
    const here = own.get(place) ?? 0;
    const least = Math.min(...own.values());
    return hard
      .filter(({ topologyKey }) => topologyKey === key)
      .every((one) => (one.kind === "anti-affinity" ? here === 0 : here + 1 - least <= one.maxSkew));
  };
  let count = 0;
  while (count < wanted) {
    let best: Node | undefined;
    for (const node of room) {
      if (!fits(requests, node.free) || !allowed(onNode, node, HOST) || !allowed(inZone, node.zone, ZONE)) continue;
      const fewer = (inZone.get(node.zone) ?? 0) - (best === undefined ? Number.POSITIVE_INFINITY : (inZone.get(best.zone) ?? 0));
      if (fewer < 0) best = node;
    }
    if (best === undefined) break;
    best.free = minus(best.free, requests);
    onNode.set(best, (onNode.get(best) ?? 0) + 1);
    inZone.set(best.zone, (inZone.get(best.zone) ?? 0) + 1);
    count += 1;
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
