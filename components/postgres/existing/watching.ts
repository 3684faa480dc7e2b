import type { Alert, AlertGroup } from "../../observability/alert";
import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, stat, timeseries, type Row } from "../../observability/panels";
import { connectionsAlert, metricsAlert, POSTGRES_JOB, primaryMissing, replicationLag, slowing, writesFailing } from "../alerts";
import { backends, committed, locks, memory, oldestTransaction, rowsWritten } from "../dashboard";
import type { ExistingPostgresConfig } from "./config";
import { LAST_SCRAPE_ERROR } from "./exporter";

type Existing = ExistingPostgresConfig["existing"];

/** `job` of the exporter in front of the readers. */
export const READERS_JOB = "postgres-readers";

const JOB = `job="${POSTGRES_JOB}"`;
const ALL = `job=~"${POSTGRES_JOB}|${READERS_JOB}"`;

/** Alerts of a database that is there already: those of our own whose numbers its exporter has. Volumes, WAL and backups are its provider's. */
export function existingPostgresAlerts({ readers }: Existing): AlertGroup[] {
  return [
    {
      name: "postgres-availability",
      alerts: [
        primaryMissing,
        writesFailing,
        ...slowing,
        metricsAlert(`max by (namespace, pod) (${LAST_SCRAPE_ERROR}{${ALL}})`),
        ...(readers === undefined ? [] : reading()),
      ],
    },
    { name: "postgres-capacity", alerts: [connectionsAlert(ALL)] },
  ];
}

function reading(): Alert[] {
  return [
    {
      name: "PostgresReplicaMissing",
      expr: `(count(cnpg_pg_replication_in_recovery{job="${READERS_JOB}"}) or vector(0)) < 1`,
      for: "10m",
      severity: "ticket",
      summary: "Nothing answers where the database is only read",
      description: "The dashboard, and whatever else only reads, gets errors. Orders are written all the same.",
    },
    replicationLag(`job="${READERS_JOB}"`),
  ];
}

/** Is the database there, does it keep up, and who is connected? */
export function existingPostgresDashboard({ readers }: Existing): Dashboard {
  return dashboard(
    "mes-postgres",
    "Database",
    [
      row("Can orders be written?", [
        stat(
          "Primaries",
          "short",
          [{ expr: `count(cnpg_pg_replication_in_recovery{${JOB}} == 0) or vector(0)`, legend: "primaries" }],
          { description: "Exactly one." },
        ),
        committed(),
        rowsWritten(),
        locks(),
      ]),
      row("Connections", [backends(ALL), oldestTransaction()]),
      ...(readers === undefined ? [] : [readersRow()]),
      row("Room", [
        timeseries("Database", "bytes", [{ expr: `max(cnpg_pg_database_size_bytes{${JOB}})`, legend: "size" }]),
        memory(ALL),
      ]),
    ],
    { description: "Is the database there, does it keep up, and who is connected?", tags: ["data"] },
  );
}

function readersRow(): Row {
  return row("Readers", [
    timeseries("Behind the primary", "s", [{ expr: `max(cnpg_pg_replication_lag{job="${READERS_JOB}"})`, legend: "seconds" }]),
  ]);
}
