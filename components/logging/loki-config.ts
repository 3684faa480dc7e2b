import { CA_FILE } from "../certificates/trust";
import { serviceHost } from "../network/connection";
import type { Environment } from "../platform";
import { parseBytes, parseDuration } from "../schema";
import { goYaml } from "../schema/yaml";
import type { LoggingConfig } from "./config";
import { LOKI, LOKI_HTTP_PORT } from "./endpoints";

/** Between Loki's pods: writes, queries, compaction. */
export const LOKI_GRPC_PORT = 9095;
/** Between Loki's pods: who is there. */
export const LOKI_GOSSIP_PORT = 7946;
export const LOKI_DIRECTORY = "/var/loki";
export const LOKI_TLS_DIRECTORY = "/etc/loki/tls";
/** Service by which Loki's pods find each other before they are ready. */
export const LOKI_GOSSIP = "loki-gossip";
/** Variable with the pod's address. */
export const POD_IP = "POD_IP";

/** How Loki reaches its bucket. */
export interface LokiBucket {
  /** Address of a store that is not Amazon's. @default Amazon's own of the region */
  readonly endpointUrl?: string;
  /** The store's certificate is signed by the platform's CA. @default false */
  readonly privateCa?: boolean;
}

/**
 * Day from which the index has its present form. A later form gets an entry of its own, with a day in the future: entries
 * that data was written under never change.
 */
const SCHEMA_FROM = "2026-01-01";

/** Copies of each record that is not in the bucket yet. */
const REPLICATION = 3;

const MEBI = 2 ** 20;

/**
 * Loki in one process with all its parts; several pods share the work.
 * Source: https://grafana.com/docs/loki/latest/configure/
 */
export function lokiConfig(environment: Environment, config: LoggingConfig, bucket: LokiBucket | undefined): string {
  const store = config.storage.kind === "bucket" ? "s3" : "filesystem";
  const clientTls = tlsClient(environment);
  return goYaml({
    target: "all",
    // One tenant: the platform. Who may read what is Grafana's to say, who may write the network policies'.
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: server(),
    common: {
      path_prefix: LOKI_DIRECTORY,
      replication_factor: Math.min(config.replicas, REPLICATION),
      instance_addr: `\${${POD_IP}}`,
      ring: { kvstore: { store: "memberlist" } },
      storage: store === "s3" ? { s3: s3(bucket ?? {}) } : { filesystem: directories() },
    },
    memberlist: memberlist(environment),
    schema_config: {
      configs: [
        { from: SCHEMA_FROM, store: "tsdb", object_store: store, schema: "v13", index: { prefix: "index_", period: "24h" } },
      ],
    },
    ingester: {
      // Everything is on the volume before it is acknowledged.
      wal: { enabled: true, flush_on_shutdown: true, replay_memory_ceiling: `${walMemory(config)}MB` },
      chunk_encoding: "snappy",
      // A pod that never comes back is forgotten; alone it would only complain every 15 seconds that there is nobody else.
      autoforget_unhealthy: config.replicas > 1,
    },
    ingester_client: { grpc_client_config: clientTls },
    frontend: { grpc_client_config: clientTls },
    frontend_worker: { query_frontend_grpc_client: clientTls, query_scheduler_grpc_client: clientTls },
    query_scheduler: { grpc_client_config: clientTls },
    compactor_grpc_client: clientTls,
    query_range: {
      align_queries_with_step: true,
      results_cache: { cache: { embedded_cache: { enabled: true, max_size_mb: cacheMegabytes(config) } } },
    },
    compactor: {
      retention_enabled: true,
      delete_request_store: store,
      compaction_interval: "10m",
      retention_delete_delay: "2h",
    },
    limits_config: limits(config),
  });
}

function server() {
  return {
    // Probes and metrics are here too. A port apart for them (internal_server) makes two servers wait for each other when Loki
    // stops: it would be killed each time, with its records unflushed.
    http_listen_port: LOKI_HTTP_PORT,
    grpc_listen_port: LOKI_GRPC_PORT,
    http_tls_config: TLS_SERVER,
    grpc_tls_config: { ...TLS_SERVER, client_auth_type: "RequireAndVerifyClientCert", client_ca_file: ca() },
    tls_min_version: "VersionTLS12",
    log_level: "warn",
    log_format: "json",
    grpc_server_max_recv_msg_size: 16 * MEBI,
    grpc_server_max_send_msg_size: 16 * MEBI,
  };
}

