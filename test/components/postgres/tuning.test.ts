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
});
