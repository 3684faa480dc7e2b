import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { metricsOf } from "../helpers/promql";
import { planStack } from "../../review/plan/stack";
import { stackFilePath } from "../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../helpers/record";

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface PrometheusRule {
  readonly kind?: string;
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
}

/** The rules of a stack, as its plan has them, in a file that promtool reads. */
export interface StackRules {
  readonly file: string;
  readonly alerts: readonly string[];
  /** Those that wake somebody. */
  readonly pages: readonly string[];
  /** A file with the rules of one alert and of what it uses. */
  readonly only: (alert: string) => string;
}

/** A folder for files of promtool, removed by `remove`. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), "mes-promtool-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes the rules of a real stack, one file for all groups. */
export async function writeRules(stack: string, folder: string): Promise<StackRules> {
  const { resources } = await planStack({
    stack,
    file: stackFilePath(PROJECT_DIRECTORY, stack),
    projectDirectory: PROJECT_DIRECTORY,
  });
  const groups = resources
    .map(({ inputs }) => inputs as unknown as PrometheusRule)
    .filter(({ kind }) => kind === "PrometheusRule")
    .flatMap(({ spec }) => spec.groups);
  const file = path.join(folder, `${stack}.rules.yaml`);
  writeFileSync(file, stringify({ groups }));
  const all = groups.flatMap(({ rules }) => rules);
  const named = (rules: readonly Rule[]) => [...new Set(rules.flatMap(({ alert }) => alert ?? []))].sort();
  return {
    file,
    alerts: named(all),
    pages: named(all.filter(({ labels }) => labels?.severity === "page")),
    only: (alert) => {
      const own = path.join(folder, `${stack}.${alert}.rules.yaml`);
      writeFileSync(own, stringify({ groups: [{ name: alert, rules: rulesOf(alert, all) }] }));
      return own;
    },
  };
}

/** The rules of an alert, after those that record what they use: promtool evaluates all that it is given at every step. */
function rulesOf(alert: string, all: readonly Rule[]): Rule[] {
  const own = all.filter((rule) => rule.alert === alert);
  const needed = (rules: readonly Rule[]): Rule[] => {
    const names = new Set(rules.flatMap(({ expr }) => metricsOf(expr)));
    const recordings = all.filter(({ record }) => record !== undefined && names.has(record));
    return recordings.length === 0 ? [] : [...needed(recordings), ...recordings];
  };
  return [...new Set([...needed(own), ...own])];
}
