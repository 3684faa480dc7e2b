import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { Environment } from "../platform";
import { parseDuration } from "../schema";
import { objectLabels } from "../objects/labels";
import { recordingName, type Alert, type AlertGroup } from "../observability/alert";

/** Label by which the platform's Prometheus finds its rules and scrape targets. */
export const SELECTED = { "mes.platform/prometheus": "prometheus" };

/** Labels of what is made for Prometheus: by these its operator finds it. */
export function selectedLabels({ prometheus }: Pick<Environment, "prometheus">): Readonly<Record<string, string>> {
  return prometheus?.selectedBy ?? SELECTED;
}

type Rule = NonNullable<NonNullable<NonNullable<IPrometheusRule["spec"]>["groups"]>[number]["rules"]>[number];

const NAME = /^[A-Z][A-Za-z0-9]*$/;
const RECORD = /^[a-z_][a-zA-Z0-9_]*(?::[a-zA-Z0-9_]+)+$/;
/** A page that is over for less than this is the same page. */
const PAGE_KEEPS_FIRING = "5m";
const SEVERITIES: readonly string[] = ["page", "ticket"];

/** Path of an alert's runbook in this repository. */
export function runbookPath(alert: string): string {
  return `docs/runbooks/${alert}.md`;
}

/**
 * What is wrong with the rules of all components together, one line each; nothing when they are fine. That
 * every alert has its runbook is a rule of the review (review/rules), because the pages are no part of the program.
 */
export function problemsOfRules(groups: readonly AlertGroup[]): string[] {
  const problems: string[] = [];
  const groupNames = new Set<string>();
  const firstGroups = new Map<string, string>();
  for (const group of groups) {
    if (groupNames.has(group.name)) problems.push(`there are two groups of rules named ${group.name}`);
    groupNames.add(group.name);
    for (const alert of group.alerts) {
      const first = firstGroups.get(alert.name);
      if (first !== undefined)
        problems.push(`two alerts are named ${alert.name}: one in group ${first}, one in group ${group.name}`);
      firstGroups.set(alert.name, first ?? group.name);
      problems.push(...problemsOfAlert(alert).map((problem) => `alert ${alert.name} (group ${group.name}) ${problem}`));
    }
    for (const { record, expr } of group.recordings ?? []) {
      const place = `recording ${record} (group ${group.name})`;
      if (!RECORD.test(record)) problems.push(`${place} is not named level:metric:operations`);
      if (expr.trim() === "") problems.push(`${place} has no expression`);
    }
  }
  return problems;
}

function problemsOfAlert(alert: Alert): string[] {
  const problems: string[] = [];
  if (!NAME.test(alert.name)) problems.push("is not named in CamelCase");
  if (alert.expr.trim() === "") problems.push("has no expression");
  if (!SEVERITIES.includes(alert.severity)) problems.push(`has no severity: expected ${SEVERITIES.join(" or ")}`);
  if (alert.summary.trim() === "") problems.push("has no summary");
  if (alert.description.trim() === "") problems.push("has no description");
  if (alert.for !== undefined && !isDuration(alert.for)) problems.push(`waits for ${alert.for}, which is not a duration`);
  return problems;
}

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) >= 0;
  } catch {
    return false;
  }
}

export interface RuleSettings {
  /** Address of this repository's files; absent: a runbook is named by its path. */
  readonly repositoryUrl?: string;
  /** Label `owner` of alerts that name none. */
  readonly owner: string;
}

/** A group as Prometheus takes it: every alert with its severity, owner and runbook. */
export function ruleGroup(group: AlertGroup, settings: RuleSettings): { name: string; rules: Rule[] } {
  const recordings = (group.recordings ?? []).map(({ record, expr, labels }): Rule => ({
    record,
    expr: oneLine(expr),
    ...(labels === undefined ? {} : { labels: { ...labels } }),
  }));
  const alerts = group.alerts.map((alert): Rule => ({
    alert: alert.name,
    expr: oneLine(alert.expr),
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...keepFiring(alert),
    labels: { owner: settings.owner, ...alert.labels, severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: runbookUrl(alert.name, settings.repositoryUrl),
    },
  }));
  return { name: group.name, rules: [...recordings, ...alerts] };
}

function keepFiring({ keepFiringFor, severity }: Alert): { keep_firing_for?: string } {
  const time = keepFiringFor ?? (severity === "page" ? PAGE_KEEPS_FIRING : undefined);
  return time === undefined ? {} : { keep_firing_for: time };
}

export interface RuleNames {
  readonly group: string;
  readonly alerts: readonly string[];
  /** See `recordingName`. */
  readonly recordings: readonly string[];
}

/** What a group publishes. */
export function ruleNames({ name, alerts, recordings = [] }: AlertGroup): RuleNames {
  return {
    group: name,
    alerts: alerts.map((alert) => alert.name),
    recordings: recordings.map(({ record, labels }) => recordingName(record, labels)),
  };
}

/** The custom resource of a group: one each, so that a change of one is a small difference. */
export function prometheusRule(environment: Environment, group: AlertGroup, settings: RuleSettings): IPrometheusRule {
  const namespace = environment.namespaces.observability;
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: {
      name: group.name,
      namespace,
      labels: { ...objectLabels(group.name, "monitoring"), ...selectedLabels(environment) },
    },
    spec: { groups: [ruleGroup(group, settings)] },
  };
}

function runbookUrl(alert: string, repositoryUrl: string | undefined): string {
  const path = runbookPath(alert);
  return repositoryUrl === undefined ? path : `${repositoryUrl.replace(/\/$/, "")}/${path}`;
}

/** Expressions are written over several lines of source; in the rule the line breaks only hinder searching. */
function oneLine(expr: string): string {
  return expr.trim().replaceAll(/\s*\n\s*/g, " ");
}
