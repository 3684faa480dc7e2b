import type { MonitoringQueries } from "../postgres/queries";

/** The tables come with the first migration, after the database itself. */
const MIGRATED = "SELECT pg_catalog.to_regclass('messaging.outbox_state') IS NOT NULL";

/**
 * Run by the exporter of the primary: outbox and inbox are watched from the database, so the alerts work while the relay
 * is dead.
 */
export const outboxQueries: MonitoringQueries = {
  mes_outbox: {
    primary: true,
    inApplicationDatabase: true,
    predicate: MIGRATED,
    query: `SELECT pending, retrying, dead, blocked, oldest_unsent_seconds, sent_last_5m, oldest_sent_seconds FROM messaging.outbox_state`,
    columns: {
      pending: { usage: "GAUGE", description: "Messages that wait to be sent" },
      retrying: { usage: "GAUGE", description: "Messages that wait to be sent and have failed before" },
      dead: { usage: "GAUGE", description: "Messages that the relay has given up" },
      blocked: { usage: "GAUGE", description: "Messages that wait behind a dead one of the same aggregate" },
      oldest_unsent_seconds: { usage: "GAUGE", description: "Age of the oldest message that waits to be sent" },
      sent_last_5m: { usage: "GAUGE", description: "Messages sent in the last five minutes" },
      oldest_sent_seconds: { usage: "GAUGE", description: "Time since the oldest kept message was sent" },
    },
  },
  mes_inbox: {
    primary: true,
    inApplicationDatabase: true,
    predicate: MIGRATED,
    query: `SELECT consumer, duplicates_last_hour FROM messaging.inbox_state`,
    columns: {
      consumer: { usage: "LABEL", description: "Role that handles the messages" },
      duplicates_last_hour: { usage: "GAUGE", description: "Repeated deliveries of messages that came again in the last hour" },
    },
  },
};
