import { PlanError } from "../errors";
import type { Resource, Source } from "./plan";
import { SECRET, UNKNOWN } from "./plan";

/*
 * A resource monitor that stands where the Pulumi engine would: it answers every registration as a preview does and
 * keeps what it was asked. The SDK's own mocks lose the URN's parent chain, protect, dependencies and more, see
 * docs/architecture.md.
 */

/** The parts that are used of `pulumirpc.RegisterResourceRequest`. Source: the SDK's proto/resource_pb.d.ts */
export interface RegisterResourceRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getRemote(): boolean;
  getProvider(): string;
  hasProtect(): boolean;
  getProtect(): boolean | undefined;
  hasRetainondelete(): boolean;
  getRetainondelete(): boolean | undefined;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getDeletebeforereplace(): boolean;
  getAliasesList(): { getUrn(): string; getSpec(): AliasSpec | undefined }[];
  getCustomtimeouts(): { getCreate(): string; getUpdate(): string; getDelete(): string } | undefined;
  getAdditionalsecretoutputsList(): string[];
  getObject(): Struct | undefined;
  getSourceposition(): { getUri(): string; getLine(): number } | undefined;
}

interface AliasSpec {
  getName(): string;
  getType(): string;
  getParenturn(): string;
  getNoparent(): boolean;
}

interface Struct {
  toJavaScript(): Record<string, unknown>;
}

type Callback = (error: Error | null, response?: unknown) => void;

const STACK_TYPE = "pulumi:pulumi:Stack";

/** Keys of the SDK's wire format. Source: @pulumi/pulumi runtime/rpc.ts */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface MonitorArgs {
  readonly project: string;
  readonly stack: string;
  /** What only a real run computes is unknown, as the id of a resource. */
  readonly preview: boolean;
  /** Makes the `Struct` of a response. */
  readonly toStruct: (value: Record<string, unknown>) => unknown;
  /** Folder that sources are given relative to. */
  readonly relativeSource: (uri: string) => string;
}

export class RecordingMonitor {
  readonly resources: Resource[] = [];
  outputs: Record<string, unknown> = {};
  /** What no plan can show, in the order in which the program asked for it. */
  readonly refusals: PlanError[] = [];
  private readonly byUrn = new Map<string, Resource>();

  constructor(private readonly args: MonitorArgs) {}

  registerResource(request: RegisterResourceRequest, callback: Callback): void {
    if (request.getRemote()) {
      this.refuse(
        `${described(request)} makes its resources inside of a plugin, so that no plan can show them; declare them here`,
      );
    }
    const sent = request.getObject()?.toJavaScript() ?? {};
    const resource = this.record(request, sent);
    const state: Record<string, unknown> = { ...sent };
    // Outputs that the provider makes secret, as a generated password. A placeholder, so that what is made of them is
    // recorded as what it will be: a secret with these keys, not a thing unknown as a whole.
    for (const key of request.getAdditionalsecretoutputsList()) {
      state[key] ??= { [SIGNATURE]: SECRET_SIGNATURE, value: SECRET };
    }
    this.answer(callback, resource.urn, request.getCustom(), state);
  }

  registerResourceOutputs(request: { getUrn(): string; getOutputs(): Struct | undefined }, callback: Callback): void {
    if (this.byUrn.get(request.getUrn())?.type === STACK_TYPE) {
      this.outputs = readable(request.getOutputs()?.toJavaScript() ?? {}) as Record<string, unknown>;
    }
    callback(null, {});
  }

  readResource(request: { getType(): string; getName(): string; getParent(): string }, callback: Callback): void {
    this.refuse(`${described(request)} reads what exists already; a plan knows only what is declared`);
    this.answer(callback, this.urn(request.getType(), request.getName(), request.getParent()), true, {});
  }

  invoke(request: { getTok(): string }, callback: Callback): void {
    this.refuse(`${request.getTok()} asks a provider; a plan has none`);
    callback(null, { getReturn: () => this.args.toStruct({}), getFailuresList: () => [] });
  }

  supportsFeature(_request: unknown, callback: Callback): void {
    callback(null, { getHassupport: () => true });
  }

  registerPackage(_request: unknown, callback: Callback): void {
    callback(null, { getRef: () => "" });
  }

  /** Notes it and lets the program go on: an error here would only come back once for each of its Outputs. */
  private refuse(message: string): void {
    this.refusals.push(new PlanError(message));
  }

