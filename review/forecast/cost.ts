import { inventory, type Inventory } from "../kubernetes/inventory";
import type { PodGroup } from "../kubernetes/pods";
import { textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { sum } from "./demand";
import type { Prices } from "./prices";

/** Pods at minimum, as many as the forecast's day has in the mean, and at full scale. */
export const LEVELS = ["minimum", "expected", "full scale"] as const;
type Level = (typeof LEVELS)[number];

/** One kind of thing that is paid for. */
export interface CostLine {
  readonly what: string;
  /** Units in use, by level. */
  readonly amount: Readonly<Record<Level, number>>;
  readonly unit: string;
  /** For a month; absent where the price or the amount is not known. */
  readonly monthly?: Readonly<Record<Level, number>>;
  /** Where the price is from; what it depends on, where it is not known. */
  readonly source: string;
}

export interface CostReport {
  readonly currency: string;
  readonly date: string;
  readonly region: string;
  readonly lines: readonly CostLine[];
  /** Sums of what is known. */
  readonly monthly: Readonly<Record<Level, number>>;
  /** What costs more than nothing, and how much nobody can tell from a plan. */
  readonly unknown: readonly string[];
}

/** A month, as clouds count it. */
const HOURS = 730;
const GIB = 2 ** 30;

/** @param expected mean number of pods of roles, by the name of the Deployment */
export function costOf(plan: Plan, expected: ReadonlyMap<string, number>, prices: Prices): CostReport {
  const known = inventory(plan);
  const nodes = sum((plan.facts?.nodePools ?? []).map(({ count }) => count));
  const of = (amount: (group: PodGroup) => number) =>
    perLevel((level) => sum(known.pods.map((group) => amount(group) * pods(known, group, level, nodes, expected))));
  const always = (amount: number) => perLevel(() => amount);
  const balancers = loadBalancers(known);
  const buckets = plan.resources.filter(({ type }) => /^aws:s3\/bucket(?:V2)?:/.test(type)).length;
  const lines = [
    line(
      "CPU requests",
      "cores",
      of(({ requests }) => requests.cpu),
      prices.cpuHour,
      HOURS,
    ),
    line(
      "memory requests",
      "GiB",
      of(({ requests }) => requests.memory / GIB),
      prices.memoryGiBHour,
      HOURS,
    ),
    line(
      "GPUs",
      "GPUs",
      of(({ requests }) => requests.gpus),
      prices.gpuHour,
      HOURS,
      "depends on the nodes that have them",
    ),
    line(
      "volumes",
      "GiB",
      of(({ volumes }) => sum(volumes) / GIB),
      prices.volumeGiBMonth,
      1,
    ),
    line("load balancers", "", always(balancers), prices.loadBalancerHour, HOURS),
  ].filter(({ amount }) => amount["full scale"] > 0);
  return {
    currency: prices.currency,
    date: prices.date,
    region: prices.region,
    lines,
    monthly: perLevel((level) => sum(lines.map(({ monthly }) => monthly?.[level] ?? 0))),
    unknown: [
      ...lines.filter(({ monthly }) => monthly === undefined).map(({ what, source }) => `${what}: ${source}`),
      ...(buckets === 0 ? [] : [`${buckets} buckets: depends on what is stored${bucketPrice(prices)}`]),
      ...(balancers === 0 ? [] : ["what goes through load balancers and between zones: depends on bytes and connections"]),
      ...(known.helmReleases.length === 0
        ? []
        : [`pods that charts make (${known.helmReleases.length} releases): depends on the charts`]),
    ],
  };
}

function perLevel<T>(of: (level: Level) => T): Record<Level, T> {
  return { minimum: of("minimum"), expected: of("expected"), "full scale": of("full scale") };
}

function pods(known: Inventory, group: PodGroup, level: Level, nodes: number, expected: ReadonlyMap<string, number>): number {
  if (group.perNode) return nodes;
  const { min, max } = known.scale(group);
  if (level === "expected") return (group.object.kind === "Deployment" ? expected.get(group.object.name) : undefined) ?? min;
  return level === "minimum" ? min : max;
}

/** Services that ask for one, and gateways, for each of which its controller makes one. */
function loadBalancers(known: Inventory): number {
  return (
    known.ofKind("Service").filter(({ spec }) => textAt(spec, "type") === "LoadBalancer").length + known.ofKind("Gateway").length
  );
}

function line(
  what: string,
  unit: string,
  amount: Record<Level, number>,
  price: { readonly price: number; readonly source: string } | undefined,
  times: number,
  depends = "depends on a price that the table does not have",
): CostLine {
  if (price === undefined) return { what, unit, amount, source: depends };
  return { what, unit, amount, monthly: perLevel((level) => amount[level] * price.price * times), source: price.source };
}

function bucketPrice({ bucketGiBMonth, currency }: Prices): string {
  return bucketGiBMonth === undefined ? "" : ` (${bucketGiBMonth.price} ${currency} for a GiB and month)`;
}
