import { hpaName } from "../../autoscaling/specs";
import { needsKeda } from "../../autoscaling/triggers";
import { anywhere, CAUSE_KEEPS_FIRING, type Alert, type AlertGroup } from "../../observability/alert";
import type { MesAlertsArgs } from "./alerts";
import type { RoleConfig } from "../config";
import { CONTAINER } from "../role/container-name";
import { enabledRoles, minPods } from "../role/pods";
import { anyOf } from "../queries";
import { alertName, grouped } from "./severity";

type NamedRole = [string, RoleConfig];

/** Pods and autoscalers of the roles, as kube-state-metrics sees them. */
export function roleAlerts({ roles, namespace }: MesAlertsArgs): AlertGroup {
  const all = enabledRoles(roles);
  return { name: "mes-roles", alerts: [...podAlerts(all, namespace), ...autoscalerAlerts(all, namespace)] };
}

function podAlerts(all: NamedRole[], namespace: string): Alert[] {
  const deployments = (roles: readonly NamedRole[]) => `namespace="${namespace}",${anyOf("deployment", names(roles))}`;
  const pods = (roles: readonly NamedRole[]) =>
    `namespace="${namespace}",container="${CONTAINER}",pod=~"(${names(roles).join("|")})-[a-z0-9]+-[a-z0-9]+"`;
  const restarts = (roles: readonly NamedRole[], window: string) =>
    `sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{${pods(roles)}}[${window}]))`;
  return [
    ...grouped(all.filter(([, role]) => minPods(role) > 0)).map(({ severity, members }): Alert => ({
      name: alertName("RoleDown", severity),
      expr: `kube_deployment_status_replicas_available{${deployments(members)}} == 0`,
      for: "1m",
      severity,
      keepFiringFor: CAUSE_KEEPS_FIRING,
      explains: {
        ...anywhere("BrokerQueueWithoutConsumers", "BrokerQueueBacklog", "BrokerQueueNearlyFull", "MesRoleReplicasMissing"),
        ...anywhere("OutboxDelayed", "OutboxNotDrained", "OutboxGrowing"),
      },
      summary: "no pod of {{ $labels.deployment }} is available",
      description: "Nothing does the work of this role: its requests fail, its messages wait at the broker.",
    })),
    ...grouped(all).map(({ severity, members }): Alert => ({
      name: alertName("RoleRestarting", severity),
      expr: `${restarts(members, "15m")} >= 3`,
      severity,
      summary: "{{ $labels.pod }} has restarted {{ $value | humanize }} times in 15 minutes",
      description: "The program ends or is ended again and again; each time its messages are redelivered and its requests fail.",
    })),
    {
      name: "MesRoleOutOfMemory",
      expr: `${restarts(all, "10m")} > 0 and on (namespace, pod) kube_pod_container_status_last_terminated_reason{${pods(all)},reason="OOMKilled"} == 1`,
      severity: "ticket",
      causedBy: { MesOrderRoleRestarting: ["namespace", "pod"], MesRoleRestarting: ["namespace", "pod"] },
      summary: "{{ $labels.pod }} was killed because it ran out of memory",
      description: "The pod needed more than its memory limit, which is its request. More memory, or a smaller prefetch or pool.",
    },
    {
      name: "MesRoleReplicasMissing",
      expr: `kube_deployment_spec_replicas{${deployments(all)}} - kube_deployment_status_replicas_available{${deployments(all)}} > 0`,
      for: "15m",
      severity: "ticket",
      causedBy: anywhere("NodeNotReady"),
      summary: "{{ $value }} pods of {{ $labels.deployment }} are missing",
      description: "Pods are wanted and are not available: no node has room for them, or they do not become ready.",
    },
  ];
}

function autoscalerAlerts(all: NamedRole[], namespace: string): Alert[] {
  const hpas = (roles: readonly NamedRole[]) => {
    const hpaNames = roles.flatMap(([name, { scale }]) => (scale === undefined ? [] : [hpaName(name, needsKeda(scale))]));
    return `namespace="${namespace}",${anyOf("horizontalpodautoscaler", hpaNames)}`;
  };
  const growing = all.filter(([, { scale }]) => scale !== undefined && scale.max > scale.min);
  // An autoscaler of a role that has no pod says that it is not active, which is right.
  const neverAsleep = all.filter(([, { scale }]) => scale !== undefined && scale.min > 0);
  const alerts: Alert[] = [];
  if (growing.length > 0) {
    const hpa = hpas(growing);
    alerts.push({
      name: "MesRoleAtMaxReplicas",
      expr: `kube_horizontalpodautoscaler_status_desired_replicas{${hpa}} >= kube_horizontalpodautoscaler_spec_max_replicas{${hpa}}`,
      for: "15m",
      severity: "ticket",
      summary: "{{ $labels.horizontalpodautoscaler }} wants all pods that it may have",
      description: "The role cannot grow further: more load makes it slow, and orders late.",
    });
  }
  if (neverAsleep.length > 0) {
    alerts.push({
      name: "MesAutoscalerInactive",
      expr: `kube_horizontalpodautoscaler_status_condition{${hpas(neverAsleep)},condition="ScalingActive",status="false"} == 1`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $labels.horizontalpodautoscaler }} does not scale",
      description: "The autoscaler cannot read its metrics or its target: the number of pods does not follow the load.",
    });
  }
  return alerts;
}

function names(roles: readonly NamedRole[]): string[] {
  return roles.map(([name]) => name);
}
