import { parse } from "yaml";
import { loggingConfig } from "../../../components/logging/config";
import { lokiConfig, type LokiBucket } from "../../../components/logging/loki-config";
import { environment } from "../../helpers/record";

const loki = (values: object = {}, bucket?: LokiBucket) => parse(lokiConfig(environment(), loggingConfig.parse(values), bucket));
const BUCKET = { replicas: 3, storage: { kind: "bucket" } };

describe("the configuration of Loki", () => {
  it("keeps logs on one volume in a small environment", () => {
    expect(loki()).toMatchObject({
      common: { replication_factor: 1, storage: { filesystem: { chunks_directory: "/var/loki/chunks" } } },
      schema_config: { configs: [{ store: "tsdb", object_store: "filesystem", schema: "v13", index: { period: "24h" } }] },
      compactor: { retention_enabled: true, delete_request_store: "filesystem" },
    });
  });

  it("keeps every record three times, and then in the bucket", () => {
    expect(loki(BUCKET, {})).toMatchObject({
      common: {
        replication_factor: 3,
        ring: { kvstore: { store: "memberlist" } },
        storage: { s3: { bucketnames: "${S3_BUCKET_LOGS}", region: "${AWS_REGION}" } },
      },
      schema_config: { configs: [{ object_store: "s3" }] },
      compactor: { delete_request_store: "s3" },
    });
    expect(loki({ ...BUCKET, replicas: 5 }, {}).common.replication_factor).toBe(3);
  });

  it("speaks to Amazon's store as it is, and to one in the cluster by its address and certificate", () => {
    expect(loki(BUCKET, {}).common.storage.s3).not.toHaveProperty("endpoint");
    expect(loki(BUCKET, { endpointUrl: "https://s3.mes-data.svc:7070", privateCa: true }).common.storage.s3).toMatchObject({
      endpoint: "s3.mes-data.svc:7070",
      insecure: false,
      s3forcepathstyle: true,
      http_config: { ca_file: "/etc/mes/ca/ca.crt" },
    });
    expect(loki(BUCKET, { endpointUrl: "http://s3:80" }).common.storage.s3).toMatchObject({ endpoint: "s3:80", insecure: true });
  });

  it("never has a key in it: it takes them from the environment, as every program", () => {
    const text = lokiConfig(environment(), loggingConfig.parse(BUCKET), {});
    expect(text).not.toMatch(/access_key|secret/);
  });

  it("deletes by the retention and looks no further back", () => {
    expect(loki({ retention: "30d" }).limits_config).toMatchObject({ retention_period: "720h", max_query_lookback: "720h" });
    expect(loki({ limits: { queryLookback: "7d" } }).limits_config.max_query_lookback).toBe("168h");
  });

  it("makes a stream of a service's container, and keeps pod and trace beside the record", () => {
    const { resource_attributes } = loki().limits_config.otlp_config;
    expect(resource_attributes.ignore_defaults).toBe(true);
    expect(resource_attributes.attributes_config[0].attributes).not.toContain("k8s.pod.name");
    expect(loki().limits_config.allow_structured_metadata).toBe(true);
  });

  it("writes limits in Loki's own units", () => {
    const limits = { ingestionRate: "32Mi", ingestionBurst: "64Mi", streamRate: "2Mi", streams: 700 };
    expect(loki({ limits }).limits_config).toMatchObject({
      ingestion_rate_mb: 32,
      ingestion_burst_size_mb: 64,
      per_stream_rate_limit: "2048KB",
      max_global_streams_per_user: 700,
    });
  });

  it("encrypts everything, and calls its peers by the name in their certificate", () => {
    const config = loki();
    expect(config.server).toMatchObject({
      http_tls_config: { cert_file: "/etc/loki/tls/tls.crt" },
      grpc_tls_config: { client_auth_type: "RequireAndVerifyClientCert" },
    });
    for (const client of [
      config.ingester_client.grpc_client_config,
      config.frontend.grpc_client_config,
      config.frontend_worker.query_frontend_grpc_client,
      config.frontend_worker.query_scheduler_grpc_client,
      config.query_scheduler.grpc_client_config,
      config.compactor_grpc_client,
    ])
      expect(client).toMatchObject({ tls_enabled: true, tls_server_name: "loki.mes-observability.svc" });
    // With it, Loki never stops by itself.
    expect(config).not.toHaveProperty("internal_server");
  });

  it("tells nobody outside how it is used", () => {
    expect(loki().analytics).toEqual({ reporting_enabled: false });
  });
});
