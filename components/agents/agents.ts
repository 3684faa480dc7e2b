import type * as pulumi from "@pulumi/pulumi";
import { AGENT, OTLP_GRPC_PORT, OTLP_HTTP_PORT } from "../collector/endpoints";
import type { LoggingConfig } from "../logging/config";
import { lokiEndpoint } from "../logging/endpoints";
import { apiServerEndpoint } from "../network/api-server";
import { connect, type PodSet } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { gatewayEndpoint } from "../tracing/endpoints";
import { NODE_NAME, agentConfig } from "./agent-config";
import { collectorAlerts } from "../collector/alerts";
import { Collector } from "../collector/collector";
import type { AgentsConfig } from "./config";
import { collectorDashboard } from "../collector/dashboards";
import { POD_LOGS } from "./logs";
import { STATE_DIRECTORY } from "../collector/settings";

export interface AgentsArgs {
  readonly environment: Environment;
  readonly config: AgentsConfig;
  /** Name of the ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  readonly tracing: { readonly enabled: boolean };
  readonly logging: LoggingConfig;
}

/** The collector on every node. It is left out when neither tracing nor logging is on. */
export class Agents extends PlatformComponent {
  /** @default none: there are no agents */
  readonly pods?: PodSet;

  constructor(name: string, args: AgentsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:collector:Agents", name, args, opts);
    const { environment, config, tracing, logging } = args;
    const traces = tracing.enabled;
    if (traces || logging.enabled) {
      const agent = new Collector(
        AGENT,
        {
          environment,
          namespace: environment.namespaces.nodes,
          component: "collector",
          kind: "DaemonSet",
          config: agentConfig({ environment, config, traces, logs: logging.enabled ? logging : undefined }),
          resources: config.resources,
          issuer: args.issuer,
          ports: traces ? { otlp: OTLP_GRPC_PORT, "otlp-http": OTLP_HTTP_PORT } : {},
          ...(traces
            ? {
                servicePorts: {
                  otlp: { port: OTLP_GRPC_PORT, appProtocol: "kubernetes.io/h2c" },
                  "otlp-http": { port: OTLP_HTTP_PORT },
                },
                internalTrafficPolicy: "Local",
              }
            : {}),
          env: {
            [NODE_NAME]: { fieldRef: { fieldPath: "spec.nodeName" } },
            OTEL_RESOURCE_ATTRIBUTES: `deployment.environment.name=${environment.stack}`,
          },
          // It reads the pods of its node to say which one a span or a log record comes from.
          apiToken: true,
          clusterRules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
          ...(logging.enabled ? nodeFiles(environment) : {}),
          overrides: {
            // Every node, whatever it is reserved for: its pods have logs and spans too.
            tolerations: [{ operator: "Exists" }],
            ...(logging.enabled ? { securityContext: ROOT } : {}),
          },
        },
        { parent: this },
      );
      this.pods = agent.pods;
      this.declare({
        connections: connect(
          agent.pods,
          apiServerEndpoint(environment.apiServer),
          ...(traces ? [gatewayEndpoint(environment)] : []),
          ...(logging.enabled ? [lokiEndpoint(environment)] : []),
        ),
      });
      this.declare({ alerts: [collectorAlerts()] });
      this.declare({ dashboards: [collectorDashboard()] });
    }
    this.registerOutputs({});
  }
}

/**
 * Log files belong to root and nobody else may read them. All capabilities stay dropped: as their owner root needs none.
 */
const ROOT = {
  runAsNonRoot: false,
  runAsUser: 0,
  runAsGroup: 0,
  seccompProfile: { type: "RuntimeDefault" },
};

/** The node's log files, and a folder for queue and file positions; its name carries the stack's, for two on one cluster. */
function nodeFiles(environment: Environment) {
  const state = `/var/lib/${environment.namespaces.nodes}-${AGENT}`;
  return {
    user: 0,
    volumes: [
      { name: "pod-logs", hostPath: { path: POD_LOGS, type: "Directory" } },
      { name: "state", hostPath: { path: state, type: "DirectoryOrCreate" } },
    ],
    volumeMounts: [
      { name: "pod-logs", mountPath: POD_LOGS, readOnly: true },
      { name: "state", mountPath: STATE_DIRECTORY },
    ],
  };
}
