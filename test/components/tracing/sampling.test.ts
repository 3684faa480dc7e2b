import { parse } from "yaml";
import { configFile } from "../../../components/collector/settings";
import { tracingConfig } from "../../../components/tracing/config";
import { gatewayConfig } from "../../../components/tracing/gateway-config";
import { samplerConfig, tailSampling } from "../../../components/tracing/sampler-config";
import { environment } from "../../helpers/record";

const sampler = (values: object = {}) => samplerConfig(environment(), tracingConfig.parse(values));
const policies = (values: object) => tailSampling(tracingConfig.parse({ sampling: values })).policies;

describe("what the samplers do", () => {
  it("counts every span before it decides which traces are kept", () => {
    const { pipelines } = sampler();
    expect(pipelines["traces/all"]).toEqual({
      receivers: ["otlp"],
      processors: ["memory_limiter"],
      exporters: ["span_metrics", "service_graph"],
    });
    expect(pipelines["traces/kept"]?.processors).toEqual(["memory_limiter", "tail_sampling"]);
    expect(pipelines.metrics).toEqual({ receivers: ["span_metrics", "service_graph"], exporters: ["prometheus"] });
  });

  it("keeps traces with errors, slow ones, those of orders that went wrong, and a share of the rest", () => {
    expect(
      policies({ slowerThan: "1m30s", percentage: 5, keep: { "mes.order.outcome": ["late"], "mes.partner": ["acme"] } }),
    ).toEqual([
      { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
      { name: "slow", type: "latency", latency: { threshold_ms: 90_000 } },
      {
        name: "keep mes.order.outcome",
        type: "string_attribute",
        string_attribute: { key: "mes.order.outcome", values: ["late"] },
      },
      { name: "keep mes.partner", type: "string_attribute", string_attribute: { key: "mes.partner", values: ["acme"] } },
      { name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: 5 } },
    ]);
  });

  it("leaves the share of the rest out when it is zero", () => {
    expect(policies({ percentage: 0 }).map(({ name }) => name)).not.toContain("rest");
  });

  it("remembers which traces were kept, and looks again at spans that come late to one that was not", () => {
    const config = tracingConfig.parse({ sampler: { tracesInMemory: 1000, decisionWait: "1m" } });
    expect(tailSampling(config)).toMatchObject({
      decision_wait: "60s",
      num_traces: 1000,
      decision_cache: { sampled_cache_size: 10_000 },
    });
    expect(tailSampling(config).decision_cache).not.toHaveProperty("non_sampled_cache_size");
  });

  it("holds kept traces on its volume until Jaeger takes them, and leaves room on it", () => {
    const { exporters, extensions } = sampler({ sampler: { volumeSize: "10Gi", queue: 5000 } });
    expect(exporters["otlp_grpc/jaeger"]).toMatchObject({
      endpoint: "jaeger.mes-observability.svc:4317",
      sending_queue: { storage: "file_storage", sizer: "items", queue_size: 5000 },
      retry_on_failure: { max_elapsed_time: "0s" },
    });
    expect(extensions?.file_storage).toMatchObject({ max_size: 9 * 2 ** 30 });
  });

  it("shows exemplars for at least as long as a scrape takes to come by", () => {
    expect(sampler().connectors?.span_metrics).toMatchObject({
      metrics_flush_interval: "30s",
      exemplars: { enabled: true },
      aggregation_cardinality_limit: 5000,
    });
    expect(sampler().exporters.prometheus).toMatchObject({ enable_open_metrics: true });
  });
});

describe("what the gateway does", () => {
  const gateway = gatewayConfig(environment(), tracingConfig.parse({}));

  it("sends all spans of a trace to the same sampler, over mutual TLS, and again when one is gone", () => {
    expect(gateway.exporters.load_balancing).toMatchObject({
      routing_key: "traceID",
      resolver: { dns: { hostname: "otel-sampler.mes-observability.svc", port: "4317" } },
      sending_queue: { enabled: true },
      retry_on_failure: { enabled: true },
      protocol: {
        otlp: {
          tls: { server_name_override: "otel-sampler.mes-observability.svc", cert_file: "/etc/otelcol/tls/tls.crt" },
          sending_queue: { enabled: false },
          retry_on_failure: { enabled: false },
        },
      },
    });
  });

  it("takes spans only from who has a certificate of the platform", () => {
    expect(gateway.receivers.otlp).toMatchObject({
      protocols: { grpc: { tls: { client_ca_file: "/etc/otelcol/tls/ca.crt", min_version: "1.3" } } },
    });
  });
});

describe("the file of a collector", () => {
  const file = configFile(samplerConfig(environment(), tracingConfig.parse({})));
  const config = parse(file);

  it("limits the memory first in every pipeline that takes something in", () => {
    for (const pipeline of Object.values<any>(config.service.pipelines)) {
      if (pipeline.receivers.includes("otlp")) expect(pipeline.processors[0]).toBe("memory_limiter");
    }
  });

  it("names nothing that it does not define, and defines nothing that it does not use", () => {
    const defined = ["receivers", "processors", "exporters", "connectors"].flatMap((kind) => Object.keys(config[kind] ?? {}));
    const used = Object.values<any>(config.service.pipelines).flatMap((p) => [
      ...p.receivers,
      ...(p.processors ?? []),
      ...p.exporters,
    ]);
    expect([...new Set(used)].sort()).toEqual([...new Set(defined)].sort());
    expect(config.service.extensions).toEqual(Object.keys(config.extensions));
  });

  it("answers probes and exports its own metrics under plain names", () => {
    expect(config.extensions.health_check.endpoint).toBe("0.0.0.0:13133");
    expect(config.service.telemetry.metrics.readers[0].pull.exporter.prometheus).toMatchObject({
      port: 8888,
      without_type_suffix: true,
      without_units: true,
    });
  });
});
