import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, ApiError, isNotFound } from "../../cluster/api";
import { messageOf } from "../../cluster/message";
import { type KubernetesObject, Resources } from "../../cluster/resources";
import { differences } from "../provider/differences";
import { hasUnknown, hiddenLike, type Properties, revealed, secret } from "../provider/properties";
import { without } from "../provider/without";
import { NotReady, type Resource, type ResourceRequest, type TestProvider } from "../provider/serve";
import { untilGone, untilReady } from "./ready";
import { Releases, type Release } from "./releases";
import { replacing } from "./replacement";
import { likeDeclared, normalized } from "./shape";

export interface KubernetesProviderOptions {
  /** Clusters by context, as a kubeconfig names them. */
  readonly contexts: Readonly<Record<string, ApiClient>>;
  /** Longest that anything is waited for, in seconds. @default 300 */
  readonly patience?: number;
  /** Called when a Helm release is installed. No chart is rendered. */
  readonly onRelease?: (release: Release, api: ApiClient) => Promise<void>;
}

/** What the API server has warned of. */
export interface Warning {
  readonly urn: string;
  readonly message: string;
}

const FIELD_MANAGER = "__fieldManager";

/**
 * A test provider that stands for the plug-in `kubernetes`, which no package registry serves, and talks to a real API server:
 * server-side apply, the plug-in's rules of what to replace, and its waiting. It is stricter in one thing: the API server
 * refuses unknown fields, of which the plug-in only warns.
 */
export class KubernetesTestProvider implements TestProvider {
  readonly warnings: Warning[] = [];
  readonly releases = new Releases();
  #context = "";
  #mutable = { configMaps: false, secrets: false };
  readonly #resources = new Map<ApiClient, Resources>();

  constructor(private readonly options: KubernetesProviderOptions) {}

  configure(args: Properties): void {
    const context = revealed(args.context);
    this.#context = typeof context === "string" ? context : "";
    this.#mutable = { configMaps: isTrue(args.enableConfigMapMutable), secrets: isTrue(args.enableSecretMutable) };
    if (!isTrue(args.enableServerSideApply ?? "true")) throw new Error("the test provider knows server-side apply only");
  }

  check(inputs: Properties, { type }: ResourceRequest): readonly string[] {
    if (isRelease(type)) return [];
    const { metadata } = revealed(inputs) as Partial<KubernetesObject>;
    return metadata?.name === undefined ? ["it has no metadata.name: the plug-in would make one up"] : [];
  }

  diff(old: Resource, inputs: Properties, { type }: ResourceRequest) {
    if (isRelease(type)) {
      const changes = differences(revealed(old.inputs), revealed(inputs));
      const replaces = changes.filter((path) => path === "name" || path === "namespace");
      return { changes, replaces, deleteBeforeReplace: replaces.length > 0 };
    }
    const before = normalized(liveOf(old));
    const after = normalized(objectOf(inputs));
    const changes = differences(before, after);
    const replaces = replacing(before, changes, this.#mutable);
    const sameName = before.metadata.name === after.metadata.name && before.metadata.namespace === after.metadata.namespace;
    return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && sameName };
  }

