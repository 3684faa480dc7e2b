import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { toolPath } from "../cluster/tools";
import type { Labels, Series } from "./series";
import type { Monitored } from "./stack";

/** A request that a receiver's service got, `at` a second of the scenario. */
interface Message {
  readonly at: number;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly body: string;
}

export interface Result {
  readonly messages: readonly Message[];
  /** Alerts that became firing or ended, whether or not somebody was told. */
  readonly alerts: readonly { readonly at: number; readonly state: "firing" | "resolved"; readonly labels: Labels }[];
  readonly errors: readonly string[];
}

export interface Outage {
  readonly host: string;
  readonly from: number;
  readonly to: number;
}

/** Plays series through the rules and Alertmanager of a stack. */
export async function play(
  monitored: Monitored,
  times: readonly number[],
  series: readonly Series[],
  outages: readonly Outage[] = [],
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), "mes-incident-"));
  try {
    const [scenario, result] = [path.join(folder, "scenario.json"), path.join(folder, "result.json")];
    const { rules, alertmanager, evaluationInterval, externalLabels, prometheusUrl, alertmanagerUrl } = monitored;
    const settings = { rules, alertmanager, evaluationInterval, externalLabels, prometheusUrl, alertmanagerUrl };
    writeFileSync(scenario, JSON.stringify({ ...settings, times, series, outages }));
    await promisify(execFile)(toolPath("play-incidents"), [scenario, result]);
    const { messages, alerts, errors } = JSON.parse(readFileSync(result, "utf8")) as { [K in keyof Result]: Result[K] | null };
    return { messages: messages ?? [], alerts: alerts ?? [], errors: errors ?? [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An incident as PagerDuty opens it: all events of one key, from the first trigger on. */
interface Page {
  readonly key: string;
  readonly at: number;
  readonly title: string;
  /** Alerts that were in it, first those of the first message. */
  readonly alerts: readonly string[];
  /** Second in which it was closed; absent: it never was. */
  readonly resolved?: number;
  /** Messages that PagerDuty refused. */
  readonly refused: number;
}

interface Webhook {
  readonly status: string;
  readonly groupKey: string;
  readonly commonAnnotations: Labels;
  readonly alerts: readonly { readonly status: string; readonly labels: Labels; readonly annotations: Labels }[];
}

/** What the webhook of a receiver got: groups of alerts. */
export function groupsAt(result: Result, receiver: string): (Webhook & { at: number })[] {
  return result.messages
    .filter(({ host, status }) => host === `${receiver}.webhook` && status === 200)
    .map(({ at, body }) => ({ at, ...(JSON.parse(body) as Webhook) }));
}

/** The incidents that PagerDuty opened, as it would: one that is closed and triggered again is a new one. */
export function pagesOf(result: Result): Page[] {
  const events = result.messages
    .filter(({ host }) => host === "on-call.pagerduty")
    .map(({ at, status, body }) => ({ at, status, ...(JSON.parse(body) as PagerDutyEvent) }));
  const pages: (Page & { refused: number; resolved?: number; alerts: string[]; title: string })[] = [];
  const open = new Map<string, (typeof pages)[number]>();
  for (const { at, status, event_action, dedup_key, payload } of events) {
    let page = open.get(dedup_key);
    if (event_action === "resolve") {
      if (page !== undefined && status === 202) page.resolved = at;
      open.delete(dedup_key);
      continue;
    }
    if (page === undefined) {
      page = { key: dedup_key, at, title: payload?.summary ?? "", alerts: [], refused: 0 };
      pages.push(page);
      open.set(dedup_key, page);
    }
    if (status !== 202) page.refused += 1;
    const details = JSON.stringify(payload?.custom_details ?? {});
    for (const [, name = ""] of details.matchAll(/"alert":"(\w+)"/g)) if (!page.alerts.includes(name)) page.alerts.push(name);
  }
  return pages;
}

interface PagerDutyEvent {
  readonly event_action: "trigger" | "resolve";
  readonly dedup_key: string;
  readonly payload?: { readonly summary: string; readonly custom_details?: object };
}
