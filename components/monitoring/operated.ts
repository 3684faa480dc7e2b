import type { IPrometheus } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus";
import { pullSecretNames, resolveImage } from "../images/resolve";
import type { ImageName } from "../images/catalogue";
import type * as pulumi from "@pulumi/pulumi";
import type { PodSet } from "../network/connection";
import type { Environment } from "../platform";
import { requirements, type Resources } from "../schema";
import { acrossZonesAndHosts } from "../workload/spread";
import { claimSpec, TEMPLATE_SIZE, volumeClaims } from "../workload/volume-claims";
import type { ScrapeTarget } from "../observability/scrape";

/** User of the images of Prometheus and Alertmanager. */
const NOBODY = 65_534;

/** Requests of the sidecar that tells its neighbour to read its configuration again. */
const RELOADER: Resources = { cpu: "10m", memory: "50Mi" };

export interface OperatedArgs {
  readonly environment: Environment;
  readonly image: ImageName;
  readonly resources: Resources;
  readonly replicas: number;
  /** Labels of the pods, for their spread. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Volume of one pod; absent: none. */
  readonly storage?: string;
}

/**
 * The part of the specification that Prometheus and Alertmanager share: the platform's baseline of pods, for pods that an
 * operator makes. Read-only root file systems and dropped capabilities are the operator's own defaults.
 */
export function operatedPods(args: OperatedArgs) {
  const { environment } = args;
  const image = resolveImage(environment.images, args.image);
  const reloader = {
    image: resolveImage(environment.images, "prometheusConfigReloader").reference,
    resources: requirements(RELOADER),
  };
  return {
    replicas: args.replicas,
    image: image.reference,
    // The operator chooses flags by version, and cannot see it in the reference where a digest or a mirror's tag stands.
    version: image.tag,
    imagePullPolicy: image.pullPolicy,
    imagePullSecrets: pullSecretNames(environment.images).map((name) => ({ name })),
    resources: requirements(args.resources),
    // Merged by name with the containers that the operator makes.
    containers: [{ name: "config-reloader", ...reloader }],
    initContainers: [{ name: "init-config-reloader", ...reloader }],
    priorityClassName: environment.priorityClasses.platform,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      fsGroup: NOBODY,
      fsGroupChangePolicy: "OnRootMismatch" as const,
      seccompProfile: { type: "RuntimeDefault" as const },
    },
    topologySpreadConstraints: acrossZonesAndHosts({ labels: args.podLabels }, environment.zones),
    storage: args.storage === undefined ? undefined : volume(args.storage, environment.storageClass),
  };
}

function volume(size: string, storageClassName: string | undefined): IPrometheus["spec"]["storage"] {
  const spec = claimSpec(size, storageClassName);
  // The type asks for apiVersion and kind, which the definition of the custom resource leaves optional.
  return { volumeClaimTemplate: { spec } as unknown as NonNullable<IPrometheus["spec"]["storage"]>["volumeClaimTemplate"] };
}

export interface OperatedClaimsArgs {
  readonly environment: Environment;
  readonly kind: "prometheus" | "alertmanager";
  /** Name of the custom resource. */
  readonly name: string;
  readonly replicas: number;
  /** Volume of one pod; absent: none. */
  readonly storage?: string;
}

/**
 * The volume claims of what the operator runs, and the options of the custom resource with them: the operator does not grow claims, and a
 * changed template makes it delete all pods at once.
 * Source of the names and of that: prometheus-operator, Documentation/platform/storage.md and pkg/prometheus/common.go
 */
export function operatedClaims(args: OperatedClaimsArgs, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  const { environment, kind, name, replicas, storage } = args;
  if (storage === undefined) return {};
  const statefulSet = `${kind}-${name}`;
  const claims = volumeClaims(
    {
      namespace: environment.namespaces.observability,
      component: "monitoring",
      statefulSet,
      replicas,
      template: `${statefulSet}-db`,
      spec: claimSpec(storage, environment.storageClass),
    },
    opts,
  );
  return { dependsOn: claims, ignoreChanges: [`spec.storage.volumeClaimTemplate.${TEMPLATE_SIZE}`] };
}

/** The sidecar's metrics: whether it could make its neighbour read its configuration again. */
export function reloaderTarget(name: string, pods: PodSet): ScrapeTarget {
  return {
    job: `${name}-config-reloader`,
    pods,
    port: "reloader-web",
    portNumber: 8080,
    metrics: ["reloader_last_reload_successful"],
    labels: [],
  };
}
