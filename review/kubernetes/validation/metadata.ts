import type { KubeObject } from "../objects";
import { entriesAt, recordAt } from "../value";
import { hidden, type Problem } from "./problem";

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
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
  const most = group === "" || ["apps", "batch", "postgresql.cnpg.io"].includes(group) ? LABELS[kind] : undefined;
  const fine = most === undefined ? SUBDOMAIN.test(name) && name.length <= 253 : LABEL.test(name) && name.length <= most;
  // A Service's name begins with a letter.
  if (fine && !(kind === "Service" && /^\d/.test(name))) return [];
  const what = `small letters, digits and dashes${most === undefined ? ", and dots" : ""}, at most ${most ?? 253} characters`;
  return [{ path: ["metadata", "name"], message: `${name} is no name of a ${kind}; use ${what}` }];
}

function labelProblems({ resource }: KubeObject): Problem[] {
  const places = [
    ["metadata", "labels"],
    ["spec", "template", "metadata", "labels"],
    ["spec", "selector", "matchLabels"],
  ];
  const labels = places.flatMap((place) =>
    entriesAt(resource.inputs, ...place).flatMap(([key, value]): Problem[] => {
      const path = [...place, key];
      const [prefix, own] = key.includes("/")
        ? [key.slice(0, key.lastIndexOf("/")), key.slice(key.lastIndexOf("/") + 1)]
        : ["", key];
      if (!LABEL_NAME.test(own) || own.length > 63 || (prefix !== "" && !SUBDOMAIN.test(prefix))) {
        return [{ path, message: `${key} is no key of a label; use letters, digits, dashes, dots and underscores, at most 63` }];
      }
      if (typeof value !== "string") return [{ path, message: `the value of ${key} is no text; put it in quotes` }];
      if (hidden(value) || (LABEL_VALUE.test(value) && value.length <= 63)) return [];
      return [
        { path, message: `${value} is no value of a label; use letters, digits, dashes, dots and underscores, at most 63` },
      ];
    }),
  );
  const annotations = entriesAt(resource.inputs, "metadata", "annotations");
  const size = annotations.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  const texts = annotations
    .filter(([, value]) => typeof value !== "string" && value !== undefined && value !== null)
    .map(([key]) => ({ path: ["metadata", "annotations", key], message: `the value of ${key} is no text; put it in quotes` }));
  if (size <= MOST_ANNOTATIONS) return [...labels, ...texts];
  return [...labels, ...texts, { path: ["metadata", "annotations"], message: "more than 256 KiB; the API refuses them" }];
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
