import type { AlertGroup } from "../observability/alert";
import { OBJECT_STORE } from "./gateway";

/** Rules on the object store in the cluster, by what kube-state-metrics and the kubelets know of it. */
export function objectStoreAlerts(namespace: string): AlertGroup[] {
  const volume = `namespace="${namespace}", persistentvolumeclaim="data-${OBJECT_STORE}-0"`;
  return [
    {
      name: "object-store",
      alerts: [
        {
          name: "ObjectStoreDown",
          expr: `(max(kube_statefulset_status_replicas_ready{namespace="${namespace}", statefulset="${OBJECT_STORE}"}) or vector(0)) < 1`,
          for: "3m",
          severity: "page",
          summary: "The object store in the cluster does not run",
          description: "Prices that need files of products fail, and the database's WAL has nowhere to go.",
        },
        {
          name: "ObjectStoreVolumeFilling",
          expr: `min(kubelet_volume_stats_available_bytes{${volume}}) / min(kubelet_volume_stats_capacity_bytes{${volume}}) < 0.1`,
          for: "15m",
          severity: "ticket",
          summary: "The volume of the object store has {{ $value | humanizePercentage }} left",
          description: "When it is full nothing can be written: no backups, no WAL, no logs.",
        },
      ],
    },
  ];
}
