import { at, isRecord } from "../kubernetes/value";
import { isHidden } from "./hidden";
import type { Item } from "./leaf";

type Place = readonly string[];

/**
 * What items of lists are known by, the first that tells all of them apart. Sources: `x-kubernetes-list-map-keys` of the APIs of Kubernetes, rules
 * and groups of Prometheus, panels, targets and variables of Grafana, statements of AWS, rules of S3.
 */
const IDENTITIES: readonly (readonly Place[])[] = [
  [["name"]],
  [["mountPath"]],
  [["devicePath"]],
  [["containerPort"], ["protocol"]],
  [["port"], ["protocol"]],
  [["port"]],
  [["alert"]],
  [["alert"], ["labels", "severity"]],
  [["record"]],
  [["record"], ["labels"]],
  [["alert"], ["record"]],
  [["key"], ["operator"]],
  [["key"]],
  [["id"]],
  [["uid"]],
  [["title"]],
  [["refId"]],
  [["Sid"]],
  [["sid"]],
  [["metadata", "name"]],
  [["topologyKey"], ["whenUnsatisfiable"]],
  [["ip"]],
  [["uniqueId"]],
  [["secretName"]],
  [["receiver"]],
  [["hostname"]],
  [["type"]],
];

/** Items of two lists that are the same ones, as those before and those afterwards. */
export interface Pairs {
  readonly stay: readonly Item[];
  readonly removed: readonly Item[];
  readonly added: readonly Item[];
  /** Items have an identity: their order may mean nothing. */
  readonly identified: boolean;
}

/** Pairs the items of two lists: by identity; else those that are equal, and the rest in their order. */
export function pairItems(before: readonly unknown[], after: readonly unknown[]): Pairs {
  for (const identity of IDENTITIES) {
    const [were, are] = [labels(before, identity), labels(after, identity)];
    if (were !== undefined && are !== undefined) return { ...byLabel(were, are), identified: true };
  }
  const words = (list: readonly unknown[]) => unique(list.map((item) => (isPlain(item) ? JSON.stringify(item) : undefined)));
  const [were, are] = [words(before), words(after)];
  if (were !== undefined && are !== undefined) return { ...byLabel(were, are), identified: true };
  return { ...byContent(before, after), identified: false };
}

function isPlain(value: unknown): boolean {
  return (typeof value === "string" || typeof value === "number" || typeof value === "boolean") && !isHidden(value);
}

/** One label an item; undefined if they do not tell the items apart. */
function labels(list: readonly unknown[], identity: readonly Place[]): string[] | undefined {
  return unique(
    list.map((item) => {
      if (!isRecord(item)) return undefined;
      const values = identity.map((place) => at(item, ...place));
      const known = values.some((value) => value !== undefined) && !values.some(isHidden);
      if (!known) return undefined;
      const said = values.map((value, i) => (value === undefined ? undefined : `${identity[i]!.join(".")}=${written(value)}`));
      return said.filter((part) => part !== undefined).join(",");
    }),
  );
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function unique(list: readonly (string | undefined)[]): string[] | undefined {
  const known = list.filter((label) => label !== undefined);
  return known.length === list.length && new Set(known).size === list.length ? known : undefined;
}

function byLabel(were: readonly string[], are: readonly string[]): Omit<Pairs, "identified"> {
  const places = new Map(are.map((label, after) => [label, after]));
  const former = new Set(were);
  const items = were.map((label, before): Item => {
    const after = places.get(label);
    return after === undefined ? { label, before } : { label, before, after };
  });
  return {
    stay: items.filter(({ after }) => after !== undefined),
    removed: items.filter(({ after }) => after === undefined),
    added: are.map((label, after) => ({ label, after })).filter(({ label }) => !former.has(label)),
  };
}

/** Equal items first; of the others the first before is the first afterwards, and so on. */
function byContent(before: readonly unknown[], after: readonly unknown[]): Omit<Pairs, "identified"> {
  const free = new Map<string, number[]>();
  after.forEach((item, i) => {
    const text = canonical(item);
    free.set(text, [...(free.get(text) ?? []), i]);
  });
  const found = before.map((item) => free.get(canonical(item))?.shift());
  const taken = new Set(found);
  const rest = after.map((_, i) => i).filter((i) => !taken.has(i));
  const items = found.map((place, i): Item => {
    const now = place ?? rest.shift();
    return now === undefined ? { label: String(i), before: i } : { label: String(now), before: i, after: now };
  });
  return {
    stay: items.filter((item) => item.after !== undefined),
    removed: items.filter((item) => item.after === undefined),
    added: rest.map((i) => ({ label: String(i), after: i })),
  };
}

/** The same text for values that differ in the order of keys only. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return String(JSON.stringify(value));
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
