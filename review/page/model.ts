import type { AssessedChange, Assessment } from "../assessment/assess";
import { kubeObject } from "../kubernetes/objects";
import { textAt } from "../kubernetes/value";
import type { Outlook } from "../forecast/outlook";
import type { Plan, Resource } from "../plan/plan";
import { leftOut, listedChanges, verdictLines } from "../report/changes";
import { isLater, laterOrders } from "../report/outlook";
import { isOpen, RULES } from "../rules";
import { count, shortName, type Finding, type Severity } from "../rules/rule";
import { marksOf, type Marks } from "./marks";
import { LISTED, type Listed } from "../report/words";

/** All that a page shows, but for the graphs, which have to be laid out. */
export interface PageModel {
  readonly plan: Plan;
  readonly marks: Marks;
  readonly verdict: VerdictModel;
  readonly findings: readonly FindingGroup[];
  readonly suppressed: readonly Finding[];
  readonly changes?: ChangesModel;
  readonly resources: readonly ResourceRow[];
  readonly outlook?: Outlook;
  /** Whether what it is compared with does not have a finding; without a comparison all are. */
  readonly isNew: (finding: Finding) => boolean;
}

interface VerdictModel {
  readonly tone: "bad" | "warn" | "good";
  /** In a few words, and then in one sentence. */
  readonly title: string;
  readonly sentence: string;
  readonly errors: number;
  readonly warnings: number;
}

/** What one rule found, of one severity. */
export interface FindingGroup {
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly findings: readonly Finding[];
}

export interface ChangesModel {
  /** What it is compared with, as people name it. */
  readonly against: string;
  /** What is felt of the changes, and how much is done. */
  readonly lines: readonly string[];
  /** The most dangerous first. */
  readonly listed: readonly AssessedChange[];
  readonly counts: readonly { readonly verdict: Listed; readonly number: number }[];
  /** What is not listed, by number; empty for nothing. */
  readonly leftOut: string;
  readonly same: number;
}

export interface ResourceRow {
  readonly resource: Resource;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Name of the component at the top that it is part of. */
  readonly part: string;
}

/** What may be known beside a plan and its findings. */
export interface PageExtras {
  /** What the plan changes, where it was compared with something. */
  readonly assessment?: Assessment | undefined;
  /** What becomes of the orders that are expected, and what it costs. */
  readonly outlook?: Outlook | undefined;
}

export function pageModel(plan: Plan, findings: readonly Finding[], { assessment, outlook }: PageExtras = {}): PageModel {
  const changes = assessment === undefined ? undefined : changesModel(assessment);
  const fresh = new Set(assessment?.newFindings);
  return {
    plan,
    marks: marksOf(findings, assessment),
    verdict: verdictModel(findings, changes, outlook),
    findings: groupsOf(findings.filter(isOpen)),
    suppressed: findings.filter((finding) => !isOpen(finding)),
    ...(changes === undefined ? {} : { changes }),
    resources: rowsOf(plan),
    ...(outlook === undefined ? {} : { outlook }),
    isNew: (finding) => assessment === undefined || fresh.has(finding),
  };
}

function verdictModel(
  findings: readonly Finding[],
  changes: ChangesModel | undefined,
  outlook: Outlook | undefined,
): VerdictModel {
  const open = findings.filter(isOpen);
  const errors = open.filter(({ severity }) => severity === "error").length;
  const warnings = open.length - errors;
  const felt = new Set(changes?.listed.map(({ severity }) => severity));
  const late = outlook !== undefined && isLater(outlook);
  const bad = errors > 0 || felt.has("lost") || felt.has("refused") || (late && changes !== undefined);
  const tone = bad ? "bad" : warnings > 0 || felt.has("stops") || late ? "warn" : "good";
  const title = {
    bad: "Do not apply this as it is",
    warn: late ? "Orders are expected to come late" : felt.has("stops") ? "Choose the time for this" : "Weigh the warnings first",
    good: "No rule speaks against it",
  }[tone];
  const found = [...(errors > 0 ? [count(errors, "error")] : []), ...(warnings > 0 ? [count(warnings, "warning")] : [])];
  const later = outlook === undefined || changes !== undefined ? undefined : laterOrders(outlook);
  const said = [
    ...(later === undefined ? [] : [later]),
    ...(changes?.lines ?? []),
    found.length === 0 ? "no errors, no warnings" : found.join(", "),
  ].join("; ");
  return { tone, title, sentence: `${said.charAt(0).toUpperCase()}${said.slice(1)}.`, errors, warnings };
}

function groupsOf(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { title = "", why = "" } = RULES.find(({ name }) => name === first.rule) ?? {};
    return [{ rule: first.rule, severity: first.severity, title, why, findings: group }];
  });
}

function changesModel(assessment: Assessment): ChangesModel {
  const listed = listedChanges(assessment);
  return {
    against: assessment.against,
    lines: verdictLines(assessment),
    listed,
    counts: LISTED.map((verdict) => ({ verdict, number: listed.filter((one) => one.verdict === verdict).length })).filter(
      ({ number }) => number > 0,
    ),
    leftOut: leftOut(assessment),
    same: assessment.same,
  };
}

function rowsOf(plan: Plan): ResourceRow[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const top = (resource: Resource): Resource => {
    const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
    return parent?.parent === undefined ? resource : top(parent);
  };
  const rows = plan.resources
    .filter(({ custom }) => custom)
    .map((resource): ResourceRow => {
      const object = kubeObject(resource);
      const component = top(resource);
      return {
        resource,
        kind: object?.kind ?? shortName(resource.urn).split(" ")[0] ?? "",
        name: object?.name ?? resource.name,
        namespace: object?.namespace ?? textAt(resource.inputs, "namespace") ?? "",
        part: component.custom ? "" : component.name,
      };
    });
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return rows.sort((a, b) => compare(a.kind, b.kind) || compare(a.namespace, b.namespace) || compare(a.name, b.name));
}
