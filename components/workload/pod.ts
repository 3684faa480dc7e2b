import type * as k8s from "@pulumi/kubernetes";
import * as kx from "@pulumi/kubernetesx";
import type * as pulumi from "@pulumi/pulumi";
import { pullSecretNames, resolveImage } from "../images/resolve";
import type { ImageName } from "../images/catalogue";
import type { ImageOverride } from "../images/config";
import type { Environment } from "../platform";
import { requirements, type Resources } from "../schema/quantity";
import { acrossZonesAndHosts } from "./spread";

export type PodSpec = k8s.types.input.core.v1.PodSpec;
export type Probe = k8s.types.input.core.v1.Probe;
export type Volume = k8s.types.input.core.v1.Volume;
export type VolumeMount = k8s.types.input.core.v1.VolumeMount;
export type EnvVarSource = k8s.types.input.core.v1.EnvVarSource;
type SecurityContext = k8s.types.input.core.v1.SecurityContext;

/** A pod that fills a writable directory is evicted, before it fills the disk of its node. */
const WRITABLE_SIZE = "2Gi";

export interface ContainerArgs {
  readonly name: string;
  readonly image: ImageName;
  /** What this container has otherwise than the others of the image. @default nothing */
  readonly imageOverride?: ImageOverride;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Plain values, or references to secrets and fields of the pod. */
  readonly env?: Readonly<Record<string, string | EnvVarSource>>;
  /** Container ports by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly resources: Resources;
  /** Further limits and requests, e.g. `{"nvidia.com/gpu": "1"}`. */
  readonly extendedResources?: Readonly<Record<string, string>>;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: k8s.types.input.core.v1.Lifecycle;
  readonly volumeMounts?: readonly VolumeMount[];
  /** Directories that the container may write to; each becomes an emptyDir of 2Gi, because the root file system is read-only. */
  readonly writable?: readonly string[];
  /** Exceptions from the restricted baseline, for node-level agents; say why beside it. */
  readonly securityContext?: SecurityContext;
}

export interface PodArgs {
  readonly serviceAccountName: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerArgs[];
  readonly initContainers?: readonly ContainerArgs[];
  readonly volumes?: readonly Volume[];
  readonly priorityClassName: string;
  /** Numeric user and group of the image. @default 65532 (nonroot of distroless images) */
  readonly user?: number;
  /** Its group, which owns the volumes. @default the number of the user */
  readonly group?: number;
  /** Seconds between SIGTERM and SIGKILL. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** Mounts a token of the API server; only for pods that talk to it. @default false */
  readonly apiToken?: boolean;
  /** Spread over zones and hosts. `deployment` compares pods of one revision only. @default none */
  readonly spread?: "deployment" | "statefulset";
  /** Fields that only few pods need: nodeSelector, tolerations, hostNetwork, hostAliases. */
  readonly overrides?: Partial<PodSpec>;
}

/** @default user of images that name none */
const NONROOT = 65_532;

/** What Pod Security `restricted` asks of a container, and a read-only root file system. */
const RESTRICTED: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

function writableVolumeName(container: string, directory: string): string {
  return `${container}${directory.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}`.slice(0, 63).replace(/-$/, "");
}

function container(args: ContainerArgs, environment: Environment) {
  const image = resolveImage(environment.images, args.image, args.imageOverride);
  const { requests, limits } = requirements(args.resources);
  return {
    name: args.name,
    image: image.reference,
    imagePullPolicy: image.pullPolicy,
    command: args.command && [...args.command],
    args: args.args && [...args.args],
    env: { ...args.env },
    ports: { ...args.ports },
    resources: { requests: { ...requests, ...args.extendedResources }, limits: { ...limits, ...args.extendedResources } },
    startupProbe: args.startupProbe,
    readinessProbe: args.readinessProbe,
    livenessProbe: args.livenessProbe,
    lifecycle: args.lifecycle,
    securityContext: { ...RESTRICTED, ...args.securityContext },
    volumeMounts: [
      ...(args.volumeMounts ?? []),
      ...(args.writable ?? []).map((mountPath) => ({ name: writableVolumeName(args.name, mountPath), mountPath })),
    ],
  };
}

function spreadConstraints({ spread, selector }: PodArgs, zones: readonly string[]) {
  if (spread === undefined) return undefined;
  return acrossZonesAndHosts({ labels: selector, byRevision: spread === "deployment" }, zones);
}

/** Pod builder of kubernetesx writes every list of a container, empty ones too: leave out what says nothing. */
function withoutEmptyLists<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmptyLists) as T;
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, v]) => v !== undefined && !(Array.isArray(v) && v.length === 0));
  return Object.fromEntries(kept.map(([k, v]) => [k, withoutEmptyLists(v)])) as T;
}

/**
 * The spec of a pod on the platform's baseline: Pod Security `restricted`, read-only root file system, no API token,
 * memory limits, spread over zones and hosts. The one place that uses `@pulumi/kubernetesx`.
 */
export function podSpec(args: PodArgs, environment: Environment): pulumi.Output<PodSpec> {
  const user = args.user ?? NONROOT;
  const group = args.group ?? user;
  const everyContainer = [...(args.initContainers ?? []), ...args.containers];
  const writable = everyContainer.flatMap((c) => (c.writable ?? []).map((dir) => writableVolumeName(c.name, dir)));
  const pullSecrets = pullSecretNames(environment.images);
  const builder = new kx.PodBuilder({
    serviceAccountName: args.serviceAccountName,
    automountServiceAccountToken: args.apiToken ?? false,
    enableServiceLinks: false,
    priorityClassName: args.priorityClassName,
    terminationGracePeriodSeconds: args.terminationGracePeriodSeconds ?? 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: group,
      fsGroup: group,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    imagePullSecrets: pullSecrets.map((name) => ({ name })),
    topologySpreadConstraints: spreadConstraints(args, environment.zones),
    volumes: [...(args.volumes ?? []), ...writable.map((name) => ({ name, emptyDir: { sizeLimit: WRITABLE_SIZE } }))],
    initContainers: args.initContainers?.map((c) => container(c, environment)),
    containers: args.containers.map((c) => container(c, environment)),
    ...args.overrides,
  } as kx.types.PodSpec);
  return builder.podSpec.apply(withoutEmptyLists);
}
