import * as pulumi from "@pulumi/pulumi";
import * as sdkResource from "@pulumi/pulumi/runtime/resource";
import * as sdkRpc from "@pulumi/pulumi/runtime/rpc";
import { type Alias, type Declaration, idOf, type RecordingMonitor, stateOf } from "./monitor";
import { plainCopy } from "./plain-copy";

/*
 * The SDK keeps each resource as some hundred promises until the whole program has run, because any input may still be
 * waited for. Of most resources of a plan everything is known in the line that declares them: these are recorded in that
 * line. The others go the SDK's way, and both are held against each other in the tests, and against the real engine.
 */

type Options = pulumi.CustomResourceOptions & pulumi.ComponentResourceOptions;
interface Position {
  readonly uri: string;
  readonly line: number;
}
type RegisterResource = (
  resource: pulumi.Resource,
  parent: pulumi.Resource | undefined,
  type: string,
  name: string,
  custom: boolean,
  remote: boolean,
  newDependency: unknown,
  props: Record<string, unknown>,
  opts: Options,
  sourcePosition?: Position,
  stackTrace?: unknown,
  packageRef?: unknown,
) => void;

/** What the SDK's declarations leave out. */
interface Internals {
  readonly __transformations?: pulumi.ResourceTransformation[];
  readonly __childResources?: ReadonlySet<pulumi.Resource>;
}
interface Rpc {
  deserializeProperty(value: unknown): unknown;
  isRpcSecret(value: unknown): boolean;
  unwrapRpcSecret(value: unknown): unknown;
}
type NewOutput = new (
  resource: pulumi.Resource,
  value: Promise<unknown>,
  isKnown: Promise<boolean>,
  isSecret: Promise<boolean>,
  resources: Promise<readonly pulumi.Resource[]>,
) => pulumi.Output<unknown>;

/** Options that are recorded here; a resource with any other goes the SDK's way. */
const OPTIONS = new Set([
  ...["parent", "provider", "providers", "dependsOn", "transformations", "version", "pluginDownloadURL", "aliases", "protect"],
  ...["retainOnDelete", "customTimeouts", "ignoreChanges", "replaceOnChanges", "deleteBeforeReplace", "additionalSecretOutputs"],
]);

/**
 * Has every resource of which all is known recorded where it is declared. To be called inside the program, before it
 * declares anything.
 * @returns undoes it
 */
export async function recordKnownResources(
  monitor: RecordingMonitor,
  preview: boolean,
  stack: pulumi.Resource,
): Promise<() => void> {
  const sdk = sdkResource as unknown as { registerResource: RegisterResource };
  const { registerResource } = sdk;
  if (typeof registerResource !== "function") {
    throw new Error("this version of @pulumi/pulumi registers resources in another way; adapt review/plan/known-resources.ts");
  }
  // Only when it is recorded itself can what is in it be.
  const stackUrn = await new Promise<string>((resolve) => stack.urn.apply(resolve));
  const urns = new WeakMap([[stack, stackUrn]]);
  const aliases = new WeakMap<pulumi.Resource, Options["aliases"]>();

  sdk.registerResource = (resource, parent, type, name, custom, remote, newDependency, props, opts, position, ...rest) => {
    const kept = aliases.get(resource);
    if (kept !== undefined) opts.aliases = kept;
    const parentUrn = parent && urns.get(parent);
    urns.set(resource, monitor.urn(type, name, parentUrn));
    const declaration =
      remote || parentUrn === undefined || !monitor.has(parentUrn) || rest[1] !== undefined
        ? undefined
        : declarationOf(resource, { type, name, parent: parentUrn, custom, props, opts, urns });
    if (declaration === undefined) {
      registerResource(resource, parent, type, name, custom, remote, newDependency, props, opts, position, ...rest);
      return;
    }
    const { urn } = monitor.record({ ...declaration, ...(position === undefined ? {} : { source: position }) });
    const state = stateOf(declaration);
    const id = custom && !preview ? idOf(urn) : undefined;
    Object.assign(resource, { urn: known(resource, urn) }, custom ? { id: known(resource, id, id !== undefined) } : {});
    if (custom) Object.assign(resource, outputs(resource, props, state, preview));
  };

  (stack as Internals).__transformations?.push(withoutAliases(aliases));
  return () => {
    sdk.registerResource = registerResource;
  };
}

/**
 * Keeps the aliases out of the SDK's constructor, which makes a URN of each, of Outputs in Outputs, for engines older than
 * the SDK itself.
 */
