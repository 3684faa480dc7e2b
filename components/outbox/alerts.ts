import { anywhere, type Alert, type AlertGroup } from "../observability/alert";
import { BROKER_BLOCKED } from "../broker/alerts";
import { NO_WRITES, POSTGRES_JOB } from "../postgres/alerts";
import { parseDuration } from "../schema/duration";
import type { OutboxConfig } from "./config";

/** Nothing can be sent, for a reason that has an alert of its own. */
const STOPPED = { ...NO_WRITES, ...BROKER_BLOCKED, ...anywhere("BrokerPublishesRefused") };

const JOB = `job="${POSTGRES_JOB}"`;

/** Alerts of outbox and inbox. Places 1 and 5 of those where an order can be lost: it is confirmed, and never sent on. */
export function outboxAlerts(config: OutboxConfig): AlertGroup[] {
  return [
    {
      name: "outbox",
      alerts: [...sending(config), ...keeping(config)],
    },
  ];
}

/** What waits is sent, by somebody, in time. */
function sending(config: OutboxConfig): Alert[] {
  return [
    {
      name: "OutboxDelayed",
      expr: `max(cnpg_mes_outbox_oldest_unsent_seconds{${JOB}}) > ${parseDuration(config.maxDelay)}`,
      for: "2m",
      // Longer than the five minutes that an objective of the outbox looks back, shorter than a relay that was down is told of.
      keepFiringFor: "7m",
      severity: "page",
      causedBy: STOPPED,
      summary: "A message has waited {{ $value | humanizeDuration }} in the outbox",
      description:
        "Orders are stored and the CRM does not hear of them: the relay is down, too slow, or the broker takes nothing.",
    },
    {
      name: "OutboxDead",
      expr: `max(cnpg_mes_outbox_dead{${JOB}}) > 0`,
      for: "1m",
      severity: "page",
      summary: "{{ $value }} messages could not be sent and are given up",
      description: "Their orders stand still, and so do all later messages of the same orders, until somebody has looked.",
    },
    {
      name: "OutboxNotDrained",
      expr: `max(cnpg_mes_outbox_pending{${JOB}}) > 0 and max(cnpg_mes_outbox_sent_last_5m{${JOB}}) == 0`,
      for: "5m",
      severity: "page",
      causedBy: { ...STOPPED, ...anywhere("OutboxDelayed") },
      summary: "{{ $value }} messages wait in the outbox and none was sent for ten minutes",
      description: "The relay does not work at all.",
    },
    {
      name: "OutboxGrowing",
      expr: `max(cnpg_mes_outbox_pending{${JOB}}) > ${config.maxPending}`,
      for: "10m",
      severity: "ticket",
      causedBy: { ...STOPPED, ...anywhere("OutboxDelayed") },
      summary: "{{ $value }} messages wait in the outbox",
      description: "The relay is slower than the orders come: give it more pods or find what slows it down.",
    },
    {
      name: "OutboxUnwatched",
      expr: `absent(cnpg_mes_outbox_pending{${JOB}})`,
      for: "15m",
      severity: "ticket",
      causedBy: NO_WRITES,
      summary: "Nobody counts what waits in the outbox",
      description: "The migrations did not run, or the exporter's query fails: a stopped relay would go unnoticed.",
    },
  ];
}

/** The tables stay small, and messages come once. */
function keeping(config: OutboxConfig): Alert[] {
  return [
    {
      name: "OutboxNotPurged",
      expr: `max(cnpg_mes_outbox_oldest_sent_seconds{${JOB}}) > ${parseDuration(config.keepSent) + 2 * 86_400}`,
      for: "1h",
      severity: "ticket",
      summary: "Messages sent {{ $value | humanizeDuration }} ago are still in the outbox",
      description: "The job that deletes them does not run: the table grows and becomes slow.",
    },
    {
      name: "InboxManyDuplicates",
      expr: `max by (consumer) (cnpg_mes_inbox_duplicates_last_hour{${JOB}}) > 100`,
      for: "15m",
      severity: "ticket",
      summary: "{{ $labels.consumer }} got {{ $value }} messages more than once within an hour",
      description:
        "They are recognised and change nothing; but a consumer loses its connection or takes too long to acknowledge.",
    },
  ];
}
