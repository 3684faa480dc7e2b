/**
 * Every image the platform runs, named once. A stack file overrides registry, tag or digest of one or of all of them
 * (`mes:images`); nothing else in the program names an image.
 */
export interface ImageDefault {
  readonly repository: string;
  readonly tag: string;
}

export const CATALOGUE = {
  /** The one image of the MES; a factory names its own in the stack file. */
  mes: { repository: "registry.example.com/mes/mes", tag: "2.14.0" },
  /**
   * Newer than what prometheus-operator 0.93 takes by itself, with the same flags: before 0.34.1 an alert could be let through that another one
   * mutes, before 0.35.0 a notification that Slack was too busy for was dropped.
   * Source: https://github.com/prometheus/alertmanager/blob/v0.35.0/CHANGELOG.md
   */
  alertmanager: { repository: "quay.io/prometheus/alertmanager", tag: "v0.35.0" },
  /** Metrics of NVIDIA GPUs; version of DCGM, then of the exporter. */
  dcgmExporter: { repository: "nvcr.io/nvidia/k8s/dcgm-exporter", tag: "4.5.3-4.8.2-distroless" },
  /** With the security fixes of September 2026. Source: https://github.com/grafana/grafana/releases/tag/v13.2.2 */
  grafana: { repository: "docker.io/grafana/grafana", tag: "13.2.2" },
  /** Newest whose module can be built and run against the generated configuration. */
  jaeger: { repository: "docker.io/jaegertracing/jaeger", tag: "2.13.0" },
  jaegerIndexCleaner: { repository: "docker.io/jaegertracing/jaeger-es-index-cleaner", tag: "2.13.0" },
  kubeStateMetrics: { repository: "registry.k8s.io/kube-state-metrics/kube-state-metrics", tag: "v2.20.0" },
  loki: { repository: "docker.io/grafana/loki", tag: "3.7.8" },
  nodeExporter: { repository: "quay.io/prometheus/node-exporter", tag: "v1.12.1" },
  /**
   * A long-term support release, the newest minor version that prometheus-operator 0.93 knows. Before 3.13.3 queries of late samples can keep it from
   * compacting for hours, and matchers that ignore case drop values. Source: https://github.com/prometheus/prometheus/releases/tag/v3.13.3
   */
  prometheus: { repository: "quay.io/prometheus/prometheus", tag: "v3.13.5" },
  /** Beside every Prometheus and Alertmanager; of the operator's own version. */
  prometheusConfigReloader: { repository: "quay.io/prometheus-operator/prometheus-config-reloader", tag: "v0.93.1" },
  /** Newest of which every component in use can be built and run against the generated configuration. */
  otelCollector: { repository: "docker.io/otel/opentelemetry-collector-contrib", tag: "0.158.0" },
  /** Newer than what CloudNativePG 1.30 was built against (1.25), for the faults of security that it fixes. */
  pgbouncer: { repository: "ghcr.io/cloudnative-pg/pgbouncer", tag: "1.26.0" },
  /** The tag begins with the major version, from which the operator knows it. Backups are the plugin's: no barman inside. */
  postgres: { repository: "ghcr.io/cloudnative-pg/postgresql", tag: "18.6-minimal-trixie" },
  /** In front of a database that is there already. */
  postgresExporter: { repository: "quay.io/prometheuscommunity/postgres-exporter", tag: "v0.20.1" },
  /** Before 4.3.7 a consumer that the broker has taken for dead may keep a queue with one active consumer from going on. */
  rabbitmq: { repository: "docker.io/library/rabbitmq", tag: "4.3.7-management" },
  redisExporter: { repository: "docker.io/oliver006/redis_exporter", tag: "v1.92.1" },
  valkey: { repository: "docker.io/valkey/valkey", tag: "9.1.4-alpine" },
  versitygw: { repository: "docker.io/versity/versitygw", tag: "v1.8.0" },
} as const satisfies Record<string, ImageDefault>;

export type ImageName = keyof typeof CATALOGUE;