  private answer(callback: Callback, urn: string, custom: boolean, state: Record<string, unknown>): void {
    callback(null, {
      getUrn: () => urn,
      // Without an id the SDK takes it, and all that is made of it, for unknown.
      getId: () => (custom && !this.args.preview ? `${urn.slice(urn.lastIndexOf("::") + 2)}-id` : ""),
      getObject: () => this.args.toStruct(state),
      getProperties: () => this.args.toStruct(state),
      getPropertydependenciesMap: () => undefined,
      getResult: () => 0,
    });
  }

  private record(request: RegisterResourceRequest, sent: Record<string, unknown>): Resource {
    const parent = request.getParent() === "" ? undefined : request.getParent();
    const urn = this.urn(request.getType(), request.getName(), parent);
    if (this.byUrn.has(urn)) this.refuse(`two resources have the URN ${urn}; give one of them another name`);
    const provider = request.getProvider();
    const inherited = parent === undefined ? undefined : this.byUrn.get(parent);
    const resource: Resource = {
      urn,
      type: request.getType(),
      name: request.getName(),
      ...(parent === undefined ? {} : { parent }),
      custom: request.getCustom(),
      ...(provider === "" ? {} : { provider: provider.slice(0, provider.lastIndexOf("::")) }),
      // Where a resource does not say, the engine takes what its parent says.
      protect: (request.hasProtect() ? request.getProtect() : inherited?.protect) ?? false,
      retainOnDelete: (request.hasRetainondelete() ? request.getRetainondelete() : inherited?.retainOnDelete) ?? false,
      dependsOn: [...request.getDependenciesList()].sort(),
      propertyDependencies: propertyDependencies(request),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      aliases: request.getAliasesList().map((alias) => describeAlias(alias.getUrn(), alias.getSpec())),
      customTimeouts: timeouts(request),
      inputs: readable(sent) as Record<string, unknown>,
      ...this.source(request),
    };
    this.byUrn.set(urn, resource);
    this.resources.push(resource);
    return resource;
  }

  /** As the engine makes it: the types of all ancestors but the stack, joined by `$`. */
  private urn(type: string, name: string, parent: string | undefined): string {
    const parentType = parent?.split("::")[2] ?? "";
    const qualified = parentType === "" || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.args.stack}::${this.args.project}::${qualified}::${name}`;
  }

  private source(request: RegisterResourceRequest): { source?: Source } {
    const position = request.getSourceposition();
    if (position === undefined) return {};
    return { source: { file: this.args.relativeSource(position.getUri()), line: position.getLine() } };
  }
}

function described(request: { getType(): string; getName(): string }): string {
  return `${request.getType()} ${request.getName()}`;
}

function propertyDependencies(request: RegisterResourceRequest): Record<string, string[]> {
  const entries = [...request.getPropertydependenciesMap().entries()]
    .map(([key, dependencies]) => [key, [...dependencies.getUrnsList()].sort()] as const)
    .filter(([, urns]) => urns.length > 0);
  return Object.fromEntries(entries);
}

function describeAlias(urn: string, spec: AliasSpec | undefined): string {
  if (spec === undefined) return urn;
  const parts = { name: spec.getName(), type: spec.getType(), parent: spec.getNoparent() ? "none" : spec.getParenturn() };
  return Object.entries(parts)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function timeouts(request: RegisterResourceRequest): Record<string, string> {
  const given = request.getCustomtimeouts();
  const all = { create: given?.getCreate(), update: given?.getUpdate(), delete: given?.getDelete() };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** Values of the wire format as a reader may see them: secrets hidden at the leaf, unknowns named. */
function readable(value: unknown): unknown {
  if (value === UNKNOWN_VALUE) return UNKNOWN;
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET_SIGNATURE) return redacted(object.value);
  if (object[SIGNATURE] === RESOURCE_SIGNATURE) return object.urn;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object)) result[key] = readable(object[key]);
  return result;
}

/** The shape of a secret, as the keys of a Secret's data, with every leaf hidden. */
function redacted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return SECRET;
  if (Array.isArray(value)) return value.map(redacted);
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET_SIGNATURE) return redacted(object.value);
  return Object.fromEntries(Object.entries(object).map(([key, leaf]) => [key, redacted(leaf)]));
}
