import { PlanError } from "../errors";
import { formatPath } from "../kubernetes/value";
import { findCircle } from "./circle";
import type { Resource } from "./plan";
import { SECRET, UNKNOWN } from "./plan";

/*
 * A resource monitor in the place of the Pulumi engine: it answers every registration as a preview does and
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

/** All that the SDK asks of the message in an answer. */
function structOf(value: Record<string, unknown>): Struct {
  return { toJavaScript: () => value };
}

/** What a program says of a resource. */
export interface Declaration {
  readonly type: string;
  readonly name: string;
  /** URN. */
  readonly parent?: string;
  readonly custom: boolean;
  /** URN. */
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  /** URNs, or what finds them when the program has ended. */
  readonly dependencies: readonly string[] | (() => Iterable<string>);
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  readonly customTimeouts: { readonly create?: string; readonly update?: string; readonly delete?: string };
  /** In the SDK's wire format. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly source?: { readonly uri: string; readonly line: number };
}

/** A URN, or its parts; those that are empty are the resource's own. */
export type Alias = string | { readonly name: string; readonly type: string; readonly parent: string };

/** The id that a resource gets where it is not unknown. */
export function idOf(urn: string): string {
  return `${urn.slice(urn.lastIndexOf("::") + 2)}-id`;
}

/** What the provider of a preview answers: the inputs, and its own secrets. In the SDK's wire format. */
export function stateOf({ inputs, additionalSecretOutputs }: Declaration): Record<string, unknown> {
  const state: Record<string, unknown> = { ...inputs };
  // Outputs that the provider makes secret, e.g. a generated password. A placeholder, so that what is made of them is
  // recorded as what it will be: a secret with these keys, not a thing unknown as a whole.
  for (const key of additionalSecretOutputs) state[key] ??= { [SIGNATURE]: SECRET_SIGNATURE, value: SECRET };
  return state;
}

function declarationOf(request: RegisterResourceRequest): Declaration {
  const parent = request.getParent();
  const provider = request.getProvider();
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    ...(parent === "" ? {} : { parent }),
    custom: request.getCustom(),
    ...(provider === "" ? {} : { provider: provider.slice(0, provider.lastIndexOf("::")) }),
    ...(request.hasProtect() ? { protect: request.getProtect() } : {}),
    ...(request.hasRetainondelete() ? { retainOnDelete: request.getRetainondelete() } : {}),
    dependencies: request.getDependenciesList(),
    propertyDependencies: propertyDependencies(request),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map((alias) => aliasOf(alias.getUrn(), alias.getSpec())),
    customTimeouts: { create: timeouts?.getCreate(), update: timeouts?.getUpdate(), delete: timeouts?.getDelete() },
    inputs: request.getObject()?.toJavaScript() ?? {},
    source: sourceOf(request.getSourceposition()),
  };
}

function aliasOf(urn: string, spec: AliasSpec | undefined): Alias {
  if (spec === undefined) return urn;
  return { name: spec.getName(), type: spec.getType(), parent: spec.getNoparent() ? "none" : spec.getParenturn() };
}

function sourceOf(position: { getUri(): string; getLine(): number } | undefined): Declaration["source"] {
  return position && { uri: position.getUri(), line: position.getLine() };
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
  /** What only a real run computes is unknown, e.g. the id of a resource. */
  readonly preview: boolean;
  /** What may be seen of a secret; nothing of most. */
  readonly shownText: (text: string) => string | undefined;
  /** Folder that sources are given relative to. */
  readonly relativeSource: (uri: string) => string;
}

export class RecordingMonitor {
  readonly resources: Resource[] = [];
  outputs: Record<string, unknown> = {};
  /** What no plan can show, in the order in which the program asked for it. */
  readonly refusals: PlanError[] = [];
  private readonly byUrn = new Map<string, Resource>();
  private readonly openDependencies: (() => void)[] = [];

  constructor(private readonly args: MonitorArgs) {}

  registerResource(request: RegisterResourceRequest, callback: Callback): void {
    if (request.getRemote()) {
      this.refuse(
        `${described(request)} makes its resources inside of a plugin, so that no plan can show them; declare them here`,
      );
    }
    const declaration = declarationOf(request);
    const { urn } = this.record(declaration);
    this.answer(callback, urn, declaration.custom, stateOf(declaration));
  }

  registerResourceOutputs(request: { getUrn(): string; getOutputs(): Struct | undefined }, callback: Callback): void {
    if (this.byUrn.get(request.getUrn())?.type === STACK_TYPE) {
      this.outputs = this.readable(request.getOutputs()?.toJavaScript() ?? {}).value;
    }
    callback(null, {});
  }

  readResource(request: { getType(): string; getName(): string; getParent(): string }, callback: Callback): void {
    this.refuse(`${described(request)} reads what exists already; a plan knows only what is declared`);
    this.answer(callback, this.urn(request.getType(), request.getName(), request.getParent()), true, {});
  }

