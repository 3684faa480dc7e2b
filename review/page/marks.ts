import type { Assessment } from "../assessment/assess";
import type { Verdict } from "../diff/changes";
import { isOpen } from "../rules";
import type { Finding } from "../rules/rule";

/** What is worth marking wherever a resource is shown. */
export interface Marks {
  /** What happens to a resource; absent where nothing does, and without a comparison. */
  readonly verdict: (urn: string) => Verdict | undefined;
  /** Findings of a resource that are to be mended or weighed now. */
  readonly findings: (urn: string) => readonly Finding[];
}

export function marksOf(findings: readonly Finding[], assessment: Assessment | undefined): Marks {
  const verdicts = new Map(
    assessment?.changes.filter(({ verdict }) => verdict !== "noise").map(({ urn, verdict }) => [urn, verdict]),
  );
  const open = new Map<string, Finding[]>();
  for (const finding of findings.filter(isOpen)) open.set(finding.urn, [...(open.get(finding.urn) ?? []), finding]);
  return { verdict: (urn) => verdicts.get(urn), findings: (urn) => open.get(urn) ?? [] };
}
