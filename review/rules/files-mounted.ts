import { inventory, type Inventory } from "../kubernetes/inventory";
import { title } from "../kubernetes/objects";
import { containersOf, type PodGroup } from "../kubernetes/pods";
import { at, listAt, recordAt, textAt } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "files-mounted";
const { error } = reporter(name);

export const filesMounted: Rule = {
  name,
  title: "Every certificate, key and configuration that a program is told of by its path is in a volume of its container.",
  why: "A program that does not find the CA refuses every server, and one without its configuration ends: pods start, and do nothing.",
  check: (plan) => {
    const known = inventory(plan);
    return known.pods.flatMap((group) => groupFindings(group, known));
  },
};

/** Where images have files of their own. */
const OF_IMAGES =
  /^\/(?:usr|bin|sbin|lib|lib64|opt|proc|sys|dev|run|var\/run)\/|^\/etc\/(?:ssl|pki)\/.*(?:ca-certificates\.crt|ca-bundle(?:\.trust)?\.crt|ca-bundle\.pem|cert\.pem)$/;
/** Files that no image brings along: what one trusts, and what one is. */
const CREDENTIAL = /\.(?:crt|pem|key|cer|p12|jks|pfx)$/;

function groupFindings(group: PodGroup, known: Inventory): Finding[] {
  return containersOf(group.spec).flatMap((container) => {
    const field = listAt(group.spec, "containers").includes(container) ? "containers" : "initContainers";
    const path = [...group.specPath, field, listAt(group.spec, field).indexOf(container)];
    const mounts = mountsOf(container, group, known);
    const seen = new Set<string>();
    const found = toldOf(container, path, mounts).flatMap(({ file, at: where }) => {
      if (seen.has(file) || OF_IMAGES.test(file)) return [];
      seen.add(file);
      const problem = missing(file, mounts);
      return problem === undefined
        ? []
        : [error(group.object.resource, where, `${title(group.object)} is told of the file ${file}, ${problem}`)];
    });
    return [...found, ...publicAuthorities(container, group, path)];
  });
}

/** Who connects to a server of the cluster and trusts the authorities of the internet alone. */
function publicAuthorities(container: unknown, { object }: PodGroup, path: readonly (string | number)[]): Finding[] {
  const env = listAt(container, "env").map((one) => ({ name: textAt(one, "name") ?? "", value: textAt(one, "value") ?? "" }));
  return env.flatMap(({ name: variable, value }, i) => {
    if (!/(?:ROOTCERT|CA_?(?:FILE|CERT|BUNDLE|PATH))$/.test(variable) || !(value === "system" || OF_IMAGES.test(value)))
      return [];
    const stem = variable.startsWith("PG") ? "PG" : variable.slice(0, variable.indexOf("_") + 1);
    const host = env.find((one) => one.name.startsWith(stem) && one.name.endsWith("HOST") && /\.svc(?:\.|$)/.test(one.value));
    if (stem === "" || host === undefined) return [];
    const message = `trusts the authorities of the internet (${value}), and the certificate of ${host.value} is of the cluster's own CA: it refuses it; name the file of that CA`;
    return [error(object.resource, [...path, "env", i, "value"], message)];
  });
}

interface Mount {
  readonly folder: string;
  /** It is this one file. */
  readonly single: boolean;
  /** Files in it, by their paths; absent where they are not known. */
  readonly files?: readonly string[];
  /** Contents of the configurations in it. */
  readonly contents: readonly string[];
  readonly path: readonly (string | number)[];
}

function missing(file: string, mounts: readonly Mount[]): string | undefined {
  const [mount] = mounts
    .filter(({ folder, single }) => file === folder || (!single && file.startsWith(folder.endsWith("/") ? folder : `${folder}/`)))
    .sort((a, b) => b.folder.length - a.folder.length);
  if (mount === undefined) return CREDENTIAL.test(file) ? "which no volume has; mount it, or correct the path" : undefined;
  if (mount.files === undefined || mount.single) return undefined;
  const inside = file.slice(mount.folder.length).replace(/^\/+/, "");
  if (inside === "" || mount.files.includes(inside) || mount.files.some((one) => one.startsWith(`${inside}/`))) return undefined;
  return `and the volume at ${mount.folder} has ${mount.files.join(", ")} only; correct the path, or the volume's items`;
}