function withoutAliases(kept: WeakMap<pulumi.Resource, Options["aliases"]>): pulumi.ResourceTransformation {
  return ({ resource, props, opts }) => {
    const { aliases, ...others } = opts;
    if (aliases === undefined) return undefined;
    kept.set(resource, aliases);
    return { props, opts: others };
  };
}

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly custom: boolean;
  readonly props: Record<string, unknown>;
  readonly opts: Options;
  readonly urns: WeakMap<pulumi.Resource, string>;
}

/** All that there is to record of a resource, or nothing where any of it has to be waited for. */
function declarationOf(
  resource: pulumi.Resource,
  { type, name, parent, custom, props, opts, urns }: Declared,
): Declaration | undefined {
  for (const [option, value] of Object.entries(opts)) if (value !== undefined && !OPTIONS.has(option)) return undefined;
  const aliases = aliasesOf(opts.aliases ?? [], parent);
  const dependencies = dependenciesOf(resource, opts.dependsOn, urns);
  const provider = custom && opts.provider ? urns.get(opts.provider) : undefined;
  if (aliases === undefined || dependencies === undefined || (custom && opts.provider && provider === undefined)) {
    return undefined;
  }
  const inputs: Record<string, unknown> = {};
  for (const key of Object.keys(props)) {
    // The SDK sets these itself.
    if (key === "id" || key === "urn") return undefined;
    const plain = plainCopy(props[key]);
    if (plain === undefined) return undefined;
    if (plain.copy !== undefined) inputs[key] = plain.copy;
  }
  return {
    ...{ type, name, parent, custom, dependencies, aliases, inputs },
    ...(provider === undefined ? {} : { provider }),
    ...(opts.protect === undefined ? {} : { protect: opts.protect }),
    ...(opts.retainOnDelete === undefined ? {} : { retainOnDelete: opts.retainOnDelete }),
    propertyDependencies: {},
    ignoreChanges: opts.ignoreChanges ?? [],
    replaceOnChanges: opts.replaceOnChanges ?? [],
    deleteBeforeReplace: opts.deleteBeforeReplace ?? false,
    additionalSecretOutputs: opts.additionalSecretOutputs ?? [],
    customTimeouts: opts.customTimeouts ?? {},
  };
}

function aliasesOf(aliases: readonly unknown[], parent: string): Alias[] | undefined {
  const result: Alias[] = [];
  for (const alias of aliases) {
    const copy = plainCopy(alias)?.copy;
    if (typeof copy === "string") result.push(copy);
    else if (typeof copy === "object" && copy !== null && !Object.hasOwn(alias as object, "parent")) {
      result.push({ name: "", type: "", parent, ...copy });
    } else return undefined;
  }
  return result;
}

/** URNs of the dependencies; found at the end of the program where a component is among them. */
function dependenciesOf(
  resource: pulumi.Resource,
  dependsOn: unknown,
  urns: WeakMap<pulumi.Resource, string>,
): Declaration["dependencies"] | undefined {
  const resources = [dependsOn ?? []].flat(Infinity);
  if (!resources.every((one): one is pulumi.Resource => pulumi.Resource.isInstance(one) && urns.has(one))) return undefined;
  const find = (): string[] => [...customResourcesIn(resources, resource)].map((one) => urns.get(one) ?? "");
  return resources.some((one) => pulumi.ComponentResource.isInstance(one)) ? find : find();
}

/** A component stands for the resources in it, as deep as there are components. Source: the SDK's runtime/dependsOn.ts */
function customResourcesIn(resources: Iterable<pulumi.Resource>, excluded: pulumi.Resource): Set<pulumi.Resource> {
  const seen = new Set<pulumi.Resource>();
  const visit = (one: pulumi.Resource): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if (pulumi.ComponentResource.isInstance(one) && one !== excluded) (one as Internals).__childResources?.forEach(visit);
  };
  for (const one of resources) visit(one);
  return new Set([...seen].filter((one) => pulumi.CustomResource.isInstance(one) && one !== excluded));
}

/** The properties of a resource: those of its class, with what the provider answers. */
function outputs(
  resource: pulumi.Resource,
  props: Record<string, unknown>,
  state: Record<string, unknown>,
  preview: boolean,
): Record<string, pulumi.Output<unknown>> {
  const rpc = sdkRpc as unknown as Rpc;
  return Object.fromEntries(
    Object.keys(props).map((key) => {
      const value = state[key];
      if (value === undefined) return [key, known(resource, undefined, !preview)];
      return [key, known(resource, rpc.unwrapRpcSecret(rpc.deserializeProperty(value)), true, rpc.isRpcSecret(value))];
    }),
  );
}

function known(resource: pulumi.Resource, value: unknown, isKnown = true, isSecret = false): pulumi.Output<unknown> {
  const Output = pulumi.Output as unknown as NewOutput;
  return new Output(resource, Promise.resolve(value), Promise.resolve(isKnown), Promise.resolve(isSecret), Promise.resolve([]));
}
