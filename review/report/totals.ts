import { inventory } from "../kubernetes/inventory";
import { offered, podCount, requested, withoutOneZone, type Level } from "../kubernetes/packing";
import type { Amount } from "../kubernetes/pods";
import type { Plan } from "../plan/plan";

export interface Total extends Amount {
  readonly pods: number;
  /** Bytes of all volumes. */
  readonly volumes: number;
  readonly volumeCount: number;
}

export interface Totals {
  /** At the fewest pods of every autoscaler. Jobs, which come and go, count at full scale only. */
  readonly min: Total;
  readonly max: Total;
  /** What the declared nodes offer; absent where the plan does not know them. */
  readonly nodes?: Amount & { readonly count: number };
  /** The same with one zone lost, where there are several. */
  readonly zoneLost?: Amount & { readonly count: number };
}

export function totals(plan: Plan): Totals {
  const known = inventory(plan);
  const pools = plan.facts?.nodePools ?? [];
  const zones = plan.facts?.zones.length ?? 0;
  const nodes = pools.reduce((sum, pool) => sum + pool.count, 0);
  const total = (level: Level): Total => {
    const sum = (f: (group: (typeof known.pods)[number]) => number) =>
      known.pods.reduce((all, group) => all + f(group) * podCount(known, group, level, nodes), 0);
    return {
      ...requested(known, level, nodes),
      pods: sum(() => 1),
      volumes: sum((group) => group.volumes.reduce((a, b) => a + b, 0)),
      volumeCount: sum((group) => group.volumes.length),
    };
  };
  const left = withoutOneZone(pools, zones);
  return {
    min: total("min"),
    max: total("max"),
    ...(pools.length === 0 ? {} : { nodes: { ...offered(pools), count: nodes } }),
    ...(pools.length === 0 || zones < 2
      ? {}
      : { zoneLost: { ...offered(left), count: left.reduce((sum, pool) => sum + pool.count, 0) } }),
  };
}
