import type { Base } from "../against/base";
import type { Cause } from "../cause/cause";
import type { Change, Diff } from "../diff/changes";
import { asResource } from "../diff/compared";
import { effectsOf } from "../effects";
import { SEVERITIES, type Effect, type Severity } from "../effects/effect";
import { reachOf } from "../effects/reach";
import { stepsOf } from "../effects/steps";
import type { Outlook } from "../forecast/outlook";
import type { Plan, Source } from "../plan/plan";
import { isOpen } from "../rules";
import type { Finding } from "../rules/rule";

/** A change with what it does, why it is made, and who feels it. */
export interface AssessedChange extends Change {
  /** The worst that it does to what runs; absent where it does nothing to it. */
  readonly severity?: Severity;
  readonly effects: readonly Effect[];
  /** Who depends on it, as far as the orders, in sentences. */
  readonly reach: readonly string[];
  readonly causes: readonly Cause[];
  /** When the engine gets to it, from 1. */
  readonly step?: number;
  /** Line of the program that declares it. */
  readonly source?: Source;
}

/** What a plan does to what is there. */
export interface Assessment {
  readonly stack: string;
  /** What it is compared with, as people name it. */
  readonly against: string;
  /** There was no such stack. */
  readonly isNew: boolean;
  /** The most dangerous first. */
  readonly changes: readonly AssessedChange[];
  readonly same: number;
  readonly notComparable: number;
  /** Findings that the other side does not have; all, where it tells none. */
  readonly newFindings: readonly Finding[];
  /** Findings of the other side that are no more; absent where it tells none. */
  readonly goneFindings?: number;
  /** What becomes of the orders that are expected, and what it costs; absent where nothing that counts changes. */
  readonly outlook?: Outlook;
}

export interface AssessArgs {
  readonly plan: Plan;
  readonly base: Pick<Base, "title" | "resources" | "absent" | "findings">;
  readonly diff: Diff;
  readonly findings: readonly Finding[];
  readonly causes: (change: Change) => readonly Cause[];
}

export function assess({ plan, base, diff, findings, causes }: AssessArgs): Assessment {
  const before = new Map(base.resources.map((one) => [one.urn, one]));
  const after = new Map(plan.resources.map((one) => [one.urn, one]));
  const steps = stepsOf(diff.changes, plan);
  const changes = diff.changes.map((change): AssessedChange => {
    const [was, is] = [before.get(change.former ?? change.urn), after.get(change.urn)];
    const effects = effectsOf(change, was, plan);
    const [worst] = effects;
    const felt = is ?? (was === undefined ? undefined : asResource(was));
    const source = is?.source ?? was?.source;
    const step = steps.get(change.urn);
    return {
      ...change,
      ...(worst === undefined ? {} : { severity: worst.severity }),
      effects,
      reach: worst === undefined || felt === undefined ? [] : reachOf(felt, worst.severity, plan),
      causes: causes(change),
      ...(step === undefined ? {} : { step }),
      ...(source === undefined ? {} : { source }),
    };
  });
  const known = base.findings === undefined ? undefined : new Set(base.findings.map(keyOf));
  const open = findings.filter(isOpen);
  const now = new Set(findings.map(keyOf));
  return {
    ...{ stack: plan.stack, against: base.title, isNew: base.absent === true, changes: inOrder(changes) },
    ...{ same: diff.same, notComparable: diff.notComparable },
    newFindings: known === undefined ? open : open.filter((finding) => !known.has(keyOf(finding))),
    ...(known === undefined ? {} : { goneFindings: [...known].filter((key) => !now.has(key)).length }),
  };
}

function keyOf({ rule, urn, path }: Pick<Finding, "rule" | "urn" | "path">): string {
  return [rule, urn, path].join("\n");
}

const VERDICTS = ["destroy", "replace", "update", "create", "move", "options", "metadata", "uncertain", "noise"] as const;

/** By what is felt of it, and then by what is done. */
function inOrder(changes: readonly AssessedChange[]): AssessedChange[] {
  const rank = ({ severity, verdict }: AssessedChange) =>
    (severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity)) * VERDICTS.length + VERDICTS.indexOf(verdict);
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

/** Whether a change is at least as bad as a severity. */
export function isAtLeast({ severity }: Pick<AssessedChange, "severity">, least: Severity): boolean {
  return severity !== undefined && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}
