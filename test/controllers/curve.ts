import type { ApiClient } from "../cluster/api";
import type { KubernetesObject } from "../cluster/resources";
import { until } from "../cluster/until";
import { watch } from "../cluster/watch";

/** How many pods a Deployment was told to have, and since when. */
export interface Step {
  /** Milliseconds of the clock. */
  readonly at: number;
  readonly replicas: number;
}

interface Deployment extends KubernetesObject {
  readonly spec: { readonly replicas: number };
}

/** Writes down every number of pods that the Deployments of a namespace are told to have. */
export class Curves {
  readonly #steps = new Map<string, Step[]>();
  /** Ends the writing. */
  readonly stop: () => void;

  constructor(api: ApiClient, namespace: string) {
    this.stop = watch<Deployment>(
      api,
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      ({ metadata, spec: { replicas } }) => {
        const steps = this.#steps.get(metadata.name) ?? [];
        if (steps.at(-1)?.replicas !== replicas) this.#steps.set(metadata.name, [...steps, { at: Date.now(), replicas }]);
      },
    );
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
}
