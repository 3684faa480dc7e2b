import type * as pulumi from "@pulumi/pulumi";
import { Collector } from "../collector/collector";
import { OTLP_GRPC_PORT } from "../collector/endpoints";
import { STATE_DIRECTORY } from "../collector/settings";
import { connect, type PodSet } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { parseDuration } from "../schema";
import type { Binding } from "../workload/binding";
import { tracingAlerts } from "./alerts";
import type { TracingConfig } from "./config";
import { tracesDashboard, tracingDashboard } from "./dashboards";
import { GATEWAY, SAMPLER, jaegerOtlpEndpoint, otlpBinding, samplerEndpoint } from "./endpoints";
import { gatewayConfig } from "./gateway-config";
import { Jaeger } from "./jaeger";
import { GATEWAY_METRICS, SAMPLER_METRICS, SPAN_LABELS, SPAN_METRICS } from "./metrics";
import { SPAN_METRICS_PORT, samplerConfig } from "./sampler-config";

export interface TracingArgs {
  readonly environment: Environment;
  readonly config: TracingConfig;
  /** Name of the ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  /** PromQL that holds while there is work to trace. @default nobody counts it */
  readonly busy?: string;
}

/**
 * What happens to a trace behind the agents: the gateway gathers its spans at one sampler, the sampler counts all of them and
 * keeps some, Jaeger stores and shows what is kept. Empty when tracing is off.
 */
export class Tracing extends PlatformComponent {
  private readonly args: TracingArgs;

  constructor(name: string, args: TracingArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:tracing:Tracing", name, args, opts);
    this.args = args;
    if (args.config.enabled) {
      this.createGateway();
      this.createSampler();
      new Jaeger("jaeger", args, { parent: this });
      this.declare({ alerts: [tracingAlerts(args.config, args.busy)] });
      this.declare({ dashboards: [tracesDashboard(), tracingDashboard()] });
    }
    this.registerOutputs({});
  }

  /** What a program needs to send traces; switches its SDK off when tracing is off. */
  binding(): Binding {
    return otlpBinding(this.args.environment, this.args.config);
  }

  private createGateway(): void {
    const { environment, config, issuer } = this.args;
    const gateway = new Collector(
      GATEWAY,
      {
        ...this.common(),
        config: gatewayConfig(environment, config),
        resources: config.gateway.resources,
        replicas: config.gateway.replicas,
        metrics: GATEWAY_METRICS,
        issuer,
      },
      { parent: this },
    );
    this.declare({ connections: connect(gateway.pods, samplerEndpoint(environment)) });
  }

  private createSampler(): void {
    const { environment, config, issuer } = this.args;
    const { sampler } = config;
    const collector = new Collector(
      SAMPLER,
      {
        ...this.common(),
        kind: "StatefulSet",
        config: samplerConfig(environment, config),
        resources: sampler.resources,
        replicas: sampler.replicas,
        metrics: SAMPLER_METRICS,
        issuer,
        ports: { otlp: OTLP_GRPC_PORT, "span-metrics": SPAN_METRICS_PORT },
        claims: [{ name: "queue", size: sampler.volumeSize, mountPath: STATE_DIRECTORY }],
        // Time to decide on the traces in memory and to hand them on.
        terminationGracePeriodSeconds: 30 + parseDuration(sampler.decisionWait),
      },
      { parent: this },
    );
    this.declare({ scrapeTargets: [spanMetricsTarget(collector.pods)] });
    this.declare({ connections: connect(collector.pods, jaegerOtlpEndpoint(environment)) });
  }

  private common() {
    const { environment } = this.args;
    return {
      environment,
      namespace: environment.namespaces.observability,
      component: "tracing",
      ports: { otlp: OTLP_GRPC_PORT },
      servicePorts: { otlp: { port: OTLP_GRPC_PORT } },
    };
  }
}

/** Metrics made of the spans of all programs. */
function spanMetricsTarget(pods: PodSet) {
  return {
    job: "span-metrics",
    pods,
    port: "span-metrics",
    portNumber: SPAN_METRICS_PORT,
    metrics: SPAN_METRICS,
    labels: SPAN_LABELS,
  };
}
