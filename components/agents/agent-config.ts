import { AGENT, OTLP_GRPC_PORT, OTLP_HTTP_PORT } from "../collector/endpoints";
import type { LoggingConfig } from "../logging/config";
import { lokiUrl } from "../logging/endpoints";
import type { Environment } from "../platform";
import { parseBytes } from "../schema";
import { gatewayEndpoint } from "../tracing/endpoints";
import type { AgentsConfig } from "./config";
import { dropNoise, fileLog, parseLogs, redactLogs } from "./logs";
import {
  CLIENT_MUTUAL_TLS,
  CLIENT_TLS,
  MEMORY_LIMITER,
  RETRY,
  RETRY_FOREVER,
  fileStorage,
  listen,
  sendingQueue,
  type CollectorConfig,
} from "../collector/settings";

export interface AgentConfigArgs {
  readonly environment: Environment;
  readonly config: AgentsConfig;
  /** @default spans are not taken */
  readonly traces?: boolean;
  /** @default logs are not read */
  readonly logs?: LoggingConfig;
}

/** Name of the variable with the node's name. */
export const NODE_NAME = "K8S_NODE_NAME";

/** The collector of a node: spans of its pods go to the gateway, their logs to Loki. */
export function agentConfig({ environment, config, traces, logs }: AgentConfigArgs): CollectorConfig {
  const common = ["memory_limiter", "k8s_attributes", "resource_detection"];
  return {
    extensions: logs ? { file_storage: fileStorage(parseBytes(config.diskLimit)) } : {},
    receivers: {
      ...(traces
        ? { otlp: { protocols: { grpc: { endpoint: listen(OTLP_GRPC_PORT) }, http: { endpoint: listen(OTLP_HTTP_PORT) } } } }
        : {}),
      ...(logs ? { file_log: fileLog(environment, logs, AGENT) } : {}),
    },
    processors: {
      memory_limiter: MEMORY_LIMITER,
      k8s_attributes: kubernetesAttributes(),
      // From OTEL_RESOURCE_ATTRIBUTES of this collector, e.g. the name of the environment; what a program says of itself stays.
      resource_detection: { detectors: ["env"], override: false, timeout: "2s" },
      ...(traces ? { redaction: REDACT_SPANS, "filter/probes": DROP_PROBES } : {}),
      ...(logs ? logProcessors(logs) : {}),
    },
    exporters: {
      ...(traces ? { "otlp_grpc/gateway": toGateway(environment, config) } : {}),
      ...(logs ? { "otlp_http/loki": toLoki(environment, config) } : {}),
    },
    pipelines: {
      ...(traces
        ? {
            traces: {
              receivers: ["otlp"],
              processors: [...common, "filter/probes", "redaction"],
              exporters: ["otlp_grpc/gateway"],
            },
          }
        : {}),
      ...(logs
        ? {
            logs: {
              receivers: ["file_log"],
              processors: [...common, ...Object.keys(logProcessors(logs))],
              exporters: ["otlp_http/loki"],
            },
          }
        : {}),
    },
  };
}

/** What happens to a record, in this order: an empty list of patterns leaves its step out. */
function logProcessors({ drop, redact }: LoggingConfig) {
  return {
    ...(drop.length > 0 ? { "filter/noise": dropNoise(drop) } : {}),
    "transform/parse": parseLogs(),
    ...(redact.length > 0 ? { "transform/redact": redactLogs(redact) } : {}),
  };
}

/**
 * Says which pod a span or a log record comes from. It watches the pods of its own node only, and derives a Deployment's
 * name from its ReplicaSet's, so it needs to read pods and nothing else.
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/processor/k8sattributesprocessor
 */
function kubernetesAttributes() {
  return {
    auth_type: "serviceAccount",
    filter: { node_from_env_var: NODE_NAME },
    extract: {
      otel_annotations: true,
      metadata: [
        "k8s.namespace.name",
        "k8s.pod.name",
        "k8s.pod.uid",
        "k8s.node.name",
        "k8s.deployment.name",
        "k8s.statefulset.name",
        "k8s.daemonset.name",
        "k8s.cronjob.name",
        "k8s.job.name",
        "service.name",
        "service.version",
        "service.instance.id",
      ],
    },
    pod_association: [
      // Logs: the path of the file names the pod. Spans: the address that sent them does.
      { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
      { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
      { sources: [{ from: "connection" }] },
    ],
  };
}

/** Probes of the kubelet and scrapes of Prometheus: thousands of traces a day that say nothing. */
const DROP_PROBES = {
  error_mode: "ignore",
  trace_conditions: [
    'IsMatch(span.attributes["url.path"], "^/(healthz|livez|readyz|health|metrics)(/|$$)") and span.status.code != STATUS_CODE_ERROR',
  ],
};

/** Values that must not leave the node, by the names of their attributes: all others stay. */
const REDACT_SPANS = {
  allow_all_keys: true,
  blocked_key_patterns: ["(?i).*(password|passwd|secret|api[_.-]?key|authorization|cookie|access[_.-]?token).*"],
  summary: "silent",
};

function toGateway(environment: Environment, config: AgentsConfig) {
  const { host, port } = gatewayEndpoint(environment);
  return {
    endpoint: `${host}:${port}`,
    tls: CLIENT_MUTUAL_TLS,
    sending_queue: sendingQueue({ size: config.spanQueue }),
    retry_on_failure: RETRY,
  };
}

function toLoki(environment: Environment, config: AgentsConfig) {
  return {
    endpoint: `${lokiUrl(environment)}/otlp`,
    tls: CLIENT_TLS,
    // Loki takes many small requests badly; a record is kept until it is taken.
    sending_queue: sendingQueue({ size: config.logQueue, storage: "file_storage" }),
    retry_on_failure: RETRY_FOREVER,
  };
}
