import type { KubeObject } from "./objects";
import type { PodGroup } from "./pods";
import { REFERENCE_FIELDS } from "./reference-table";
import { at, isRecord, listAt, textAt } from "./value";

type Path = readonly (string | number)[];

/** A place where one object names another. */
export interface Reference {
  readonly path: Path;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Keys of the Secret or ConfigMap that are used. */
  readonly keys: readonly string[];
}

/** Kinds of objects of the whole cluster. */
const CLUSTER_WIDE = [
  "PriorityClass",
  "StorageClass",
  "ClusterRole",
  "ClusterIssuer",
  "ClusterTriggerAuthentication",
  "Namespace",
];

/** References of an object by the fields of its kind. */
export function objectReferences(object: KubeObject): Reference[] {
  const own = `${object.group}/${object.kind}`;
  return REFERENCE_FIELDS.filter(({ from }) => from === own).flatMap(({ path, to }) =>
    expand(object.resource.inputs, path.replaceAll("[]", ".[]").split(".")).flatMap(([where, value]): Reference[] => {
      const kind = to ?? textAt(value, "kind");
      const name = isRecord(value) ? textAt(value, "name") : value;
      // A mapping whose own kind is another one (an HTTPRoute that leads to a bucket) is not what is meant.
      const stated = textAt(value, "kind");
      if (kind === undefined || typeof name !== "string" || (to !== undefined && stated !== undefined && stated !== to))
        return [];
      const namespace = CLUSTER_WIDE.includes(kind) ? "" : (textAt(value, "namespace") ?? object.namespace);
      const key = textAt(value, "key");
      return [{ path: where, kind, namespace, name, keys: key === undefined ? [] : [key] }];
    }),
  );
}

function expand(value: unknown, parts: readonly string[], path: Path = []): [Path, unknown][] {
  const [part, ...rest] = parts;
  if (part === undefined) return value === undefined ? [] : [[path, value]];
  if (part === "[]") return Array.isArray(value) ? value.flatMap((item, i) => expand(item, rest, [...path, i])) : [];
  if (part === "*") {
    return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => expand(item, rest, [...path, key])) : [];
  }
  return isRecord(value) && Object.hasOwn(value, part) ? expand(value[part], rest, [...path, part]) : [];
}

/** What pods of a group name: accounts, priorities, volumes and variables. Optional references are left out. */
export function podReferences(group: PodGroup): Reference[] {
  const { spec, specPath, namespace } = group;
  const references: Reference[] = [];
  const add = (kind: string, path: Path, name: unknown, keys: readonly unknown[] = [], optional: unknown = false) => {
    if (typeof name !== "string" || optional === true) return;
    references.push({
      path: [...specPath, ...path],
      kind,
      namespace: CLUSTER_WIDE.includes(kind) ? "" : namespace,
      name,
      keys: keys.filter((key): key is string => typeof key === "string"),
    });
  };
  add("ServiceAccount", ["serviceAccountName"], spec.serviceAccountName);
  add("PriorityClass", ["priorityClassName"], spec.priorityClassName);
  for (const [i, secret] of listAt(spec, "imagePullSecrets").entries())
    add("Secret", ["imagePullSecrets", i], textAt(secret, "name"));
  for (const [i, volume] of listAt(spec, "volumes").entries()) {
    for (const [path, source] of [volume, ...listAt(volume, "projected", "sources")].map((s, j) => [j, s] as const)) {
      const where = path === 0 ? ["volumes", i] : ["volumes", i, "projected", "sources", path - 1];
      const keys = (field: string) => listAt(source, field, "items").map((item) => textAt(item, "key"));
      const secret = at(source, "secret");
      add(
        "Secret",
        [...where, "secret"],
        textAt(secret, "secretName") ?? textAt(secret, "name"),
        keys("secret"),
        at(secret, "optional"),
      );
      const configMap = at(source, "configMap");
      add("ConfigMap", [...where, "configMap"], textAt(configMap, "name"), keys("configMap"), at(configMap, "optional"));
    }
    const claim = textAt(volume, "persistentVolumeClaim", "claimName");
    add("PersistentVolumeClaim", ["volumes", i, "persistentVolumeClaim"], claim);
  }
  for (const field of ["containers", "initContainers"]) {
    for (const [i, container] of listAt(spec, field).entries()) {
      for (const [j, env] of listAt(container, "env").entries()) {
        const path = [field, i, "env", j, "valueFrom"];
        for (const [ref, kind] of [
          ["secretKeyRef", "Secret"],
          ["configMapKeyRef", "ConfigMap"],
        ] as const) {
          const from = at(env, "valueFrom", ref);
          add(kind, [...path, ref], textAt(from, "name"), [textAt(from, "key")], at(from, "optional"));
        }
      }
      for (const [j, source] of listAt(container, "envFrom").entries()) {
        for (const [ref, kind] of [
          ["secretRef", "Secret"],
          ["configMapRef", "ConfigMap"],
        ] as const) {
          add(kind, [field, i, "envFrom", j, ref], textAt(source, ref, "name"), [], at(source, ref, "optional"));
        }
      }
    }
  }
  return references;
}
