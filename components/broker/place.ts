import type { BrokerScaling } from "../autoscaling/sources";
import { authority } from "../certificates/authority";
import { CA_FILE, CA_SECRET, caVolume } from "../certificates/trust";
import type { Endpoint } from "../network/connection";
import type { Environment } from "../platform";
import type { Volume, VolumeMount } from "../workload/pod";
import { amqpEndpoint, BROKER, managementEndpoint } from "./endpoints";
import type { ExistingBroker } from "./existing-config";
import type { ClusterReference } from "./kinds";

/** Secret with the address of the management API of a broker that is not the platform's, and its administrator. */
export const CONNECTION_SECRET = `${BROKER}-connection`;

/** Where a broker is and how its clients trust it: one that the platform runs, or one that was there before. */
export interface BrokerPlace {
  /** Where clients of AMQP connect to. */
  readonly amqp: Endpoint;
  /** The management API. */
  readonly management: Endpoint;
  /** Address of the management API, without a slash at the end. */
  readonly managementUrl: string;
  /** How objects of the topology operator name it. */
  readonly reference: ClusterReference["rabbitmqClusterReference"];
  /** File with the CA certificate in the pods of clients. @default a public CA, which images bring along, or no TLS */
  readonly caFile?: string;
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  /** Where KEDA reads that certificate. */
  readonly scalingCa?: BrokerScaling["ca"];
}

export function ownPlace(environment: Environment): BrokerPlace {
  const management = managementEndpoint(environment);
  return {
    amqp: amqpEndpoint(environment),
    management,
    managementUrl: `https://${management.host}:${management.port}`,
    reference: { name: BROKER },
    caFile: CA_FILE,
    volumes: caVolume.volumes,
    volumeMounts: caVolume.volumeMounts,
    scalingCa: { kind: "Secret", name: CA_SECRET, key: "ca.crt" },
  };
}

export function existingPlace(existing: ExistingBroker): BrokerPlace {
  const { ca } = existing;
  const managementUrl = managementUrlOf(existing);
  const url = new URL(managementUrl);
  const trusted = ca === undefined ? undefined : authority(BROKER, ca);
  return {
    amqp: endpoint("amqps", existing.host, existing.port ?? (existing.tls ? 5671 : 5672), existing),
    management: endpoint("management", url.hostname, portOf(url), existing),
    managementUrl,
    reference: { connectionSecret: { name: existing.administrator.secret ?? CONNECTION_SECRET } },
    ...(trusted === undefined
      ? {}
      : { caFile: trusted.file, scalingCa: { kind: "ConfigMap", name: trusted.name, key: trusted.key } }),
    volumes: trusted?.volumes ?? [],
    volumeMounts: trusted?.volumeMounts ?? [],
  };
}

/** Address of the management API, without a slash at the end. */
function managementUrlOf({ host, tls, kind, management }: ExistingBroker): string {
  const own = tls ? `https://${host}:15671` : `http://${host}:15672`;
  return (management ?? (kind === "rabbitmq" ? own : `https://${host}`)).replace(/\/+$/, "");
}

/** Where Prometheus reads a node's metrics. */
export function metricsEndpoint(host: string, port: number, existing: ExistingBroker): Endpoint {
  return endpoint("metrics", host, port, existing);
}

function endpoint(name: string, host: string, port: number, { servers }: ExistingBroker): Endpoint {
  const target = "cidrs" in servers ? { cidrs: servers.cidrs } : { pods: { name: BROKER, ...servers } };
  return { name: `${BROKER}:${name}`, host, port, target };
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
