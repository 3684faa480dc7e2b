import type { OperatorPodsName } from "../../components/operators/catalogue/catalogue";
import { inventory } from "../../review/kubernetes/inventory";
import { at, recordAt } from "../../review/kubernetes/value";
import type { Plan } from "../../review/plan/plan";

/*
 * What the operators' charts make, at the pinned versions and with the platform's values, as far as the network is concerned.
 * Source: the charts' templates.
 */

export type Labels = Readonly<Record<string, string>>;

/** Labels that Helm recommends to charts: https://helm.sh/docs/chart_best_practices/labels/ */
const helm = (name: string, release: string, component?: string): Labels => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": release,
  ...(component === undefined ? {} : { "app.kubernetes.io/component": component }),
  "app.kubernetes.io/managed-by": "Helm",
});
const rabbitmq = (component: string): Labels => ({
  ...helm("rabbitmq-cluster-operator", "rabbitmq", component),
  "app.kubernetes.io/part-of": "rabbitmq",
});
const prometheusStack = (app: string, component: string): Labels => ({
  app: `kube-prometheus-stack-${app}`,
  release: "prometheus-operator",
  ...helm("kube-prometheus-stack-prometheus-operator", "prometheus-operator", component),
});
const keda = (app: string): Labels => ({ app, ...helm(app, "keda"), "app.kubernetes.io/part-of": "keda-operator" });

/** Labels of the charts' pods. */
export const CHART_PODS: Readonly<Record<OperatorPodsName, Labels>> = {
  "cert-manager": { app: "cert-manager", ...helm("cert-manager", "cert-manager", "controller") },
  "cert-manager-webhook": { app: "webhook", ...helm("webhook", "cert-manager", "webhook") },
  "cert-manager-cainjector": { app: "cainjector", ...helm("cainjector", "cert-manager", "cainjector") },
  "cloudnative-pg": helm("cloudnative-pg", "cloudnative-pg"),
  "plugin-barman-cloud": helm("plugin-barman-cloud", "barman-cloud"),
  "rabbitmq-cluster-operator": rabbitmq("rabbitmq-operator"),
  "rabbitmq-topology-operator": rabbitmq("messaging-topology-operator"),
  "prometheus-operator": prometheusStack("operator", "prometheus-operator"),
  // Hooks of the chart: jobs that run before and after each installation and update.
  "prometheus-operator-admission-create": prometheusStack("admission-create", "prometheus-operator-webhook"),
  "prometheus-operator-admission-patch": prometheusStack("admission-patch", "prometheus-operator-webhook"),
  "keda-operator": { ...keda("keda-operator"), name: "keda-operator" },
  "keda-metrics-apiserver": keda("keda-operator-metrics-apiserver"),
  "keda-admission-webhooks": { ...keda("keda-admission-webhooks"), name: "keda-admission-webhooks" },
  "metrics-server": helm("metrics-server", "metrics-server"),
};

interface ChartPolicy {
  readonly release: string;
  /** Part of the values whose `networkPolicy.enabled` switches it off. */
  readonly part: string;
  readonly pods: OperatorPodsName;
  /** Ports that it opens to everybody. */
  readonly ports: readonly number[];
}

/** Policies that charts make unless they are told not to. They allow every egress. */
const CHART_POLICIES: readonly ChartPolicy[] = [
  { release: "rabbitmq", part: "clusterOperator", pods: "rabbitmq-cluster-operator", ports: [9782, 8081] },
  { release: "rabbitmq", part: "msgTopologyOperator", pods: "rabbitmq-topology-operator", ports: [9443, 8081] },
];

/** The policies that the charts of a plan make: policies add up, so one of them opens what the platform's keep closed. */
export function chartPolicies(plan: Plan): object[] {
  return inventory(plan).helmReleases.flatMap(({ name, namespace, resource }) =>
    CHART_POLICIES.filter(({ release, part }) => {
      return release === name && at(recordAt(resource.inputs, "values"), part, "networkPolicy", "enabled") !== false;
    }).map(({ pods, ports }) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: pods, namespace },
      spec: {
        podSelector: { matchLabels: CHART_PODS[pods] },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: ports.map((port) => ({ port })) }],
        egress: [{}],
      },
    })),
  );
}
