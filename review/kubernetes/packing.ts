import type { NodePool } from "../plan/plan";
import type { Inventory } from "./inventory";
import { NOTHING, plus, times, type Amount, type PodGroup } from "./pods";
import { entriesAt } from "./value";

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

/** What pods are placed on. */
export interface Nodes {
  readonly pools: readonly NodePool[];
  /** Zones that there were before one was lost; absent: none is lost. */
  readonly oneLostOf?: number;
  /** Nodes with GPUs take other pods too. @default false: they are left to pods that want one, where there are others */
  readonly sharedGpus?: boolean;
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

function placeOnce(
  known: Inventory,
  { pools, oneLostOf, sharedGpus }: Nodes,
  level: Level,
  order: Order,
  fullest: boolean,
): Unplaced[] {
  const daemons = known.pods.filter((group) => group.perNode);
  const charts = known.helmReleases.reduce((sum, release) => plus(sum, release.requests), NOTHING);
  const nodes: Node[] = pools.flatMap((pool) =>
    Array.from({ length: pool.count }, () => ({
      free: daemons
        .filter((group) => pool.gpus > 0 || !wantsGpuNodes(group))
        .reduce((free, { requests }) => minus(free, requests), { cpu: pool.cpu, memory: pool.memory, gpus: pool.gpus }),
      gpus: pool.gpus,
    })),
  );
  const plain = nodes.filter((node) => node.gpus === 0);
  const forAll = plain.length > 0 && sharedGpus !== true ? plain : nodes;
  // The pods of charts are not known one by one; they are small, so that together they are like sand among the stones.
  const sand = { cpu: charts.cpu / Math.max(1, forAll.length), memory: charts.memory / Math.max(1, forAll.length), gpus: 0 };
  for (const node of forAll) node.free = minus(node.free, sand);

  const total = offered(pools);
  const size = ({ requests }: PodGroup) => (requests.gpus > 0 ? 1 + requests.gpus : order(requests, total));
  const lasting = known.pods.filter((group) => !group.perNode && !group.finite).sort((a, b) => size(b) - size(a));
  return lasting.flatMap((group) => {
    const count = Math.min(podCount(known, group, level, nodes.length), MOST_PODS);
    const wanted = count - boundToLostZone(group, count, oneLostOf);
    const candidates = group.requests.gpus > 0 ? nodes : forAll;
    const pods = wanted - placed(group.requests, wanted, candidates, fullest);
    return pods > 0 ? [{ group, pods }] : [];
  });
}

/** Pods of a DaemonSet that runs on the nodes with GPUs alone. */
function wantsGpuNodes({ spec }: PodGroup): boolean {
  return entriesAt(spec, "nodeSelector").some(([label]) => /gpu|accelerator/i.test(label));
}

/**
 * Pods that wait for their zone to come back: a volume is in one zone, and its pod can run nowhere else. Of members that are
 * spread evenly, a zone holds so many at least.
 * Source: https://kubernetes.io/docs/setup/best-practices/multiple-zones/#storage-access-for-zones
 */
function boundToLostZone({ volumes }: PodGroup, pods: number, zones: number | undefined): number {
  return zones === undefined || zones < 2 || volumes.length === 0 ? 0 : Math.floor(pods / zones);
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