  async create(inputs: Properties, request: ResourceRequest): Promise<Omit<Resource, "inputs">> {
    if (isRelease(request.type)) {
      if (request.preview) return { id: "", outputs: inputs };
      const release = this.releases.install(revealed(inputs) as Release);
      await this.options.onRelease?.(release, this.#api());
      return { id: `${release.namespace}/${release.name}`, outputs: { ...inputs, status: { status: "deployed" } } };
    }
    const object = objectOf(inputs);
    const manager = declaredManager(object) ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
    if (request.preview) return { id: "", outputs: await this.#preview(inputs, manager, request) };
    const path = await this.#applied(object, manager, request);
    return { id: idOf(object), outputs: await this.#recorded(inputs, path, manager, request) };
  }

  async update(old: Resource, inputs: Properties, request: ResourceRequest): Promise<Properties> {
    if (isRelease(request.type)) {
      if (request.preview) return inputs;
      await this.options.onRelease?.(this.releases.install(revealed(inputs) as Release), this.#api());
      return { ...inputs, status: { status: "deployed" } };
    }
    const manager = declaredManager(objectOf(inputs)) ?? String(old.outputs[FIELD_MANAGER]);
    if (request.preview) return this.#preview(inputs, manager, request);
    const path = await this.#applied(objectOf(inputs), manager, request, true);
    return this.#recorded(inputs, path, manager, request);
  }

  async read(old: Resource, { type }: ResourceRequest): Promise<Resource | undefined> {
    if (isRelease(type)) return this.releases.has(old.id) ? old : undefined;
    const declared = normalized(objectOf(old.inputs));
    const api = this.#api();
    try {
      const live = await api.get<KubernetesObject>(await this.#pathOf(declared, 0));
      const seen = likeDeclared(live, declared) as KubernetesObject;
      const same = differences(old.outputs, { ...recordOf(seen, old.inputs), [FIELD_MANAGER]: old.outputs[FIELD_MANAGER] });
      if (same.length === 0) return old;
      return {
        id: old.id,
        inputs: hiddenLike(seen, old.inputs) as Properties,
        outputs: { ...recordOf(seen, old.inputs), [FIELD_MANAGER]: old.outputs[FIELD_MANAGER] },
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(old: Resource, request: ResourceRequest): Promise<void> {
    if (isRelease(request.type)) return this.releases.remove(old.id);
    const object = liveOf(old);
    const api = this.#api();
    try {
      const path = await this.#pathOf(object, 0);
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: propagationPolicy(object) };
      await api.request("DELETE", path, { body });
      if (object.metadata.annotations?.["pulumi.com/skipAwait"] === "true") return;
      const problem = await untilGone({ api, path, seconds: this.#patience(request.timeout, 300) });
      if (problem !== undefined) throw new Error(`${object.kind} ${object.metadata.name} was not deleted: ${problem}`);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** What a dry run makes of it; the inputs as they are where the plug-in asks no server either. */
  async #preview(inputs: Properties, manager: string, request: ResourceRequest): Promise<Properties> {
    if (hasUnknown(inputs)) return inputs;
    const object = objectOf(inputs);
    try {
      await this.#apply(object, await this.#pathOf(object, 0), manager, request);
    } catch (error) {
      // The kind comes with an operator, and the namespace with this very stack.
      if (error instanceof KindMissing || (error instanceof ApiError && [403, 404].includes(error.status))) return inputs;
      throw error;
    }
    return inputs;
  }

  /** Applies an object, and again while its kind or its namespace is not there yet; returns its path. */
  async #applied(object: KubernetesObject, manager: string, request: ResourceRequest, isUpdate = false): Promise<string> {
    const retries = 5;
    const path = await this.#pathOf(object, retries);
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#apply(object, path, manager, request);
        return path;
      } catch (error) {
        if (isUpdate && isTakenOver(error)) {
          await this.#apply(object, path, manager, request, true);
          return path;
        }
        if (!isNotFound(error) || attempt === retries) throw this.#explained(error, request);
        await sleep(100 * 2 ** attempt);
      }
    }
  }

  async #apply(object: KubernetesObject, path: string, manager: string, request: ResourceRequest, force = false): Promise<void> {
    const query = new URLSearchParams({
      fieldManager: manager,
      fieldValidation: "Strict",
      // A preview shows what would be, whoever has the field.
      force: String(force || request.preview || object.metadata.annotations?.["pulumi.com/patchForce"] === "true"),
      ...(request.preview ? { dryRun: "All" } : {}),
    });
    const { warnings } = await this.#api().request("PATCH", `${path}?${query.toString()}`, {
      body: object,
      contentType: "application/apply-patch+yaml",
    });
    for (const message of warnings) this.warnings.push({ urn: request.urn, message });
  }

  /** Waits until it works; what the engine shall record of it. */
  async #recorded(inputs: Properties, path: string, manager: string, request: ResourceRequest): Promise<Properties> {
    const object = objectOf(inputs);
    const wait = { api: this.#api(), path, seconds: this.#patience(request.timeout, 600) };
    const { live, problem } = await untilReady(object, wait);
    const seen = likeDeclared(live, normalized(object)) as KubernetesObject;
    const outputs = { ...recordOf(seen, inputs), [FIELD_MANAGER]: manager };
    if (problem === undefined) return outputs;
    const message = `resource "${request.urn}" was applied, but the Kubernetes API server reported that it failed to become live: ${problem}`;
    throw new NotReady(message, { id: idOf(object), outputs });
  }

  #explained(error: unknown, { urn }: ResourceRequest): Error {
    if (error instanceof ApiError && error.status === 409) {
      const hint = "set the annotation pulumi.com/patchForce on it to take the field, or take the field out of the program";
      return new Error(`Server-Side Apply field conflict detected: ${error.message}; ${hint}`, { cause: error });
    }
    return new Error(`resource "${urn}" was not successfully created by the Kubernetes API server: ${messageOf(error)}`, {
      cause: error,
    });
  }

  async #pathOf(object: KubernetesObject, retries: number): Promise<string> {
    const api = this.#api();
    let resources = this.#resources.get(api);
    if (resources === undefined) this.#resources.set(api, (resources = new Resources(api)));
    for (let attempt = 0; ; attempt++) {
      try {
        return await resources.pathOf(object);
      } catch (error) {
        // A server that does not answer is another matter than a kind that it does not know.
        await unreachableUnless(api);
        if (attempt >= retries) throw new KindMissing(`${messageOf(error)}; verify that any required CRDs have been created`);
        await sleep(100 * 2 ** attempt);
      }
    }
  }

  #patience(timeout: number, normally: number): number {
    return Math.min(timeout === 0 ? normally : timeout, this.options.patience ?? 300);
  }

  #api(): ApiClient {
    const api = this.options.contexts[this.#context];
    if (api === undefined) {
      const known = Object.keys(this.options.contexts).join(", ");
      throw new Error(
        `configured Kubernetes cluster is unreachable: context "${this.#context}" does not exist (there is: ${known})`,
      );
    }
    return api;
  }
}

class KindMissing extends Error {}

/** Whether all fields in conflict were changed by kubectl: an update takes these over without being told. */
function isTakenOver(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 409) return false;
  const managers = [...error.message.matchAll(/with "([^"]+)"( with subresource "[^"]+")?( using [^:\s]+)?/g)];
  return (
    managers.length > 0 &&
    managers.every(
      ([, name, subresource, update]) =>
        name?.startsWith("kubectl") === true && subresource === undefined && update !== undefined,
    )
  );
}

