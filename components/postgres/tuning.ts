import { parseBytes } from "../schema/quantity";

export interface TuningArgs {
  /** Memory limit of an instance, e.g. `16Gi`. */
  readonly memory: string;
  readonly maxConnections: number;
  /** Size of the volume of the write-ahead log. */
  readonly walSize: string;
}

const MIB = 2 ** 20;

/** Bytes in whole megabytes of Postgres (which are binary). */
function megabytes(bytes: number): string {
  return `${Math.max(1, Math.floor(bytes / MIB))}MB`;
}

/**
 * Parameters of Postgres for a pod that has the machine for itself.
 * Sources: https://www.postgresql.org/docs/18/runtime-config-resource.html, https://www.postgresql.org/docs/18/runtime-config-wal.html,
 * and the formulas of https://pgtune.leopard.in.ua for web applications.
 */
export function tunedParameters({ memory, maxConnections, walSize }: TuningArgs): Record<string, string> {
  const total = parseBytes(memory);
  const wal = parseBytes(walSize);
  const sharedBuffers = total / 4;
  return {
    max_connections: String(maxConnections),
    // A quarter of the memory; the page cache of the pod has most of the rest.
    shared_buffers: megabytes(sharedBuffers),
    effective_cache_size: megabytes((total * 3) / 4),
    maintenance_work_mem: megabytes(Math.min(total / 16, 2048 * MIB)),
    // What is left, if every connection sorted with three buffers at once; at least a megabyte, and no more than what helps.
    work_mem: megabytes(Math.min(Math.max((total - sharedBuffers) / (maxConnections * 3), MIB), 64 * MIB)),
    // A quarter of the WAL volume between checkpoints, an eighth kept for replicas, and a slot whose replica is gone may hold
    // half at most: then the slot is given up (its replica starts from the archive) instead of the whole database.
    max_wal_size: megabytes(wal / 4),
    min_wal_size: megabytes(wal / 16),
    wal_keep_size: megabytes(Math.min(wal / 8, 512 * MIB)),
    max_slot_wal_keep_size: megabytes(slotLimit(walSize)),
    checkpoint_timeout: "15min",
    checkpoint_completion_target: "0.9",
    wal_compression: "lz4",
    // Volumes are solid-state: a random page costs nearly what a sequential one does.
    random_page_cost: "1.1",
    // Short statements by the thousand: compiling them costs more than it saves.
    jit: "off",
    // Queues of rows (outbox) live short: vacuum early.
    autovacuum_vacuum_scale_factor: "0.05",
    autovacuum_analyze_scale_factor: "0.02",
    // A read on a replica is not cancelled by a vacuum on the primary; statement_timeout bounds what it can hold back.
    hot_standby_feedback: "on",
    // A program that died in the middle of a transaction holds locks no longer than this.
    idle_in_transaction_session_timeout: "60s",
    log_lock_waits: "on",
    log_min_duration_statement: "1s",
    log_autovacuum_min_duration: "10s",
    log_temp_files: "10MB",
    track_io_timing: "on",
    // The operator loads the extension because of these.
    "pg_stat_statements.max": "5000",
    "pg_stat_statements.track": "top",
  };
}

/** Bytes of WAL that a replication slot may hold back. */
export function slotLimit(walSize: string): number {
  return parseBytes(walSize) / 2;
}
