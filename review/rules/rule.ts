import { formatPath } from "../kubernetes/value";
import type { Plan, Resource, Source } from "../plan/plan";

/** `error` fails the plan; `warning` is for people to weigh. */
export type Severity = "error" | "warning";

/** Something that is wrong with a plan. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly urn: string;
  /** The Kubernetes object, e.g. `Deployment mes/order-api`; absent for resources that are none. */
  readonly object?: string;
  /** Where in the resource's inputs, e.g. `spec.replicas`; empty for the resource as a whole. */
  readonly path: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  readonly source?: Source;
  /** The setting of the stack file that it is about, and where it is, or the nearest one above it. */
  readonly setting?: SettingPlace;
  /** Why it is borne for a time. Such a finding is counted, and fails nothing. */
  readonly suppressed?: { readonly reason: string; readonly until: string };
}

export interface SettingPlace {
  /** As `mes:postgres.instances`. */
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A check of a whole plan. It reads resources and facts, knows no component, and never throws, however odd the plan is. */
export interface Rule {
  /** kebab-case, the same as the name of its file. */
  readonly name: string;
  /** What must be true, in one sentence. */
  readonly title: string;
  /** What happens when it is not. */
  readonly why: string;
  readonly check: (plan: Plan) => Finding[];
}

/** Makes the findings of one rule. */
export function reporter(rule: string) {
  const finding =
    (severity: Severity) =>
    (resource: Resource, path: readonly (string | number)[] | string, message: string): Finding => ({
      rule,
      severity,
      urn: resource.urn,
      path: typeof path === "string" ? path : formatPath(path),
      message,
      ...(resource.source === undefined ? {} : { source: resource.source }),
    });
  return { error: finding("error"), warning: finding("warning") };
}

/** What a finding is about, as people name it. */
export function subjectOf({ object, urn }: Pick<Finding, "object" | "urn">): string {
  return object ?? shortName(urn);
}

/** `urn:…::…$kubernetes:apps/v1:Deployment::order-api` → `Deployment order-api`. */
export function shortName(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split(":").at(-1) ?? ""} ${name.join("::")}`;
}

/** `3 pods`, `1 pod`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `a, b and c`; the first few of a long list, and how many more there are. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : [...names];
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** Makes a finding of one severity. */
export type Report = ReturnType<typeof reporter>["error"];

/**
 * How bad it is to lose data: an error where the stack protects it; else a warning where there are several zones, so that nobody takes silence for
 * safety, and nothing on one, where people try things out. Nothing too where it is not known.
 */
export function dataReport(
  { facts }: Plan,
  { error, warning }: { readonly error: Report; readonly warning: Report },
): Report | undefined {
  if (facts === undefined) return undefined;
  if (facts.protectData) return error;
  return facts.zones.length >= 2 ? warning : undefined;
}
