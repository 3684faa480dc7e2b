import type { ApiClient } from "./api";

/** Any Kubernetes object. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** An object whose controller says how it is, by conditions. */
export interface Reporting extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

interface Resource {
  /** Plural name, as in paths. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Finds the paths of objects in the API, by asking the server for its resources. */
export class Resources {
  readonly #groups = new Map<string, Promise<readonly Resource[]>>();

  constructor(private readonly api: ApiClient) {}

  async pathOf(object: KubernetesObject): Promise<string> {
    const { apiVersion, kind, metadata } = object;
    const resource = await this.#find(apiVersion, kind);
    const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${groupPath(apiVersion)}${namespace}/${resource.name}/${encodeURIComponent(metadata.name)}`;
  }

  async #find(apiVersion: string, kind: string): Promise<Resource> {
    const known = (await this.#group(apiVersion)).find((resource) => resource.kind === kind);
    if (known !== undefined) return known;
    // Its CRD may have come since.
    this.#groups.delete(apiVersion);
    const found = (await this.#group(apiVersion)).find((resource) => resource.kind === kind);
    if (found === undefined) throw new Error(`the API server knows no ${kind} in ${apiVersion}`);
    return found;
  }

  #group(apiVersion: string): Promise<readonly Resource[]> {
    const asked = this.#groups.get(apiVersion);
    if (asked !== undefined) return asked;
    const answer = this.#ask(apiVersion);
    this.#groups.set(apiVersion, answer);
    return answer;
  }

  async #ask(apiVersion: string): Promise<readonly Resource[]> {
    try {
      const { resources } = await this.api.get<{ resources: readonly Resource[] }>(groupPath(apiVersion));
      // The others are subresources.
      return resources.filter(({ name }) => !name.includes("/"));
    } catch {
      return [];
    }
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
