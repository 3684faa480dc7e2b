import { slotLimit, tunedParameters } from "../../../components/postgres/tuning";

describe("parameters derived from the resources", () => {
  it("gives a quarter of the memory to the buffers and expects the rest in the page cache", () => {
    expect(tunedParameters({ memory: "16Gi", maxConnections: 400, walSize: "50Gi" })).toMatchObject({
      max_connections: "400",
      shared_buffers: "4096MB",
      effective_cache_size: "12288MB",
      maintenance_work_mem: "1024MB",
      work_mem: "10MB",
    });
  });

  it("stays sensible at both ends", () => {
    expect(tunedParameters({ memory: "256Mi", maxConnections: 200, walSize: "1Gi" })).toMatchObject({
      shared_buffers: "64MB",
      work_mem: "1MB",
      maintenance_work_mem: "16MB",
    });
    expect(tunedParameters({ memory: "512Gi", maxConnections: 100, walSize: "1Ti" })).toMatchObject({
      maintenance_work_mem: "2048MB",
      work_mem: "64MB",
      wal_keep_size: "512MB",
    });
  });

  it.each(["1Gi", "2Gi", "50Gi"])("never lets the WAL fill its volume of %s by itself", (walSize) => {
    const tuned = tunedParameters({ memory: "1Gi", maxConnections: 100, walSize });
    const megabytes = (name: string) => Number.parseInt(tuned[name] ?? "", 10) * 2 ** 20;
    expect(megabytes("min_wal_size")).toBeLessThan(megabytes("max_wal_size"));
    expect(megabytes("max_wal_size") + megabytes("max_slot_wal_keep_size")).toBeLessThanOrEqual(slotLimit(walSize) * 1.5);
  });

  it("shares the volume of the WAL: a quarter between checkpoints, an eighth for replicas, half for a slot at most", () => {
    expect(tunedParameters({ memory: "1Gi", maxConnections: 100, walSize: "2Gi" })).toMatchObject({
      max_wal_size: "512MB",
      min_wal_size: "128MB",
      wal_keep_size: "256MB",
      max_slot_wal_keep_size: "1024MB",
    });
    expect(slotLimit("2Gi")).toBe(2 ** 30);
  });
});

describe("parameters of every size", () => {
  const tuned = tunedParameters({ memory: "1Gi", maxConnections: 100, walSize: "2Gi" });

  it.each<[string, Record<string, string>]>([
    [
      "spread a checkpoint, and compress what it makes necessary",
      {
        checkpoint_timeout: "15min",
        checkpoint_completion_target: "0.9",
        wal_compression: "lz4",
      },
    ],
    ["plan for solid-state volumes and short statements", { random_page_cost: "1.1", jit: "off" }],
    ["vacuum queues of rows early", { autovacuum_vacuum_scale_factor: "0.05", autovacuum_analyze_scale_factor: "0.02" }],
    [
      "keep reads on replicas, and end a transaction that nobody goes on with",
      {
        hot_standby_feedback: "on",
        idle_in_transaction_session_timeout: "60s",
      },
    ],
    [
      "log what makes orders wait",
      {
        log_lock_waits: "on",
        log_min_duration_statement: "1s",
        log_autovacuum_min_duration: "10s",
        log_temp_files: "10MB",
        track_io_timing: "on",
      },
    ],
    ["have the operator load pg_stat_statements", { "pg_stat_statements.max": "5000", "pg_stat_statements.track": "top" }],
  ])("%s", (_, parameters) => {
    expect(tuned).toMatchObject(parameters);
  });
});
