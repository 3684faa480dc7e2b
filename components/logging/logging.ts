import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import { CA_FILE, caVolume } from "../certificates/trust";
import { goMemoryLimit } from "../collector/settings";
import { connect, serviceHost, type Endpoint, type PodSet } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import type { BucketAccess } from "../storage/access";
import type { Binding } from "../workload/binding";
import { objectLabels, selectorLabels } from "../objects/labels";
import type { ContainerArgs, VolumeMount } from "../workload/pod";
import { Workload } from "../workload/workload";
import { loggingAlerts } from "./alerts";
import type { LoggingConfig } from "./config";
import { loggingDashboard } from "./dashboards";
import { LOKI, LOKI_HTTP_PORT } from "./endpoints";
import {
  LOKI_DIRECTORY,
  LOKI_GOSSIP,
  LOKI_GOSSIP_PORT,
  LOKI_GRPC_PORT,
  LOKI_TLS_DIRECTORY,
  POD_IP,
  lokiConfig,
} from "./loki-config";
import { LOKI_LABELS, LOKI_METRICS } from "./metrics";

/** User of Loki's image. */
const LOKI_USER = 10_001;
const TLS_SECRET = `${LOKI}-tls`;

export interface LoggingArgs {
  readonly environment: Environment;
  readonly config: LoggingConfig;
  /** Name of the ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  /** Loki's access to the bucket `logs`. @default none: needed only for storage of kind `bucket` */
  readonly bucket?: { readonly access: BucketAccess; readonly binding: Binding };
}

/** Loki: keeps the logs that the agents bring, and answers queries. Empty when logging is off. */
export class Logging extends PlatformComponent {
  constructor(name: string, args: LoggingArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:logging:Logging", name, args, opts);
    if (args.config.enabled) {
      this.createLoki(args);
      this.declare({ alerts: [loggingAlerts(args.config)] });
      this.declare({ dashboards: [loggingDashboard()] });
    }
    this.registerOutputs({});
  }

  private createLoki({ environment, config, issuer, bucket }: LoggingArgs): void {
    const { storage } = config;
    if (storage.kind === "bucket" && bucket === undefined) {
      throw new pulumi.InputPropertyError({ propertyPath: "bucket", reason: "storage of kind bucket needs access to a bucket" });
    }
    const namespace = environment.namespaces.observability;
    const binding = storage.kind === "bucket" ? bucket?.binding : undefined;
    const host = serviceHost(LOKI, namespace);
    const tls = certificate(
      TLS_SECRET,
      {
        issuer,
        namespace,
        secretName: TLS_SECRET,
        dnsNames: [LOKI, `${LOKI}.${namespace}`, host, `${host}.cluster.local`, "localhost"],
        usages: ["server auth", "client auth"],
      },
      { parent: this },
    );
    const access = bucket?.access;
    const storeCa = storeCaOf(bucket);
    const workload = new Workload(
      LOKI,
      {
        environment,
        namespace,
        component: "logging",
        kind: "StatefulSet",
        headless: false,
        replicas: config.replicas,
        priorityClassName: environment.priorityClasses.platform,
        user: LOKI_USER,
        // Time to flush what is in memory only; the rest is on the volume.
        terminationGracePeriodSeconds: 300,
        files: {
          "/etc/loki/config/config.yaml": lokiConfig(environment, config, {
            endpointUrl: access?.endpointUrl,
            privateCa: access?.caSecretName !== undefined,
          }),
        },
        volumes: [{ name: "tls", secret: { secretName: TLS_SECRET } }, ...(binding?.volumes ?? []), ...storeCa.volumes],
        claims: [{ name: "data", size: storage.kind === "bucket" ? storage.walSize : storage.size, mountPath: LOKI_DIRECTORY }],
        rollOn: binding?.rollOn,
        serviceAccountAnnotations: binding?.serviceAccountAnnotations,
        containers: [server(config, binding, storeCa.volumeMounts)],
        servicePorts: { http: { port: LOKI_HTTP_PORT, appProtocol: "https" } },
      },
      { parent: this, dependsOn: tls },
    );
    this.createGossipService(namespace);
    this.declarePods(workload.pods, host, binding?.endpoints ?? []);
  }

  private declarePods(pods: PodSet, serverName: string, store: readonly Endpoint[]): void {
    this.declare({ connections: connect(pods, ...peers(pods), ...store) });
    this.declare({
      scrapeTargets: [
        {
          job: LOKI,
          pods,
          port: "http",
          portNumber: LOKI_HTTP_PORT,
          scheme: "https",
          serverName,
          metrics: LOKI_METRICS,
          labels: LOKI_LABELS,
        },
      ],
    });
  }

  /** Pods have to find each other before they are ready: they become ready by it. */
  private createGossipService(namespace: string): void {
    new k8s.core.v1.Service(
      LOKI_GOSSIP,
      {
        metadata: { name: LOKI_GOSSIP, namespace, labels: objectLabels(LOKI_GOSSIP, "logging") },
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: true,
          selector: selectorLabels(LOKI),
          ports: [{ name: "gossip", port: LOKI_GOSSIP_PORT, targetPort: "gossip" }],
        },
      },
      { parent: this },
    );
  }
}

/** @param binding the store's, where logs are kept in a bucket */
function server({ resources }: LoggingConfig, binding: Binding | undefined, storeCa: readonly VolumeMount[]): ContainerArgs {
  const ready = { httpGet: { path: "/ready", port: "http", scheme: "HTTPS" } };
  return {
    name: LOKI,
    image: "loki",
    args: ["-config.file=/etc/loki/config/config.yaml", "-config.expand-env=true"],
    env: {
      GOMEMLIMIT: goMemoryLimit(resources),
      [POD_IP]: { fieldRef: { fieldPath: "status.podIP" } },
      ...binding?.env,
    },
    ports: { http: LOKI_HTTP_PORT, grpc: LOKI_GRPC_PORT, gossip: LOKI_GOSSIP_PORT },
    resources: resources,
    // It replays what was not flushed; a lot of it after a crash.
    startupProbe: { ...ready, periodSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...ready, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 30, failureThreshold: 5 },
    writable: ["/tmp"],
    volumeMounts: [{ name: "tls", mountPath: LOKI_TLS_DIRECTORY, readOnly: true }, ...(binding?.volumeMounts ?? []), ...storeCa],
  };
}

/** The certificate of a store with a private CA, unless the store's binding brings it. */
function storeCaOf(bucket: LoggingArgs["bucket"]): Pick<typeof caVolume, "volumes" | "volumeMounts"> {
  const directory = path.posix.dirname(CA_FILE);
  const mounted =
    bucket?.binding.volumeMounts?.some((mount) => (mount as { mountPath: unknown }).mountPath === directory) ?? false;
  return bucket?.access.caSecretName === undefined || mounted ? { volumes: [], volumeMounts: [] } : caVolume;
}

/** What Loki's pods say to each other. */
function peers(pods: PodSet): Endpoint[] {
  const to = (what: string, port: number) => ({
    name: `${LOKI}-${what}`,
    host: serviceHost(LOKI_GOSSIP, pods.namespace),
    port,
    target: { pods },
  });
  return [to("grpc", LOKI_GRPC_PORT), to("gossip", LOKI_GOSSIP_PORT)];
}
