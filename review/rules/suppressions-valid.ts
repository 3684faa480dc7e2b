import type { Plan, Suppression } from "../plan/plan";
import { reporter, shortName, subjectOf, type Finding, type Rule, type Severity } from "./rule";

const name = "suppressions-valid";
const { error, warning } = reporter(name);

export const suppressionsValid: Rule = {
  name,
  title: "What is suppressed is of a rule that there is, is found, and is borne until a day that is not over.",
  why: "A finding that is put aside for ever is forgotten, and one day it is the reason why orders are lost.",
  check: (plan) => {
    const { today, suppressions = [] } = plan.facts ?? {};
    if (today === undefined) return [];
    return suppressions
      .map((one, i) => ({ one, i }))
      .filter(({ one }) => one.until < today)
      .flatMap(({ one, i }) =>
        told("error", plan, i, `${described(one, i)} was suppressed until ${one.until}; fix it, or say why for longer`),
      );
  },
};

/** Findings with those marked that are borne, and what is wrong with the suppressions themselves. */
export function suppressed(plan: Plan, findings: readonly Finding[], rules: readonly string[]): Finding[] {
  const { facts } = plan;
  const suppressions = facts?.suppressions ?? [];
  if (suppressions.length === 0) return [...findings];
  const live = suppressions.filter(({ until }) => facts?.today === undefined || until >= facts.today);
  const used = new Set<Suppression>();
  const marked = findings.map((finding) => {
    const by = finding.rule === name ? undefined : live.find((one) => isAbout(one, finding));
    if (by === undefined) return finding;
    used.add(by);
    return { ...finding, suppressed: { reason: by.reason, until: by.until } };
  });
  const idle = suppressions.flatMap((one, i): Finding[] => {
    if (!rules.includes(one.rule))
      return told("error", plan, i, `${described(one, i)}: there is no rule ${one.rule}; docs/rules.md lists them`);
    if (used.has(one) || !live.includes(one)) return [];
    return told("warning", plan, i, `${described(one, i)} suppresses nothing; take it out`);
  });
  return [...marked, ...idle];
}

function isAbout({ rule, object }: Suppression, finding: Finding): boolean {
  // By the object's own name, and by the resource's.
  const names = [subjectOf(finding), shortName(finding.urn)];
  const matches = (about: string) => (object.endsWith("*") ? about.startsWith(object.slice(0, -1)) : about === object);
  return rule === finding.rule && names.some(matches);
}

/** A finding at the line of a suppression. */
function told(severity: Severity, { resources: [stack], facts }: Plan, i: number, message: string): Finding[] {
  if (stack === undefined) return [];
  const { file, keys = [] } = facts?.settings ?? {};
  const line = keys.find(({ path }) => path.length === 3 && path[1] === "mes:suppressions" && path[2] === i)?.line;
  const finding = severity === "error" ? error(stack, "", message) : warning(stack, "", message);
  return [file === undefined || line === undefined ? finding : { ...finding, source: { file, line } }];
}

function described({ rule, object }: Suppression, i: number): string {
  return `${rule} of ${object} (mes:suppressions[${i}])`;
}
