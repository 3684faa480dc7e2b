export type Labels = Readonly<Record<string, string>>;

/** A series as the player takes it: a value for each moment, or null while nothing serves it. */
export interface Series {
  readonly labels: Labels;
  readonly values: (number | null)[];
}

/** What a target serves, with its own labels; those of the target are added. */
export interface Page {
  gauge(metric: string, labels: Labels, value: number): void;
  /** Adds to a counter, which begins at 0 with its first moment and has whole numbers only. */
  count(metric: string, labels: Labels, by?: number): void;
}

interface Kept extends Series {
  total: number;
}

/** Collects what all targets serve, moment by moment. A series that is not written at a moment is not served then. */
export class Recorder {
  private readonly series: Kept[] = [];
  private moment = 0;

  constructor(private readonly moments: number) {}

  at(moment: number): void {
    this.moment = moment;
  }

  /** The page of a target, to be kept for all moments. @param all labels of its series, of their own and the target's */
  page(all: (own: Labels) => Labels): Page {
    const byKey = new Map<string, Kept>();
    const find = (metric: string, own: Labels): Kept => {
      let key = metric;
      for (const name in own) key += `\0${name}\0${own[name] ?? ""}`;
      let kept = byKey.get(key);
      if (kept === undefined) {
        const values = new Array<number | null>(this.moments).fill(null);
        kept = { labels: { __name__: metric, ...all(own) }, values, total: 0 };
        byKey.set(key, kept);
        this.series.push(kept);
      }
      return kept;
    };
    return {
      gauge: (metric, own, value) => {
        find(metric, own).values[this.moment] = value;
      },
      count: (metric, own, by = 0) => {
        const kept = find(metric, own);
        kept.total += by;
        // Sums of rates that are exact in decimals are not in binary ones.
        kept.values[this.moment] = Math.floor(kept.total + 1e-6);
      },
    };
  }

  all(): Series[] {
    return this.series.map(({ labels, values }) => ({ labels, values }));
  }
}