  invoke(request: { getTok(): string }, callback: Callback): void {
    this.refuse(`${request.getTok()} asks a provider; a plan has none`);
    callback(null, { getReturn: () => structOf({}), getFailuresList: () => [] });
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
      getId: () => (custom && !this.args.preview ? idOf(urn) : ""),
      getObject: () => structOf(state),
      getProperties: () => structOf(state),
      getPropertydependenciesMap: () => undefined,
      getResult: () => 0,
    });
  }

  /** Keeps a resource as what the engine would make of its declaration. */
  record(declaration: Declaration): Resource {
    const { type, name, parent, provider, inputs, source } = declaration;
    const urn = this.urn(type, name, parent);
    if (this.byUrn.has(urn)) this.refuse(`two resources have the URN ${urn}; give one of them another name`);
    const inherited = parent === undefined ? undefined : this.byUrn.get(parent);
    const dependsOn: string[] = [];
    const { value: readableInputs, secretTexts } = this.readable(inputs);
    const resource: Resource = {
      urn,
      type,
      name,
      ...(parent === undefined ? {} : { parent }),
      custom: declaration.custom,
      ...(provider === undefined ? {} : { provider }),
      // Where a resource does not say, the engine takes what its parent says.
      protect: declaration.protect ?? inherited?.protect ?? false,
      retainOnDelete: declaration.retainOnDelete ?? inherited?.retainOnDelete ?? false,
      dependsOn,
      propertyDependencies: declaration.propertyDependencies,
      ignoreChanges: declaration.ignoreChanges,
      replaceOnChanges: declaration.replaceOnChanges,
      deleteBeforeReplace: declaration.deleteBeforeReplace,
      aliases: declaration.aliases.map(describeAlias),
      customTimeouts: timeouts(declaration.customTimeouts),
      inputs: readableInputs,
      ...(secretTexts.length === 0 ? {} : { secretTexts }),
      ...(source === undefined ? {} : { source: { file: this.args.relativeSource(source.uri), line: source.line } }),
    };
    const { dependencies } = declaration;
    const depend = (urns: Iterable<string>): void => void dependsOn.push(...[...urns].sort());
    if (typeof dependencies === "function") this.openDependencies.push(() => depend(dependencies()));
    else depend(dependencies);
    this.byUrn.set(urn, resource);
    this.resources.push(resource);
    return resource;
  }

  /** Values of the wire format as a reader may see them. */
  private readable(inputs: Readonly<Record<string, unknown>>): { value: Record<string, unknown>; secretTexts: string[] } {
    const secretTexts: string[] = [];
    const shown: Shown = {
      open: this.args.shownText,
      secret: (secret, path) => {
        const text = this.args.shownText(secret);
        if (text !== undefined) secretTexts.push(formatPath(path));
        return text;
      },
    };
    return { value: readable(inputs, shown, []) as Record<string, unknown>, secretTexts };
  }

  /** To be called when the program has ended: what depends on a component depends on all that is in it by then. */
  closeDependencies(): void {
    if (this.openDependencies.length === 0) return;
    for (const close of this.openDependencies.splice(0)) close();
    const circle = findCircle(this.resources);
    if (circle !== undefined) {
      const names = circle.map((urn) =>
        urn
          .slice(urn.lastIndexOf("$") + 1)
          .replace(/^urn:.*?::.*?::/, "")
          .replace("::", " "),
      );
      this.refuse(`these wait for each other, and none would ever be made: ${names.join(" → ")}`);
    }
  }

  has(urn: string): boolean {
    return this.byUrn.has(urn);
  }

  /** As the engine makes it: the types of all ancestors but the stack, joined by `$`. */
  urn(type: string, name: string, parent: string | undefined): string {
    const parentType = parent?.split("::")[2] ?? "";
    const qualified = parentType === "" || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.args.stack}::${this.args.project}::${qualified}::${name}`;
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

function describeAlias(alias: Alias): string {
  if (typeof alias === "string") return alias;
  return Object.entries(alias)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function timeouts(given: Declaration["customTimeouts"]): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

type Path = readonly (string | number)[];
/** What may be seen of a text at a place. */
interface Shown {
  readonly secret: (text: string, path: Path) => string | undefined;
  readonly open: (text: string) => string | undefined;
}

/** Values of the wire format as a reader may see them: secrets hidden at the leaf, unknowns named. */
function readable(value: unknown, shown: Shown, path: Path): unknown {
  if (value === UNKNOWN_VALUE) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item, i) => readable(item, shown, [...path, i]));
  if (typeof value === "string") return shown.open(value) ?? value;
  if (value === null || typeof value !== "object") return value;
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET_SIGNATURE) return redacted(object.value, shown, path);
  if (object[SIGNATURE] === RESOURCE_SIGNATURE) return object.urn;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object)) result[key] = readable(object[key], shown, [...path, key]);
  return result;
}

/** The shape of a secret, as the keys of a Secret's data, with every leaf hidden but what may be seen. */
function redacted(value: unknown, shown: Shown, path: Path): unknown {
  if (typeof value === "string") return shown.secret(value, path) ?? SECRET;
  if (value === null || typeof value !== "object") return SECRET;
  if (Array.isArray(value)) return value.map((item, i) => redacted(item, shown, [...path, i]));
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET_SIGNATURE) return redacted(object.value, shown, path);
  return Object.fromEntries(Object.entries(object).map(([key, leaf]) => [key, redacted(leaf, shown, [...path, key])]));
}
