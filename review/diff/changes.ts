import { identityOf } from "../kubernetes/identity";

import { formerUrns } from "../plan/aliases";
import type { Plan } from "../plan/plan";
import { holderOf } from "../rules/deployed/holders";
import { sharedOptions, type Compared } from "./compared";
import { forcing, otherCluster, type Mutability } from "./force-new";
import { fieldOf, formatLeafPath, isReal, type Leaf } from "./leaf";
import { diffValues, hiddenOnBothSides } from "./values";

/**
 * What the engine would do with a resource. `metadata`: labels and annotations of the object itself, alone. `options`: what the engine keeps about
 * it, alone. `uncertain`: what differs is secret or not known yet. `noise`: nothing that anybody would notice.
 */
export type Verdict = "create" | "update" | "replace" | "destroy" | "move" | "metadata" | "options" | "uncertain" | "noise";

export interface Change {
  readonly verdict: Verdict;
  readonly urn: string;
  readonly type: string;
  /** False for components, of which there is nothing but what is in them. */
  readonly custom: boolean;
  /** URN before, where an alias leads to it. */
  readonly former?: string;
  /** What would be lost with it, e.g. `all orders`; absent for what can be made again. */
  readonly holds?: string;
  /** Fields that force a replacement, e.g. `spec.selector.matchLabels.app`; the provider's URN where that is replaced. */
  readonly forcedBy: readonly string[];
  /** Differences of the inputs, noise among them. */
  readonly leaves: readonly Leaf[];
  /** Differences of the options. */
  readonly options: readonly Leaf[];
  /** URN under which the same object is there, without an alias: creating it is refused, or takes it over and deletes it in the end. */
  readonly sameObject?: string;
  /** The engine refuses to destroy it. */
  readonly protected: boolean;
  /** The engine forgets it and leaves it where it is. */
  readonly retained: boolean;
}

export interface Diff {
  /** In the order of the plan, and then what is destroyed. */
  readonly changes: readonly Change[];
  /** Resources in which nothing differs. */
  readonly same: number;
  /** Values that are secret or unknown on both sides: whether they differ, nobody can say. */
  readonly notComparable: number;
}

/** What a plan does to what is there, as an earlier plan or a state says it. */
export function diffPlans(before: readonly Compared[], plan: Plan): Diff {
  const were = new Map(before.map((one) => [one.urn, one]));
  const formerly = formerUrns(plan, new Set(were.keys()));
  const renamed = new Map([...formerly].filter(([urn, former]) => urn !== former).map(([urn, former]) => [former, urn]));
  const stayed = new Set(formerly.values());
  const gone = before.filter(({ urn }) => !stayed.has(urn));
  const context = { renamed, mutable: mutabilityOf(plan) };
  const pairs = plan.resources.map((after) => [were.get(formerly.get(after.urn) ?? ""), after] as const);
  const kept = pairs.map(([former, after]) => (former === undefined ? created(after, gone) : changed(former, after, context)));
  const changes = withProviders([...kept, ...gone.map((one) => destroyed(one))], plan);
  return {
    changes: changes.filter(isChange),
    same: changes.filter((change) => !isChange(change)).length,
    notComparable: pairs.reduce((sum, [former, after]) => sum + (former ? hiddenOnBothSides(former.inputs, after.inputs) : 0), 0),
  };
}

function isChange({ verdict, leaves, options }: Change): boolean {
  return verdict !== "noise" || leaves.length > 0 || options.length > 0;
}

