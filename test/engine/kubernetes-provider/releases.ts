/** A Helm release, as far as anything here looks at it. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
}

/** Helm releases on record: no machine of the tests can download a chart, so nothing of them is rendered. */
export class Releases {
  readonly #installed = new Map<string, Release>();

  install(release: Release): Release {
    this.#installed.set(`${release.namespace}/${release.name}`, release);
    return release;
  }

  has(id: string): boolean {
    return this.#installed.has(id);
  }

  remove(id: string): void {
    this.#installed.delete(id);
  }

  get all(): readonly Release[] {
    return [...this.#installed.values()];
  }
}