function memberlist({ namespaces }: Environment) {
  return {
    bind_port: LOKI_GOSSIP_PORT,
    join_members: [`dns+${serviceHost(LOKI_GOSSIP, namespaces.observability)}:${LOKI_GOSSIP_PORT}`],
    abort_if_cluster_join_fails: false,
    left_ingesters_timeout: "1m",
    // Two halves that lost each other forget each other's pods, and would never look for them again.
    rejoin_interval: "1m",
  };
}

function limits({ retention, limits: bounds }: LoggingConfig) {
  const retentionTime = goDuration(retention);
  return {
    retention_period: retentionTime,
    max_query_lookback: bounds.queryLookback === undefined ? retentionTime : goDuration(bounds.queryLookback),
    allow_structured_metadata: true,
    otlp_config: OTLP,
    ingestion_rate_mb: parseBytes(bounds.ingestionRate) / MEBI,
    ingestion_burst_size_mb: parseBytes(bounds.ingestionBurst) / MEBI,
    per_stream_rate_limit: `${Math.ceil(parseBytes(bounds.streamRate) / 2 ** 10)}KB`,
    per_stream_rate_limit_burst: `${Math.ceil((4 * parseBytes(bounds.streamRate)) / 2 ** 10)}KB`,
    max_global_streams_per_user: bounds.streams,
    max_line_size: "256KB",
    max_line_size_truncate: true,
    // What waited on a node's disk through an outage still comes in.
    reject_old_samples: true,
    reject_old_samples_max_age: "168h",
    volume_enabled: true,
    discover_log_levels: true,
  };
}

/**
 * Which attributes become labels. Each combination is a stream of its own, so only those with few values: what differs from
 * pod to pod or from record to record (pod, trace) is structured metadata, found as fast and costing no stream.
 */
const OTLP = {
  resource_attributes: {
    ignore_defaults: true,
    attributes_config: [
      {
        action: "index_label",
        attributes: ["service.name", "k8s.namespace.name", "k8s.container.name", "deployment.environment.name"],
      },
    ],
  },
};

const TLS_SERVER = { cert_file: `${LOKI_TLS_DIRECTORY}/tls.crt`, key_file: `${LOKI_TLS_DIRECTORY}/tls.key` };

function ca(): string {
  return `${LOKI_TLS_DIRECTORY}/ca.crt`;
}

/** Loki's pods call each other by address, which no certificate names. */
function tlsClient(environment: Environment) {
  return {
    tls_enabled: true,
    tls_cert_path: `${LOKI_TLS_DIRECTORY}/tls.crt`,
    tls_key_path: `${LOKI_TLS_DIRECTORY}/tls.key`,
    tls_ca_path: ca(),
    tls_server_name: serviceHost(LOKI, environment.namespaces.observability),
  };
}

function directories() {
  return { chunks_directory: `${LOKI_DIRECTORY}/chunks`, rules_directory: `${LOKI_DIRECTORY}/rules` };
}

/** Bucket, region and keys are variables of the pod, as every program gets them. */
function s3({ endpointUrl, privateCa }: LokiBucket) {
  const own =
    endpointUrl === undefined
      ? {}
      : {
          endpoint: endpointUrl.replace(/^https?:\/\//, ""),
          insecure: endpointUrl.startsWith("http://"),
          s3forcepathstyle: true,
          disable_dualstack: true,
          ...(privateCa === true ? { http_config: { ca_file: CA_FILE } } : {}),
        };
  return { bucketnames: "${S3_BUCKET_LOGS}", region: "${AWS_REGION}", ...own };
}

/** Hours, which Loki and Prometheus both read. */
function goDuration(duration: string): string {
  return `${Math.ceil(parseDuration(duration) / 3600)}h`;
}

/** Half of the memory: while a long log is replayed after a restart, no more than this is held before it is flushed. */
function walMemory(config: LoggingConfig): number {
  return Math.max(64, Math.floor(parseBytes(config.resources.memory) / 2 / MEBI));
}

/** A tenth of the memory. */
function cacheMegabytes(config: LoggingConfig): number {
  return Math.max(16, Math.floor(parseBytes(config.resources.memory) / 10 / MEBI));
}
