import type { Connection } from "./network/connection";
import type { AlertGroup } from "./observability/alert";
import type { Dashboard } from "./observability/dashboard";
import type { ScrapeTarget } from "./observability/scrape";

/** What a component declares for the parts that need all of it: network policies, scrape configuration, alert rules, dashboards. */
export interface Declared {
  readonly connections: readonly Connection[];
  readonly scrapeTargets: readonly ScrapeTarget[];
  readonly alerts: readonly AlertGroup[];
  readonly dashboards: readonly Dashboard[];
}

type Kind = keyof Declared;

/**
 * Collects what the components of one stack declare, as they are made: a component reaches it by its environment, so none can be left out.
 * What has been taken is closed: what came later would get no policy, no scraping, no alert, and throws.
 */
export class Declarations implements Declared {
  readonly connections: Connection[] = [];
  readonly scrapeTargets: ScrapeTarget[] = [];
  readonly alerts: AlertGroup[] = [];
  readonly dashboards: Dashboard[] = [];
  private readonly taken = new Map<Kind, string>();

  /** @param by whoever declares it, e.g. `mes:broker:Broker broker` */
  add(declared: Partial<Declared>, by: string): void {
    for (const kind of Object.keys(declared) as Kind[]) {
      const taker = this.taken.get(kind);
      if (taker !== undefined && (declared[kind]?.length ?? 0) > 0)
        throw new Error(`${by} declares ${kind} after ${taker} has taken them: make it before`);
    }
    append(this, declared);
  }

  /**
   * All of a kind. None may come later.
   * @param by what is made of them, e.g. `network policies`
   */
  take<K extends Kind>(kind: K, by: string): Declared[K] {
    this.taken.set(kind, by);
    return this[kind];
  }
}

/** Lists of declarations that grow. */
export type Growing = { readonly [K in Kind]: Declared[K][number][] };

export function append(
  lists: Growing,
  { connections = [], scrapeTargets = [], alerts = [], dashboards = [] }: Partial<Declared>,
): void {
  lists.connections.push(...connections);
  lists.scrapeTargets.push(...scrapeTargets);
  lists.alerts.push(...alerts);
  lists.dashboards.push(...dashboards);
}
