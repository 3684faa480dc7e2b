import type { Plan, Suppression } from "../plan/plan";
import { reporter, shortName, type Finding, type Rule } from "./rule";

const name = "suppressions-valid";
const { error, warning } = reporter(name);

export const suppressionsValid: Rule = {
  name,
  title: "What is suppressed is of a rule that there is, is found, and is borne until a day that is not over.",
  why: "A finding that is put aside for ever is forgotten, and one day it is the reason why orders are lost.",
  check: ({ facts, resources: [stack] }) => {
    if (stack === undefined || facts?.today === undefined) return [];
    const { today, suppressions = [] } = facts;
    return suppressions
      .map((one, i) => ({ one, i }))
      .filter(({ one }) => one.until < today)
      .map(({ one, i }) => error(stack, "", `${described(one, i)} was borne until ${one.until}; mend it, or say why for longer`));
  },
};

/** Findings with those marked that are borne, and what is wrong with the suppressions themselves. */
export function suppressed(plan: Plan, findings: readonly Finding[], rules: readonly string[]): Finding[] {
  const { facts, resources } = plan;
  const [stack] = resources;
  const suppressions = facts?.suppressions ?? [];
  if (stack === undefined || suppressions.length === 0) return [...findings];
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
      return [error(stack, "", `${described(one, i)}: there is no rule ${one.rule}; docs/rules.md lists them`)];
    if (used.has(one) || !live.includes(one)) return [];
    return [warning(stack, "", `${described(one, i)} suppresses nothing; take it out`)];
  });
  return [...marked, ...idle];
}

function isAbout({ rule, object }: Suppression, finding: Finding): boolean {
  const about = shortName(finding.urn);
  return rule === finding.rule && (object.endsWith("*") ? about.startsWith(object.slice(0, -1)) : about === object);
}

function described({ rule, object }: Suppression, i: number): string {
  return `${rule} of ${object} (mes:suppressions[${i}])`;
}
