import type { Resource } from "../../plan/plan";
import type { KubeObject } from "../objects";
import { entriesAt, entryOf, recordAt } from "../value";
import { hidden, type Problem } from "./problem";

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** The form that most names have. */
export function isSubdomain(name: string): boolean {
  return SUBDOMAIN.test(name) && name.length <= 253;
}

/** Kinds whose names are labels of the DNS, with the most characters. */
const LABELS: Readonly<Record<string, number>> = {
  Namespace: 63,
  Service: 63,
  CronJob: 52,
  Pod: 63,
  StatefulSet: 52,
  Cluster: 50,
};
/** Kinds that may be called almost anything. */
const FREE = /^(?:Cluster)?Role(?:Binding)?$/;

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;
const LABEL_NAME = /^[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;
const MOST_ANNOTATIONS = 256 * 2 ** 10;
/** Of all data of a ConfigMap or Secret. Source: https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const MOST_DATA = 2 ** 20;

export function metadataProblems(object: KubeObject): Problem[] {
  return [...nameProblems(object), ...labelProblems(object), ...dataProblems(object)];
}

function nameProblems({ kind, name, group }: KubeObject): Problem[] {
  if (hidden(name) || FREE.test(kind)) return [];
  const most = group === "" || ["apps", "batch", "postgresql.cnpg.io"].includes(group) ? entryOf(LABELS, kind) : undefined;
  const fine = most === undefined ? isSubdomain(name) : LABEL.test(name) && name.length <= most;
  // A Service's name begins with a letter.
  if (fine && !(kind === "Service" && /^\d/.test(name))) return [];
  const what = `small letters, digits and dashes${most === undefined ? ", and dots" : ""}, at most ${most ?? 253} characters`;
  return [{ path: ["metadata", "name"], message: `${name} is no name of a ${kind}; use ${what}` }];
}

/** Keys and values of labels that were looked at and are fine: every object has the same few. */
const fine = { keys: new Set<string>(), values: new Set<string>() };

function isLabelKey(key: string): boolean {
  if (fine.keys.has(key)) return true;
  const slash = key.lastIndexOf("/");
  const own = key.slice(slash + 1);
  const is = LABEL_NAME.test(own) && own.length <= 63 && (slash < 0 || SUBDOMAIN.test(key.slice(0, slash)));
  if (is) fine.keys.add(key);
  return is;
}

function isLabelValue(value: string): boolean {
  if (fine.values.has(value)) return true;
  const is = hidden(value) || (LABEL_VALUE.test(value) && value.length <= 63);
  if (is) fine.values.add(value);
  return is;
}

const LABELS_AT = [
  ["metadata", "labels"],
  ["spec", "template", "metadata", "labels"],
  ["spec", "selector", "matchLabels"],
] as const;

function labelProblems({ resource }: KubeObject): Problem[] {
  const problems: Problem[] = [];
  const what = "use letters, digits, dashes, dots and underscores, at most 63";
  for (const place of LABELS_AT) {
    for (const [key, value] of Object.entries(recordAt(resource.inputs, ...place))) {
      const message = !isLabelKey(key)
        ? `${key} is no key of a label; ${what}`
        : typeof value !== "string"
          ? `the value of ${key} is no text; put it in quotes`
          : isLabelValue(value)
            ? undefined
            : `${value} is no value of a label; ${what}`;
      if (message !== undefined) problems.push({ path: [...place, key], message });
    }
  }
  return [...problems, ...annotationProblems(resource)];
}

function annotationProblems({ inputs }: Resource): Problem[] {
  const problems: Problem[] = [];
  let size = 0;
  for (const [key, value] of entriesAt(inputs, "metadata", "annotations")) {
    if (typeof value === "string") size += key.length + value.length;
    else if (value !== undefined && value !== null) {
      problems.push({ path: ["metadata", "annotations", key], message: `the value of ${key} is no text; put it in quotes` });
    }
  }
  if (size > MOST_ANNOTATIONS) {
    problems.push({ path: ["metadata", "annotations"], message: "more than 256 KiB; the API refuses them" });
  }
  return problems;
}

function dataProblems({ kind, group, resource }: KubeObject): Problem[] {
  if (group !== "" || (kind !== "ConfigMap" && kind !== "Secret")) return [];
  const entries = ["data", "binaryData", "stringData"].flatMap((part) =>
    entriesAt(resource.inputs, part).map(([key, value]) => [part, key, value] as const),
  );
  const size = entries.reduce((sum, [, key, value]) => sum + key.length + sizeOf(value), 0);
  const keys = entries
    .filter(([, key]) => !/^[-._A-Za-z0-9]{1,253}$/.test(key) || key === "." || key.startsWith(".."))
    .map(([part, key]) => ({
      path: [part, key],
      message: `${key} is no key; use letters, digits, dashes, dots and underscores`,
    }));
  const values = entries
    .filter(([, , value]) => typeof value !== "string")
    .map(([part, key]) => ({ path: [part, key], message: `the value of ${key} is no text; put it in quotes` }));
  const problems: Problem[] = [
    ...keys,
    ...(Object.keys(recordAt(resource.inputs, "data")).length > 0 || kind === "ConfigMap" ? values : []),
  ];
  if (size > MOST_DATA) problems.push({ path: ["data"], message: "more than 1 MiB; the API refuses it: split it" });
  return problems;
}

/** Characters of one byte are most; counting bytes of each text would cost more than it tells. */
function sizeOf(value: unknown): number {
  if (typeof value !== "string") return 0;
  return value.length > MOST_DATA / 4 ? Buffer.byteLength(value) : value.length;
}
