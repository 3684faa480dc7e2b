import type { ApiClient } from "../cluster/api";
import { until } from "../cluster/until";

/** How many pods a Deployment was told to have, and since when. */
export interface Step {
  /** Milliseconds of the clock. */
  readonly at: number;
  readonly replicas: number;
}

interface Deployments {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec: { readonly replicas: number } }[];
}

/** Writes down every number of pods that the Deployments of a namespace are told to have. */
export class Curves {
  readonly #steps = new Map<string, Step[]>();
  #stopped = false;
  #running = Promise.resolve();

  constructor(
    private readonly api: ApiClient,
    private readonly namespace: string,
  ) {
    this.#running = this.#run();
  }

  /** Every step since a moment, the first being what was there before it. */
  since(moment: number, name: string): Step[] {
    const steps = this.#steps.get(name) ?? [];
    const before = steps.findLastIndex(({ at }) => at <= moment);
    return steps.slice(Math.max(before, 0));
  }

  /** Waits until each is told to have so many. */
  async untilAt(expected: Readonly<Record<string, number>>, seconds: number, check: () => void): Promise<void> {
    await until(
      "the autoscalers have done their work",
      () => {
        const others = Object.entries(expected).filter(
          ([name, replicas]) => this.#steps.get(name)?.at(-1)?.replicas !== replicas,
        );
        return (
          others.length === 0 ||
          others.map(([name, wanted]) => `${name}: ${this.#steps.get(name)?.at(-1)?.replicas} instead of ${wanted}`).join("; ")
        );
      },
      { seconds, check },
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // The next round is soon.
      await this.#look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #look(): Promise<void> {
    const { items } = await this.api.get<Deployments>(`/apis/apps/v1/namespaces/${this.namespace}/deployments`);
    const at = Date.now();
    for (const { metadata, spec } of items) {
      const steps = this.#steps.get(metadata.name) ?? [];
      if (steps.at(-1)?.replicas !== spec.replicas) this.#steps.set(metadata.name, [...steps, { at, replicas: spec.replicas }]);
    }
  }
}
