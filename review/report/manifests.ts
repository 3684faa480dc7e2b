import { goYaml } from "../../components/schema/yaml";
import { appliedObject, type KubeObject } from "../kubernetes/objects";
import { isRecord, leaves } from "../kubernetes/value";
import { SECRET, UNKNOWN, type Plan } from "../plan/plan";

/** What stands for a value that only the real run knows: valid in labels, names and annotations too. */
export const UNKNOWN_PLACEHOLDER = "known-after-apply";

interface Manifest {
  /** `<namespace or cluster>/<kind>-<name>.yaml` */
  readonly file: string;
  readonly text: string;
}

export interface Manifests {
  /** Whole objects first (namespaces, definitions), then by namespace, kind and name. */
  readonly manifests: readonly Manifest[];
  /** Values in them that only a real run knows. */
  readonly unknown: number;
  /** Values in them that are secret. */
  readonly secret: number;
  /** Resources of the plan that are no Kubernetes objects. */
  readonly left: number;
}

/** The Kubernetes objects of a plan, as `kubectl apply --server-side` takes them. */
export function manifestsOf(plan: Plan): Manifests {
  const objects = plan.resources.flatMap((resource) => appliedObject(resource) ?? []).sort((a, b) => compare(order(a), order(b)));
  const values = objects.flatMap((object) => leaves(object.resource.inputs).map(([, value]) => value));
  const files = new Set<string>();
  return {
    manifests: objects.map((object) => ({
      file: unused(fileName(object), files),
      text: goYaml(body(object)),
    })),
    unknown: values.filter((value) => value === UNKNOWN).length,
    secret: values.filter((value) => typeof value === "string" && value.includes(SECRET)).length,
    left: plan.resources.filter((resource) => resource.custom).length - objects.length,
  };
}

function fileName({ namespace, kind, name }: KubeObject): string {
  const safe = name.replaceAll(/[^a-z0-9.-]+/gi, "-");
  return `${namespace === "" ? "cluster" : namespace}/${kind.toLowerCase()}-${safe}.yaml`;
}

/** Two objects may have one kind and name in two API groups. */
function unused(file: string, files: Set<string>): string {
  let candidate = file;
  for (let i = 2; files.has(candidate); i++) candidate = file.replace(/\.yaml$/, `-${i}.yaml`);
  files.add(candidate);
  return candidate;
}

const FIRST = ["CustomResourceDefinition", "Namespace", "PriorityClass", "StorageClass"];

function order({ namespace, kind, name }: KubeObject): string {
  const rank = namespace !== "" ? FIRST.length + 1 : FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;
  return [rank, namespace, kind, name].join("\0");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The object as the API server takes it: no comments of Pulumi's, placeholders that parse. */
function body({ kind, resource }: KubeObject): unknown {
  const { apiVersion, metadata, ...rest } = resource.inputs;
  const named = isRecord(metadata) && metadata.name === undefined ? { ...metadata, name: resource.name.toLowerCase() } : metadata;
  const inputs = { apiVersion, kind, metadata: named, ...rest };
  if (kind !== "Secret" || !isRecord(inputs)) return applicable(inputs);
  const { data, ...others } = inputs as { data?: unknown };
  if (data === undefined) return applicable(others);
  // `data` is base64; a map whose keys only the real run knows stays empty.
  const encoded = isRecord(data) ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])) : {};
  return { ...(applicable(others) as object), data: encoded };
}

function base64(value: unknown): string {
  return value === SECRET || value === UNKNOWN ? Buffer.from(SECRET).toString("base64") : String(value);
}

function applicable(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_PLACEHOLDER;
  if (Array.isArray(value)) return value.map(applicable);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, applicable(item)]));
}
