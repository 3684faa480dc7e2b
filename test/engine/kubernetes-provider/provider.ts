import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, ApiError, isNotFound } from "../../cluster/api";
import { messageOf } from "../../cluster/message";
import { type KubernetesObject, Resources } from "../../cluster/resources";
import { differences } from "../provider/differences";
import { hasUnknown, hiddenLike, type Properties, revealed, secret } from "../provider/properties";
import { without } from "../provider/without";
import { type EngineLog, NotReady, type Resource, type ResourceRequest, type TestProvider } from "../provider/serve";
import { CREATOR, isFreshlyCreated, takenOver, type ManagedFields } from "./ownership";
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

/** What a second of the plug-in's waiting for a kind or a namespace takes here, in milliseconds. */
const SECOND = 50;
/** Seconds after each of its attempts. Source: Creation in pkg/await of pulumi-kubernetes v4. */
const PAUSES = [1, 2, 4, 8, 16, 32];

/**
 * A test provider that stands for the plug-in `kubernetes`, which no package registry serves, and talks to a real API server: it creates,
 * compares, applies, replaces, waits and deletes as the plug-in does, and refuses what it refuses. Beside that it keeps the server's warnings, as
 * of unknown fields, which the plug-in drops. The README says which rows of its behaviour a test holds.
 */
export class KubernetesTestProvider implements TestProvider {
  readonly warnings: Warning[] = [];
  readonly releases = new Releases();
  #context = "";
  #mutable = { configMaps: false, secrets: false };
  #upserts = false;
  #forces = false;
  /** Why nothing can be asked or done, as found when the engine configured it. */
  #unreachable: string | undefined;
  #log: EngineLog = () => undefined;
  readonly #resources = new Map<ApiClient, Resources>();

  constructor(private readonly options: KubernetesProviderOptions) {}

  attach(log: EngineLog): void {
    this.#log = log;
  }

  async configure(args: Properties): Promise<void> {
    const context = revealed(args.context);
    this.#context = typeof context === "string" ? context : "";
    this.#mutable = { configMaps: isTrue(args.enableConfigMapMutable), secrets: isTrue(args.enableSecretMutable) };
    this.#upserts = isTrue(args.upsertExistingObjects ?? process.env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS);
    this.#forces = isTrue(args.enablePatchForce ?? process.env.PULUMI_K8S_ENABLE_PATCH_FORCE);
    if (!isTrue(args.enableServerSideApply ?? "true")) throw new Error("the test provider knows server-side apply only");
    this.#unreachable = await this.#whyUnreachable();
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
    const before = liveOf(old);
    const after = normalized(objectOf(inputs));
    const changes = differences(before, after);
    const replaces = isPatch(type, after)
      ? changes.filter((path) => path === "metadata.name" || path === "metadata.namespace")
      : replacing(after, changes, this.#mutable);
    const sameName = before.metadata.name === after.metadata.name && before.metadata.namespace === after.metadata.namespace;
    return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && sameName };
  }