interface Context {
  /** Present URNs by former ones, of what moved. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly mutable: (provider: string | undefined) => Mutability;
}

function changed(before: Compared, after: Compared, { renamed, mutable }: Context): Change {
  const ignored = after.ignoreChanges ?? [];
  const leaves = diffValues(before.inputs, after.inputs, after.type).map((leaf) =>
    withIgnored(asRolled(leaf, after.type), ignored),
  );
  const options = diffValues(...sharedOptions(before, after, renamed), after.type);
  const forced = isProvider(after)
    ? otherCluster(before.inputs, after.inputs, leaves)
    : forcing(
        after,
        leaves.filter(({ noise }) => noise !== "ignored"),
        mutable(after.provider),
      );
  const moved = before.urn !== after.urn;
  return {
    ...described(after, before),
    verdict: forced.length > 0 ? "replace" : verdictOf(leaves, options, moved),
    ...(moved ? { former: before.urn } : {}),
    forcedBy: forced.map(({ path }) => formatLeafPath(path)),
    leaves,
    options,
  };
}

function verdictOf(leaves: readonly Leaf[], options: readonly Leaf[], moved: boolean): Verdict {
  const real = leaves.filter(isReal);
  const sure = real.filter(({ uncertain }) => uncertain === undefined);
  if (sure.length > 0) return sure.every(isMetadata) ? "metadata" : "update";
  if (moved) return "move";
  if (options.some(isReal)) return "options";
  return real.length > 0 ? "uncertain" : "noise";
}

/** Labels and annotations of the object itself; those that admission of pods reads are more than that. */
function isMetadata({ path }: Leaf): boolean {
  const field = fieldOf(path);
  return /^metadata\.(?:labels|annotations)(?:\.|$)/.test(field) && !field.includes("pod-security.kubernetes.io/");
}

const CONTROLLER = /^kubernetes:apps\/v1:(?:Deployment|StatefulSet|DaemonSet)$/;

/** A controller makes new pods for another order of variables, or another notation of a text, in their template: to it that is another template. */
function asRolled(leaf: Leaf, type: string): Leaf {
  const { noise, ...real } = leaf;
  const isTemplate = leaf.path[0] === "spec" && leaf.path[1] === "template";
  return isTemplate && CONTROLLER.test(type) && (noise === "order" || noise === "text") ? real : leaf;
}

function withIgnored(leaf: Leaf, ignored: readonly string[]): Leaf {
  const field = fieldOf(leaf.path);
  const lies = ignored.map((path) => path.replace(/\[(?:\d+|\*)\]/g, "[*]").replace(/\["([^"]*)"\]/g, ".$1"));
  return lies.some((path) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`))
    ? { ...leaf, noise: "ignored" }
    : leaf;
}

function created(one: Compared, gone: readonly Compared[]): Change {
  const identity = identityOf(one.type, one.inputs);
  const same = identity === undefined ? undefined : gone.find(({ type, inputs }) => identityOf(type, inputs) === identity);
  const change: Change = { ...described(one, one), verdict: "create", forcedBy: [], leaves: [], options: [] };
  return same === undefined ? change : { ...change, sameObject: same.urn };
}

function destroyed(one: Compared): Change {
  return { ...described(one, one), verdict: "destroy", forcedBy: [], leaves: [], options: [] };
}

/** @param was what is there: the engine refuses to delete, or leaves in its place, what its state says so of */
function described({ urn, type, custom }: Compared, was: Compared) {
  const { inputs, protect = false, retainOnDelete = false } = was;
  const holds = custom ? holderOf({ urn, type, inputs })?.holds : undefined;
  return { urn, type, custom, protected: protect, retained: retainOnDelete, ...(holds === undefined ? {} : { holds }) };
}

/** A provider that is recreated recreates all of its resources. */
function withProviders(changes: readonly Change[], plan: Plan): Change[] {
  const replaced = new Set(changes.filter((one) => isProvider(one) && one.verdict === "replace").map(({ urn }) => urn));
  if (replaced.size === 0) return [...changes];
  const providers = new Map(plan.resources.map(({ urn, provider }) => [urn, provider]));
  return changes.map((change) => {
    const provider = providers.get(change.urn);
    if (provider === undefined || !replaced.has(provider) || ["create", "destroy"].includes(change.verdict)) return change;
    return { ...change, verdict: "replace", forcedBy: [...change.forcedBy, provider] };
  });
}

function isProvider({ type }: Pick<Compared, "type">): boolean {
  return type.startsWith("pulumi:providers:");
}

function mutabilityOf({ resources }: Plan): Context["mutable"] {
  const inputs = new Map(resources.filter(isProvider).map((one) => [one.urn, one.inputs]));
  const says = (provider: string | undefined, field: string) => {
    const value = inputs.get(provider ?? "")?.[field];
    return value === true || value === "true";
  };
  return (provider) => ({ configMaps: says(provider, "enableConfigMapMutable"), secrets: says(provider, "enableSecretMutable") });
}
