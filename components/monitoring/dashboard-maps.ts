import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { shortHash } from "../objects/short-hash";
import { objectLabels } from "../objects/labels";
import type { Volume } from "../workload/pod";
import type { Dashboard } from "../observability/dashboard";

/** Largest data of a ConfigMap. Source: https://kubernetes.io/docs/concepts/configuration/configmap/ */
const MOST_BYTES = 2 ** 20;

/** What is wrong with the dashboards of all components together; empty if they are fine. */
export function problemsOfDashboards(dashboards: readonly Dashboard[]): string[] {
  const uids = dashboards.map((dashboard) => dashboard.uid);
  const twice = [...new Set(uids.filter((uid, i) => uids.indexOf(uid) !== i))];
  const large = dashboards.filter((dashboard) => Buffer.byteLength(file(dashboard)) > MOST_BYTES * 0.95);
  return [
    ...twice.map((uid) => `two dashboards have the uid ${uid}`),
    ...large.map(({ uid }) => `dashboard ${uid} is larger than a ConfigMap may be (1 MiB): split it`),
  ];
}

/**
 * One ConfigMap for each dashboard, immutable and named by its content, and one volume with all of them: a changed
 * dashboard is one changed object, none comes near the largest size, and the pod has one mount however many there are.
 */
export function dashboardVolume(
  volume: string,
  dashboards: readonly Dashboard[],
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): Volume {
  const names = dashboardMaps(dashboards, { namespace }, opts);
  return { name: volume, projected: { sources: names.map((name) => ({ configMap: { name } })) } };
}

interface MapsArgs {
  readonly namespace: string;
  /** By which the sidecar of a Grafana that is there finds them. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A ConfigMap for each dashboard, immutable and named by its content; their names. */
export function dashboardMaps(dashboards: readonly Dashboard[], args: MapsArgs, opts: pulumi.CustomResourceOptions): string[] {
  const { namespace, labels = {}, annotations } = args;
  return [...dashboards]
    .sort((a, b) => (a.uid < b.uid ? -1 : 1))
    .map((dashboard) => {
      const content = file(dashboard);
      const name = `dashboard-${dashboard.uid}-${shortHash(content)}`;
      const resourceName = `dashboard-${dashboard.uid}`;
      const metadata = {
        name,
        namespace,
        labels: { ...objectLabels(resourceName, "monitoring"), ...labels },
        ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
      };
      const data = { [`${dashboard.uid}.json`]: content };
      new k8s.core.v1.ConfigMap(resourceName, { metadata, immutable: true, data }, opts);
      return name;
    });
}

function file(dashboard: Dashboard): string {
  return JSON.stringify(dashboard.model);
}
