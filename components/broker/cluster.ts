import { pullSecretNames, resolveImage } from "../images/resolve";
import type { Environment } from "../platform";
import { parseBytes, parseDuration } from "../schema";
import { acrossZones } from "../workload/spread";
import type { ConfigFiles } from "../workload/config-files";
import type { BrokerConfig } from "./config";
import { BROKER, brokerPods, PORTS } from "./endpoints";
import type { RabbitmqClusterSpec } from "./kinds";
import { certificateVolume, DISTRIBUTION_ARGUMENTS } from "./node-tls";
import { diskFreeLimitBytes, writeAheadLogBytes } from "./sizes";

/** Secret with the certificate of the broker. */
export const CERTIFICATE_SECRET = `${BROKER}-tls`;

/**
 * The nodes of the broker, as the cluster operator makes them.
 * @param nodeTls the options of TLS between them. @default none, plain text
 */
export function clusterSpec(config: BrokerConfig, environment: Environment, nodeTls?: ConfigFiles): RabbitmqClusterSpec {
  const { cpu, memory, cpuLimit } = config.resources;
  const image = resolveImage(environment.images, "rabbitmq");
  const labels = { ...brokerPods(environment).labels };
  const pullSecrets = pullSecretNames(environment.images).map((name) => ({ name }));
  return {
    replicas: config.replicas,
    image: image.reference,
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets }),
    resources: { requests: { cpu, memory }, limits: { cpu: cpuLimit ?? cpu, memory } },
    persistence: {
      storage: config.storage,
      ...(environment.storageClass === undefined ? {} : { storageClassName: environment.storageClass }),
    },
    rabbitmq: {
      additionalConfig: additionalConfig(config),
      advancedConfig: ADVANCED_CONFIG,
      envConfig: envConfig(config),
      additionalPlugins: [...config.plugins],
    },
    tls: { secretName: CERTIFICATE_SECRET, disableNonTLSListeners: true },
    ...(config.replicas === 1 ? {} : { affinity: apart(labels) }),
    terminationGracePeriodSeconds: parseDuration(config.terminationGracePeriod),
    delayStartSeconds: parseDuration(config.startDelay),
    override: {
      statefulSet: {
        spec: {
          template: {
            spec: {
              priorityClassName: environment.priorityClasses.data,
              enableServiceLinks: false,
              ...(config.replicas === 1 || environment.zones.length < 2
                ? {}
                : // The volumes of a node stay in its zone, so this holds for good.
                  { topologySpreadConstraints: [acrossZones({ labels })] }),
              // The operator's own security context is that of Pod Security `restricted`; it has no field for these two.
              initContainers: [{ name: "setup-container", imagePullPolicy: image.pullPolicy }],
              containers: [
                {
                  name: "rabbitmq",
                  imagePullPolicy: image.pullPolicy,
                  ...(nodeTls === undefined ? {} : { volumeMounts: [...nodeTls.volumeMounts, certificateVolume.mount] }),
                },
              ],
              ...(nodeTls === undefined ? {} : { volumes: [...nodeTls.volumes, certificateVolume.volume] }),
            },
          },
        },
      },
    },
  };
}

/** Two nodes on one host would fall together, and with them the majority. */
function apart(labels: Readonly<Record<string, string>>): NonNullable<RabbitmqClusterSpec["affinity"]> {
  const term = { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" };
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
}

/**
 * Settings beside those of the operator (TLS, peer discovery, memory).
 * Source: https://www.rabbitmq.com/docs/configure#config-items
 */
export function additionalConfig(config: BrokerConfig): string {
  const settings: Record<string, string | number> = {
    "vm_memory_high_watermark.relative": config.memoryHighWatermark,
    "disk_free_limit.absolute": diskFreeLimitBytes(config),
    "raft.wal_max_size_bytes": writeAheadLogBytes(parseBytes(config.resources.memory)),
    // The leaders of the queues are spread over the nodes, wherever a queue was declared.
    queue_leader_locator: "balanced",
    // Of queues that the platform does not declare; its own have it in their policies, whose change restarts no node.
    consumer_timeout: parseDuration(config.consumerTimeout) * 1000,
    "auth_mechanisms.1": "PLAIN",
    heartbeat: 30,
    "log.console.formatter": "json",
  };
  for (const listener of ["ssl_options", "management.ssl", "prometheus.ssl"]) {
    settings[`${listener}.versions.1`] = "tlsv1.3";
    settings[`${listener}.versions.2`] = "tlsv1.2";
  }
  return lines(Object.entries(settings).map(([key, value]) => `${key} = ${value}`));
}

/** The listener for metrics without TLS (15692) is open unless it is taken away; no setting of rabbitmq.conf does that. */
const ADVANCED_CONFIG = lines(["[{rabbitmq_prometheus, [{tcp_config, []}]}]."]);

/**
 * Schedulers that find no work sleep instead of spinning: under a CPU limit spinning uses up what work would need.
 * Source: https://www.rabbitmq.com/docs/runtime#busy-waiting
 */
const SLEEPING_SCHEDULERS = "+sbwt none +sbwtdcpu none +sbwtdio none";

function envConfig({ nodeTls }: BrokerConfig): string {
  if (!nodeTls) return lines([`SERVER_ADDITIONAL_ERL_ARGS="${SLEEPING_SCHEDULERS}"`]);
  return lines([
    `SERVER_ADDITIONAL_ERL_ARGS="${SLEEPING_SCHEDULERS} ${DISTRIBUTION_ARGUMENTS}"`,
    `RABBITMQ_CTL_ERL_ARGS="${DISTRIBUTION_ARGUMENTS}"`,
  ]);
}

function lines(text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}

/** Ports that clients outside of the cluster may reach through the load balancer: AMQP over TLS and nothing else. */
export const EXTERNAL_PORTS = [{ name: "amqps", port: PORTS.amqps, targetPort: PORTS.amqps, appProtocol: "amqps" }];