async function unreachableUnless(api: ApiClient): Promise<void> {
  try {
    await api.request("GET", "/readyz");
  } catch (error) {
    if (error instanceof ApiError) return;
    throw new Error(`configured Kubernetes cluster is unreachable: ${messageOf(error)}`, { cause: error });
  }
}

/** As the engine shall record an object: what was a secret stays one, and all that a Secret holds is one. */
function recordOf(seen: KubernetesObject, inputs: Properties): Record<string, unknown> {
  const record = hiddenLike(seen, inputs) as Record<string, unknown>;
  if (seen.kind !== "Secret" || seen.apiVersion !== "v1" || seen.data === undefined) return record;
  return { ...record, data: secret(seen.data) };
}

/** What becomes of those that belong to an object that is deleted. */
function propagationPolicy({ metadata }: KubernetesObject): string {
  const wanted = metadata.annotations?.["pulumi.com/deletionPropagationPolicy"] ?? "foreground";
  const known = { background: "Background", foreground: "Foreground", orphan: "Orphan" }[wanted];
  if (known === undefined)
    throw new Error(`pulumi.com/deletionPropagationPolicy: ${wanted} is none of background, foreground, orphan`);
  return known;
}

/** The object as it was when the engine recorded it. */
function liveOf({ outputs }: Resource): KubernetesObject {
  return without(revealed(outputs) as object, FIELD_MANAGER) as unknown as KubernetesObject;
}

function objectOf(inputs: Properties): KubernetesObject {
  return revealed(inputs) as KubernetesObject;
}

function idOf({ metadata: { name, namespace } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function declaredManager({ metadata }: KubernetesObject): string | undefined {
  return metadata.annotations?.["pulumi.com/patchFieldManager"];
}

function isTrue(value: unknown): boolean {
  return String(revealed(value)) === "true";
}

function isRelease(type: string): boolean {
  return type === "kubernetes:helm.sh/v3:Release";
}

function isMissing(error: unknown): boolean {
  return error instanceof KindMissing || isNotFound(error);
}