  async create(inputs: Properties, request: ResourceRequest): Promise<Omit<Resource, "inputs">> {
    if (isRelease(request.type)) {
      if (request.preview) return { id: "", outputs: inputs };
      if (this.#unreachable !== undefined)
        throw new Error(`can't create Helm Release with unreachable cluster: ${this.#unreachable}`);
      const release = this.releases.install(revealed(inputs) as Release);
      await this.options.onRelease?.(release, this.#api());
      return { id: `${release.namespace}/${release.name}`, outputs: { ...inputs, status: { status: "deployed" } } };
    }
    if (request.preview) return { id: "", outputs: await this.#previewOfCreate(inputs, request) };
    this.#needsCluster();
    const object = objectOf(inputs);
    const manager = declaredManager(object) ?? `${CREATOR}-${randomBytes(4).toString("hex")}`;
    const path = await this.#created(object, manager, request);
    const failure = (problem: string) =>
      `resource "${request.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${problem}`;
    return { id: idOf(object), outputs: await this.#recorded(inputs, path, manager, request, failure) };
  }

  async update(old: Resource, inputs: Properties, request: ResourceRequest): Promise<Properties> {
    if (isRelease(request.type)) {
      if (request.preview) return inputs;
      this.#needsCluster();
      await this.options.onRelease?.(this.releases.install(revealed(inputs) as Release), this.#api());
      return { ...inputs, status: { status: "deployed" } };
    }
    if (!request.preview) this.#needsCluster();
    const object = objectOf(inputs);
    const id = idOf(object);
    const path = request.preview ? await this.#pathForPreview(object) : await this.#pathOf(object);
    if (path === undefined || (request.preview && hasUnknown(inputs))) return inputs;
    const manager = declaredManager(object) ?? String(old.outputs[FIELD_MANAGER]);
    const failure = (problem: string) =>
      `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${problem}`;
    try {
      await this.#updated(normalized(object), path, manager, request);
    } catch (error) {
      if (request.preview && error instanceof ApiError && error.status === 403) return inputs;
      const live = await this.#read(path).catch((readError: unknown) => {
        const also = `unable to get cluster state: ${messageOf(readError)}`;
        throw new Error(`update of resource "${request.urn}" failed: ${messageOf(error)}\n${also}`, { cause: error });
      });
      // The engine notes what was wanted beside what is there.
      throw new NotReady(failure(explained(error, manager)), { id, outputs: seen(live, inputs, manager) });
    }
    return request.preview ? inputs : this.#recorded(inputs, path, manager, request, failure);
  }

  async read(old: Resource, { type }: ResourceRequest): Promise<Resource | undefined> {
    if (this.#unreachable !== undefined)
      throw new Error(`failed to read resource state due to unreachable cluster. ${DELETE_UNREACHABLE}`);
    if (isRelease(type)) return this.releases.has(old.id) ? old : undefined;
    const declared = normalized(objectOf(old.inputs));
    try {
      const live = await this.#read(await this.#pathOf(declared));
      const record = seen(live, old.inputs, String(old.outputs[FIELD_MANAGER]));
      if (differences(old.outputs, record).length === 0) return old;
      return { id: old.id, inputs: hiddenLike(likeDeclared(live, declared), old.inputs) as Properties, outputs: record };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(old: Resource, request: ResourceRequest): Promise<void> {
    if (this.#unreachable !== undefined) throw new Error(`configured Kubernetes cluster is unreachable. ${DELETE_UNREACHABLE}`);
    if (isRelease(request.type)) return this.releases.remove(old.id);
    const object = liveOf(old);
    const api = this.#api();
    try {
      const path = await this.#pathOf(object);
      if (isPatch(request.type, object))
        return await this.#apply(identityOf(object), path, String(old.outputs[FIELD_MANAGER]), request, false);
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: propagationPolicy(object) };
      await api.request("DELETE", path, { body });
      if (object.metadata.annotations?.["pulumi.com/skipAwait"] === "true") return;
      const problem = await untilGone({ api, path, seconds: this.#patience(request.timeout) });
      if (problem !== undefined) throw new Error(`${object.kind} ${object.metadata.name} was not deleted: ${problem}`);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** What is wrong with the way to the cluster: found out once, when the engine configures the plug-in. */
  async #whyUnreachable(): Promise<string | undefined> {
    const api = this.options.contexts[this.#context];
    if (api === undefined) {
      const cause = `context "${this.#context}" does not exist`;
      return `unable to load Kubernetes client configuration from kubeconfig file. Make sure you have: the provider set up. ${cause}`;
    }
    try {
      await api.request("GET", "/version");
      return undefined;
    } catch (error) {
      return `unable to load schema information from the API server: ${messageOf(error)}`;
    }
  }

  #needsCluster(): void {
    if (this.#unreachable !== undefined) throw new Error(`configured Kubernetes cluster is unreachable: ${this.#unreachable}`);
  }

  /** What a dry run makes of a creation; the inputs as they are where the plug-in has no answer either. */
  async #previewOfCreate(inputs: Properties, request: ResourceRequest): Promise<Properties> {
    const object = objectOf(inputs);
    if (isPatch(request.type, object)) return inputs;
    const path = await this.#pathForPreview(object);
    if (path === undefined || hasUnknown(inputs)) return inputs;
    try {
      await this.#create(object, path, declaredManager(object) ?? CREATOR, request);
    } catch (error) {
      if (error instanceof ApiError) {
        // Not allowed to try; the namespace comes with this very stack; it is there, as that which a replacement takes away.
        if (error.status === 403 || isNamespaceMissing(error) || error.reason === "AlreadyExists") return inputs;
        if (this.#upserts && error.message.includes("field is immutable")) return inputs;
      }
      throw new Error(unsuccessful(request, messageOf(error)), { cause: error });
    }
    return inputs;
  }

  /** Creates an object, and again while its kind or its namespace is not there yet; returns its path. */
  async #created(object: KubernetesObject, manager: string, request: ResourceRequest): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      try {
        const path = await this.#pathOf(object);
        await this.#create(object, path, manager, request);
        return path;
      } catch (error) {
        const pause = PAUSES[attempt];
        if (!isMissing(error) || pause === undefined)
          throw new Error(unsuccessful(request, explained(error, manager)), { cause: error });
        await sleep(pause * SECOND);
      }
    }
  }

  async #create(object: KubernetesObject, path: string, manager: string, request: ResourceRequest): Promise<void> {
    try {
      if (this.#upserts || isPatch(request.type, object)) await this.#apply(object, path, manager, request, request.preview);
      else {
        const query = new URLSearchParams({ fieldManager: CREATOR, ...(request.preview ? { dryRun: "All" } : {}) });
        const collection = path.slice(0, path.lastIndexOf("/"));
        const { warnings } = await this.#api().request("POST", `${collection}?${query.toString()}`, { body: object });
        this.#note(warnings, request);
      }
    } catch (error) {
      this.#log("info", request.urn, `creation failed: ${messageOf(error)}`);
      throw error;
    }
  }

  /** Applies a change, over what it has created itself and what kubectl has changed. */
  async #updated(object: KubernetesObject, path: string, manager: string, request: ResourceRequest): Promise<void> {
    const { metadata } = await this.#api().get<{ metadata: { managedFields?: ManagedFields[] } }>(path);
    const entries = metadata.managedFields ?? [];
    if (!request.preview && !isPatch(request.type, object)) {
      const value = takenOver(entries, manager);
      const body = [{ op: "replace", path: "/metadata/managedFields", value }];
      if (value !== undefined) await this.#api().request("PATCH", path, { body, contentType: "application/json-patch+json" });
    }
    await this.#apply(object, path, manager, request, request.preview && isFreshlyCreated(entries));
  }

  async #apply(object: KubernetesObject, path: string, manager: string, request: ResourceRequest, force: boolean): Promise<void> {
    const query = new URLSearchParams({
      fieldManager: manager,
      force: String(force || this.#forces || object.metadata.annotations?.["pulumi.com/patchForce"] === "true"),
      ...(request.preview ? { dryRun: "All" } : {}),
    });
    const options = { body: object, contentType: "application/apply-patch+yaml" };
    const { warnings } = await this.#api().request("PATCH", `${path}?${query.toString()}`, options);
    this.#note(warnings, request);
  }

  #note(warnings: readonly string[], { urn }: ResourceRequest): void {
    for (const message of warnings) this.warnings.push({ urn, message });
  }

  /** Waits until it works; what the engine shall record of it. */
  async #recorded(
    inputs: Properties,
    path: string,
    manager: string,
    { timeout }: ResourceRequest,
    failure: (problem: string) => string,
  ): Promise<Properties> {
    const object = objectOf(inputs);
    const { live, problem } = await untilReady(object, { api: this.#api(), path, seconds: this.#patience(timeout) });
    const outputs = seen(live, inputs, manager);
    if (problem === undefined) return outputs;
    throw new NotReady(failure(problem), { id: idOf(object), outputs });
  }

  #read(path: string): Promise<KubernetesObject> {
    return this.#api().get<KubernetesObject>(path);
  }

  /** Undefined where a preview asks no server: its kind comes with an operator, or there is no way to the cluster. */
  async #pathForPreview(object: KubernetesObject): Promise<string | undefined> {
    if (this.#unreachable !== undefined) return undefined;
    try {
      return await this.#pathOf(object);
    } catch {
      return undefined;
    }
  }

  async #pathOf(object: KubernetesObject): Promise<string> {
    const api = this.#api();
    let resources = this.#resources.get(api);
    if (resources === undefined) this.#resources.set(api, (resources = new Resources(api)));
    try {
      return await resources.pathOf(object);
    } catch (error) {
      // A server that does not answer is another matter than a kind that it does not know.
      await api.request("GET", "/readyz").catch((cause: unknown) => {
        if (!(cause instanceof ApiError)) throw cause;
      });
      throw new KindMissing(
        `the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${messageOf(error)}`,
      );
    }
  }

  /** Seconds: as long as the program says, else ten minutes, and never longer than a test has. */
  #patience(timeout: number): number {
    return Math.min(timeout === 0 ? 600 : timeout, this.options.patience ?? 300);
  }

  #api(): ApiClient {
    const api = this.options.contexts[this.#context];
    if (api === undefined) throw new Error(`there is no context "${this.#context}"`);
    return api;
  }
}

class KindMissing extends Error {}

const DELETE_UNREACHABLE =
  "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
  'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

/** What the plug-in tells a person of a refusal. */
function explained(error: unknown, manager: string): string {
  if (!(error instanceof ApiError) || error.status !== 409) return messageOf(error);
  if (error.reason !== "AlreadyExists")
    return `server-side apply field conflict detected\nThe resource managed by field manager "${manager}" had an apply conflict: ${error.message}`;
  const ways = [
    "Renaming a Pulumi resource: use an alias to preserve the identity",
    "Adopting a resource into Pulumi: use `pulumi import`",
    "Intentional upsert: set upsertExistingObjects on the provider",
  ];
  return `${error.message}\n\nThe resource already exists in the cluster. This can happen when:\n${ways.map((way) => `  - ${way}`).join("\n")}`;
}

function unsuccessful({ urn }: ResourceRequest, why: string): string {
  return `resource "${urn}" was not successfully created by the Kubernetes API server: ${why}`;
}

function isNamespaceMissing(error: ApiError): boolean {
  return isNotFound(error) && /^namespaces "[^"]+" not found$/.test(error.message);
}

/** As the engine shall record a live object: what was declared of it, and under which name it is managed. */
function seen(live: KubernetesObject, inputs: Properties, manager: string): Record<string, unknown> {
  const declared = normalized(objectOf(inputs));
  return { ...recordOf(likeDeclared(live, declared) as KubernetesObject, inputs), [FIELD_MANAGER]: manager };
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

/** One that manages some fields of an object that is somebody else's. */
function isPatch(type: string, { kind }: KubernetesObject): boolean {
  return type.endsWith("Patch") && !kind.endsWith("Patch");
}

/** What a manager applies that lets go of all fields. */
function identityOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function isMissing(error: unknown): boolean {
  return error instanceof KindMissing || isNotFound(error);
}
