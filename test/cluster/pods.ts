import type { KubernetesObject } from "./resources";

interface PodTemplate {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec?: { readonly volumes?: readonly unknown[] };
}

/** The pod that a controller of Kubernetes would create first for an object; none if the object makes no pods. */
export function podOf(object: KubernetesObject): KubernetesObject | undefined {
  const template = templateOf(object);
  if (template === undefined) return undefined;
  const { name, namespace = "default" } = object.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: `${name}-0`, namespace },
    spec: { ...template.spec, volumes: [...(template.spec?.volumes ?? []), ...claimedVolumes(object)] },
  };
}

function templateOf(object: KubernetesObject): PodTemplate | undefined {
  const spec = object.spec as { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } | undefined;
  switch (`${object.apiVersion} ${object.kind}`) {
    case "apps/v1 Deployment":
    case "apps/v1 StatefulSet":
    case "apps/v1 DaemonSet":
    case "apps/v1 ReplicaSet":
    case "batch/v1 Job":
      return spec?.template;
    case "batch/v1 CronJob":
      return spec?.jobTemplate?.spec?.template;
    default:
      return undefined;
  }
}

/** A StatefulSet's pods have volumes that its pod template does not name. */
function claimedVolumes(object: KubernetesObject): unknown[] {
  if (object.kind !== "StatefulSet") return [];
  const spec = object.spec as { volumeClaimTemplates?: readonly { metadata: { name: string } }[] };
  return (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${object.metadata.name}-0` },
  }));
}
