import type { Plan } from "../plan/plan";
import { isOpen, RULES } from "../rules";
import { count, subjectOf, type Finding } from "../rules/rule";
import { wrap } from "./columns";
import type { Palette } from "./palette";

/** Findings of one rule that are printed; the others are counted. */
const MOST_OF_A_RULE = 8;

/** Findings by rule, errors first: what, where, what to do. */
export function findingLines(findings: readonly Finding[], width: number, palette: Palette): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings.filter(isOpen)) {
    const key = `${finding.severity} ${finding.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const open = [...groups.values()].flatMap((group, i) => [...(i === 0 ? [] : [""]), ...ruleLines(group, width, palette)]);
  const borne = findings.flatMap((finding) => {
    const { rule, suppressed: by } = finding;
    return by === undefined ? [] : wrap(`suppressed until ${by.until}: ${rule} of ${subjectOf(finding)}: ${by.reason}`, width);
  });
  return [...open, ...(open.length > 0 && borne.length > 0 ? [""] : []), ...borne.map(palette.dim)];
}

function ruleLines(findings: readonly Finding[], width: number, palette: Palette): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const paint = first.severity === "error" ? palette.bad : palette.warn;
  const title = RULES.find((rule) => rule.name === first.rule)?.title ?? "";
  const [head = "", ...tail] = wrap(`${first.severity} ${first.rule}: ${title}`, width);
  const label = `${first.severity} ${first.rule}`;
  const lines = [paint(label) + palette.dim(head.slice(label.length)), ...tail.map(palette.dim)];
  for (const finding of findings.slice(0, MOST_OF_A_RULE)) lines.push(...oneFinding(finding, width, palette));
  const more = findings.length - MOST_OF_A_RULE;
  if (more > 0) lines.push(palette.dim(`  and ${more} more of this rule (--format json shows all)`));
  return lines;
}

function oneFinding(finding: Finding, width: number, palette: Palette): string[] {
  const { path, message, source, setting } = finding;
  const place = source === undefined ? "" : `${source.file}:${source.line}`;
  const what = `${subjectOf(finding)}${path === "" ? "" : ` ${path}`}`;
  const together = what.length + place.length + 4 <= width;
  return [
    `  ${palette.strong(what)}${together && place !== "" ? palette.dim(`  ${place}`) : ""}`,
    ...(together ? [] : [palette.dim(`    ${place}`)]),
    ...wrap(message, width - 4).map((text) => `    ${text}`),
    ...(setting === undefined ? [] : [palette.dim(`    ${setting.file}:${setting.line}:${setting.column} ${setting.key}`)]),
  ];
}

/** The last line of a report. */
export function summary({ stack, resources }: Plan, findings: readonly Finding[], palette: Palette): string {
  const open = findings.filter(isOpen);
  const errors = open.filter((finding) => finding.severity === "error").length;
  const warnings = open.length - errors;
  const borne = findings.length - open.length;
  const size = count(resources.filter((resource) => resource.custom).length, "resource");
  const verdict = [
    ...(errors > 0 ? [palette.bad(`✖ ${count(errors, "error")}`)] : [palette.good("✔ no errors")]),
    ...(warnings > 0 ? [palette.warn(count(warnings, "warning"))] : []),
    ...(borne > 0 ? [palette.dim(`${borne} suppressed`)] : []),
  ];
  return `${palette.strong(stack)}: ${size}, ${verdict.join(", ")}`;
}