interface Told {
  readonly file: string;
  readonly at: readonly (string | number)[];
}

/** Absolute paths of files with an ending. */
const FILE =
  /(?<![\w.$})/*:-])(\/(?:[\w.-]+\/)+[\w-][\w.-]*\.(?:crt|pem|key|cer|p12|jks|pfx|ya?ml|json|conf|cfg|ini|config|sql|acl|sh|toml|properties))(?![\w/*-])/g;

function toldOf(container: unknown, path: readonly (string | number)[], mounts: readonly Mount[]): Told[] {
  const words: readonly (readonly [unknown, readonly (string | number)[]])[] = [
    ...listAt(container, "env").map((one, i) => [textAt(one, "value"), [...path, "env", i, "value"]] as const),
    ...["command", "args"].flatMap((field) => listAt(container, field).map((word, i) => [word, [...path, field, i]] as const)),
    ...mounts.flatMap(({ contents, path: at }) => contents.map((content) => [content, at] as const)),
  ];
  return words.flatMap(([text, where]) =>
    typeof text === "string" ? [...text.matchAll(FILE)].map(([, file = ""]) => ({ file, at: where })) : [],
  );
}

function mountsOf(container: unknown, { spec, specPath, namespace }: PodGroup, known: Inventory): Mount[] {
  const volumes = listAt(spec, "volumes");
  return listAt(container, "volumeMounts").flatMap((mount) => {
    const index = volumes.findIndex((one) => textAt(one, "name") === textAt(mount, "name"));
    const folder = textAt(mount, "mountPath");
    if (folder === undefined) return [];
    const within = textAt(mount, "subPath") ?? textAt(mount, "subPathExpr");
    const content = within === undefined ? contentOf(volumes[index], namespace, known) : { contents: [] };
    return [{ folder, single: within !== undefined, path: [...specPath, "volumes", Math.max(0, index)], ...content }];
  });
}

/** Files of a volume of a Secret, a ConfigMap or several of them, where the plan knows all of them. */
function contentOf(volume: unknown, namespace: string, known: Inventory): Pick<Mount, "files" | "contents"> {
  const sources = at(volume, "projected") === undefined ? [volume] : listAt(volume, "projected", "sources");
  const parts = sources.map((source) => sourceOf(source, namespace, known));
  const files = parts.map((part) => part.files);
  return {
    contents: parts.flatMap(({ contents }) => contents),
    ...(files.every((one): one is string[] => one !== undefined) ? { files: files.flat() } : {}),
  };
}

function sourceOf(source: unknown, namespace: string, known: Inventory): { files?: string[]; contents: string[] } {
  const [kind, reference] =
    at(source, "configMap") === undefined
      ? (["Secret", recordAt(source, "secret")] as const)
      : (["ConfigMap", recordAt(source, "configMap")] as const);
  const object = textAt(reference, "secretName") ?? textAt(reference, "name");
  if (object === undefined) return { contents: [] };
  const inputs = known.find(kind, namespace, object)?.resource.inputs;
  const data = { ...recordAt(inputs, "data"), ...recordAt(inputs, "stringData"), ...recordAt(inputs, "binaryData") };
  const items = listAt(reference, "items");
  const contents = Object.entries(data).flatMap(([key, value]) =>
    typeof value === "string" &&
    !value.includes('"panels"') &&
    (items.length === 0 || items.some((one) => textAt(one, "key") === key))
      ? [value]
      : [],
  );
  if (items.length > 0) return { files: items.map((one) => textAt(one, "path") ?? ""), contents };
  const keys =
    inputs === undefined
      ? known.made.find((one) => one.kind === kind && one.namespace === namespace && one.name === object)?.keys
      : Object.keys(data);
  return { ...(keys === undefined || keys.length === 0 ? {} : { files: [...keys] }), contents };
}
