import type { ApiAnswer, ApiClient } from "./api";
import { messageOf } from "./message";
import { type KubernetesObject, Resources } from "./resources";

export interface ApplyOptions {
  /** @default "test" */
  readonly fieldManager?: string;
  /** Everything but storing it. @default false */
  readonly dryRun?: boolean;
}

/** Server-side apply, with unknown fields refused. */
export class Applier {
  readonly #resources: Resources;

  constructor(private readonly api: ApiClient) {
    this.#resources = new Resources(api);
  }

  async apply<T = KubernetesObject>(object: KubernetesObject, options: ApplyOptions = {}): Promise<ApiAnswer<T>> {
    const path = await this.#resources.pathOf(object);
    const query = new URLSearchParams({
      fieldManager: options.fieldManager ?? "test",
      fieldValidation: "Strict",
      force: "true",
      ...(options.dryRun === true ? { dryRun: "All" } : {}),
    });
    // JSON is YAML too.
    return this.api.request<T>("PATCH", `${path}?${query.toString()}`, {
      body: object,
      contentType: "application/apply-patch+yaml",
    });
  }

  /** Applies all, several at once. */
  async applyAll(objects: readonly KubernetesObject[], options: ApplyOptions = {}): Promise<void> {
    await Promise.all(
      objects.map(async (object) => {
        try {
          await this.apply(object, options);
        } catch (error) {
          const { kind, metadata } = object;
          throw new Error(`${kind} ${metadata.name} was refused: ${messageOf(error)}`, { cause: error });
        }
      }),
    );
  }
}
