import { listAt, numberAt, textAt } from "../kubernetes/value";
import { groupsOfWhole, matchesWhole } from "../promql/anchored";

/*
 * What Prometheus' relabeling makes of labels of which the values are known, known to be some of several, or not known.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */

/** What a label may be. A label that is not there is empty. */
export type Values = readonly string[] | "any";
export type LabelValues = ReadonlyMap<string, Values>;

/** Stands for labels of names that are not known. */
export const OTHERS = "*";

/** The most combinations of values that are looked at one by one. */
const MOST_COMBINATIONS = 500;

/**
 * Labels after all steps.
 * @returns undefined where each of them would be dropped
 */
export function relabelled(labels: LabelValues, steps: readonly unknown[]): LabelValues | undefined {
  let current = new Map<string, Values>(labels);
  for (const step of steps) {
    const next = STEPS[(textAt(step, "action") ?? "replace").toLowerCase()]?.(current, readStep(step));
    if (next === "dropped") return undefined;
    current = next ?? current;
  }
  return current;
}

interface Step {
  readonly sources: readonly string[];
  readonly separator: string;
  readonly regex: string;
  readonly target: string;
  readonly replacement: string;
}

function readStep(step: unknown): Step {
  const regex = textAt(step, "regex") ?? numberAt(step, "regex");
  return {
    sources: listAt(step, "sourceLabels").map(String),
    separator: textAt(step, "separator") ?? ";",
    regex: regex === undefined ? "(.*)" : String(regex),
    target: textAt(step, "targetLabel") ?? "",
    replacement: textAt(step, "replacement") ?? "$1",
  };
}

type Relabel = (labels: Map<string, Values>, step: Step) => Map<string, Values> | "dropped";

const STEPS: Readonly<Record<string, Relabel>> = {
  keep: (labels, step) => selected(labels, step, true),
  drop: (labels, step) => selected(labels, step, false),
  keepequal: (labels, step) => equal(labels, step, true),
  dropequal: (labels, step) => equal(labels, step, false),
  replace: replaced,
  lowercase: (labels, step) => changed(labels, step, (text) => text.toLowerCase()),
  uppercase: (labels, step) => changed(labels, step, (text) => text.toUpperCase()),
  hashmod: (labels, { target }) => new Map(labels).set(target, "any"),
  labeldrop: (labels, { regex }) => named(labels, (name) => matchesWhole(regex, name) !== true),
  labelkeep: (labels, { regex }) => named(labels, (name) => name === OTHERS || matchesWhole(regex, name) !== false),
  labelmap: (labels, { regex, replacement }) => {
    const next = new Map(labels);
    for (const [name, values] of labels) {
      if (matchesWhole(regex, name) === true) next.set(expanded(regex, name, replacement), values);
    }
    // Labels of pods and nodes are not known here.
    return next.set(OTHERS, "any");
  },
};

/** What is joined of the sources, with the values that it is joined of; undefined if it is not known. */
function combinations(labels: LabelValues, { sources, separator }: Step): { text: string; parts: string[] }[] | undefined {
  let found: string[][] = [[]];
  for (const source of sources) {
    const values = labels.get(source) ?? (labels.has(OTHERS) || source.startsWith("__") ? "any" : [""]);
    if (values === "any" || values.length * found.length > MOST_COMBINATIONS) return undefined;
    found = found.flatMap((parts) => values.map((value) => [...parts, value]));
  }
  return found.map((parts) => ({ text: parts.join(separator), parts }));
}

function selected(labels: Map<string, Values>, step: Step, keeps: boolean): Map<string, Values> | "dropped" {
  const all = combinations(labels, step);
  if (all === undefined) return !keeps && matchesEverything(step.regex) ? "dropped" : labels;
  const left = all.filter(({ text }) => {
    const matches = matchesWhole(step.regex, text);
    return matches === undefined || matches === keeps;
  });
  if (left.length === 0) return "dropped";
  const next = new Map(labels);
  step.sources.forEach((source, i) => {
    if (labels.has(source)) next.set(source, [...new Set(left.map(({ parts }) => parts[i] ?? ""))]);
  });
  return next;
}

/** Keeps or drops where what is joined of the sources is the target. */
function equal(labels: Map<string, Values>, step: Step, keeps: boolean): Map<string, Values> | "dropped" {
  const all = combinations(labels, { ...step, sources: [...step.sources, step.target] });
  if (all === undefined) return labels;
  const isEqual = ({ parts }: { parts: string[] }) => parts.slice(0, -1).join(step.separator) === parts.at(-1);
  return all.some((one) => isEqual(one) === keeps) ? labels : "dropped";
}

function replaced(labels: Map<string, Values>, step: Step): Map<string, Values> {
  const next = new Map(labels);
  const all = combinations(labels, step);
  const fixed = !step.replacement.includes("$");
  if (all === undefined) return next.set(step.target, fixed && matchesEverything(step.regex) ? [step.replacement] : "any");
  const before = labels.get(step.target) ?? [""];
  const values = new Set<string>();
  const own = step.sources.indexOf(step.target);
  for (const { text, parts } of all) {
    if (matchesWhole(step.regex, text) === true) values.add(expanded(step.regex, text, step.replacement));
    else if (own >= 0) values.add(parts[own] ?? "");
    else if (before === "any") return next.set(step.target, "any");
    else for (const value of before) values.add(value);
  }
  if (values.size === 1 && values.has("")) next.delete(step.target);
  else next.set(step.target, [...values]);
  return next;
}

function changed(labels: Map<string, Values>, step: Step, change: (text: string) => string): Map<string, Values> {
  const all = combinations(labels, step);
  return new Map(labels).set(step.target, all === undefined ? "any" : [...new Set(all.map(({ text }) => change(text)))]);
}

function named(labels: Map<string, Values>, keeps: (name: string) => boolean): Map<string, Values> {
  return new Map([...labels].filter(([name]) => keeps(name)));
}

function matchesEverything(regex: string): boolean {
  return ["(.*)", ".*", "(?:.*)", "^.*$"].includes(regex);
}

/** `$1` and `${1}` of Go's regular expressions. */
function expanded(regex: string, text: string, replacement: string): string {
  const groups = groupsOfWhole(regex, text);
  return replacement.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced?: string, plain?: string) => {
    if (all === "$$") return "$";
    const group = braced ?? plain ?? "";
    return /^\d+$/.test(group) ? (groups?.[Number(group)] ?? "") : (groups?.groups?.[group] ?? "");
  });
}
