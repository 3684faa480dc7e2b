import { containersOf, type PodGroup } from "../../kubernetes/pods";
import type { Inventory } from "../../kubernetes/inventory";
import { listAt } from "../../kubernetes/value";
import type { Scrape } from "../scrapes";

/** Says why an exporter does not serve a metric that it could; undefined if it does, or where it is none of these exporters. */
export type LeftOut = (metric: string, scrape: Scrape, known: Inventory) => string | undefined;

/** Arguments of the containers of pods, in both of their forms: `--name=value` and `--name value`. */
export class Arguments {
  private readonly words: readonly string[];

  constructor(pods: readonly PodGroup[]) {
    this.words = pods.flatMap(({ spec }) =>
      containersOf(spec).flatMap((container) => [...listAt(container, "command"), ...listAt(container, "args")].map(String)),
    );
  }

  has(flag: string): boolean {
    return this.words.some((word) => word === flag || word === `${flag}=true`);
  }

  value(flag: string): string | undefined {
    const at = this.words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
    const word = this.words[at];
    if (word === undefined) return undefined;
    return word === flag ? this.words[at + 1] : word.slice(flag.length + 1);
  }

  list(flag: string): readonly string[] | undefined {
    return this.value(flag)
      ?.split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  }
}

const cache = new WeakMap<readonly PodGroup[], Arguments>();

export function argumentsOf(pods: readonly PodGroup[]): Arguments {
  const known = cache.get(pods) ?? new Arguments(pods);
  cache.set(pods, known);
  return known;
}
