import { helmRelease } from "../kubernetes/helm";
import { inventory, type Inventory, type Scale } from "../kubernetes/inventory";
import { kubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { listAt, textAt } from "../kubernetes/value";
import type { Plan, Resource } from "../plan/plan";

/** A plan as a reader goes through it: part by part, what runs and what holds data first. */
export interface Outline {
  readonly parts: readonly Part[];
}

/** A top-level component, with all that is below it; `undefined` as component collects what is beside the components. */
export interface Part {
  readonly name: string;
  readonly type?: string;
  readonly resources: number;
  readonly rows: readonly Row[];
  /** Kinds worth naming one by one, and their objects. */
  readonly named: readonly Kind[];
  /** Kinds that every part has, counted only. */
  readonly counted: readonly Kind[];
}

export interface Kind {
  readonly kind: string;
  readonly names: readonly string[];
  /** All of them are. */
  readonly protected: boolean;
}

/** Something that runs. */
export interface Row {
  readonly name: string;
  readonly kind: string;
  readonly protected: boolean;
  readonly pods?: { readonly group: PodGroup; readonly scale: Scale; readonly scaledOn: readonly string[] };
  /** A remark in place of pods, e.g. the chart of a Helm release. */
  readonly remark?: string;
}

/** Kinds that come with everything that runs; their number tells enough. */
const PLUMBING = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
  "HorizontalPodAutoscaler",
  "LimitRange",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "PodMonitor",
  "RandomPassword",
  "Role",
  "RoleBinding",
  "ScaledObject",
  "Secret",
  "Service",
  "ServiceAccount",
  "ServiceMonitor",
]);

export function outline(plan: Plan): Outline {
  const known = inventory(plan);
  const groups = new Map(known.pods.map((group) => [group.object.resource.urn, group]));
  const parents = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const top = (resource: Resource): Resource => {
    const parent = resource.parent === undefined ? undefined : parents.get(resource.parent);
    return parent?.parent === undefined ? resource : top(parent);
  };
  const parts = new Map<string, Resource[]>();
  for (const resource of plan.resources) {
    if (resource.parent === undefined) continue;
    const part = top(resource);
    const key = part.custom ? "" : part.urn;
    const members = parts.get(key) ?? [];
    parts.set(key, members);
    if (resource.custom) members.push(resource);
  }
  return {
    parts: [...parts].map(([urn, members]) => {
      const component = parents.get(urn);
      const rows = members.map((resource) => row(resource, groups.get(resource.urn), known));
      const rest = members.filter((_, i) => rows[i] === undefined);
      const kinds = byKind(rest);
      return {
        name: component?.name ?? "beside the components",
        ...(component === undefined ? {} : { type: component.type }),
        resources: members.length,
        rows: rows.filter((one) => one !== undefined).sort((a, b) => compare(a.name, b.name)),
        named: kinds.filter(({ kind }) => !PLUMBING.has(kind)),
        counted: kinds.filter(({ kind }) => PLUMBING.has(kind)),
      };
    }),
  };
}

function row(resource: Resource, group: PodGroup | undefined, known: Inventory): Row | undefined {
  const common = { kind: kindOf(resource), protected: resource.protect };
  const release = helmRelease(resource);
  if (release !== undefined) {
    return {
      ...common,
      name: release.name,
      kind: "Helm release",
      remark: `${release.chart.split("/").at(-1) ?? ""} ${release.version}`,
    };
  }
  const name = kubeObject(resource)?.name ?? resource.name;
  if (group !== undefined)
    return { ...common, name, pods: { group, scale: known.scale(group), scaledOn: scaledOn(group, known) } };
  return undefined;
}

/** What the autoscaler of a group looks at: `cpu`, `rabbitmq`, or the name that a query has. */
function scaledOn({ object }: PodGroup, { autoscalers }: Inventory): string[] {
  const owner = autoscalers.find(
    ({ target }) => target.kind === object.kind && target.namespace === object.namespace && target.name === object.name,
  );
  if (owner === undefined) return [];
  const metrics =
    owner.object.kind === "ScaledObject"
      ? listAt(owner.object.spec, "triggers").map((trigger) =>
          textAt(trigger, "type") === "prometheus" ? (textAt(trigger, "name") ?? "prometheus") : textAt(trigger, "type"),
        )
      : listAt(owner.object.spec, "metrics").map(
          (metric) =>
            textAt(metric, "resource", "name") ??
            textAt(metric, "containerResource", "name") ??
            textAt(metric, "pods", "metric", "name") ??
            textAt(metric, "external", "metric", "name"),
        );
  return [...new Set(metrics.filter((metric) => metric !== undefined))];
}

/** `kubernetes:apps/v1:Deployment` → `Deployment`; other packages keep theirs: `aws:s3/bucket:Bucket` → `aws Bucket`. */
function kindOf({ type }: Resource): string {
  const kind = type.split(":").at(-1) ?? type;
  const pkg = type.split(":")[0] ?? "";
  if (type.startsWith("pulumi:providers:")) return "provider";
  return pkg === "kubernetes" || pkg === "random" ? kind : `${pkg} ${kind}`;
}

function byKind(resources: readonly Resource[]): Kind[] {
  const kinds = new Map<string, Resource[]>();
  for (const resource of resources) kinds.set(kindOf(resource), [...(kinds.get(kindOf(resource)) ?? []), resource]);
  return [...kinds]
    .sort(([a], [b]) => compare(a, b))
    .map(([kind, members]) => ({
      kind,
      names: members.map((resource) => kubeObject(resource)?.name ?? resource.name).sort(compare),
      protected: members.every((resource) => resource.protect),
    }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
