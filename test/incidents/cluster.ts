import type { Labels } from "./series";

export interface Pod {
  readonly name: string;
  readonly node: string;
  /** Second in which it was ready. */
  readonly since: number;
}

/** What runs pods. */
export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Cluster";
  readonly pods: number;
  /** Container that is scraped. */
  readonly container: string;
  /** Scrape targets of its pods. */
  readonly jobs: readonly string[];
  /** Name of its pods before the number, where it is not the service's own. */
  readonly podPrefix?: string;
  /** Number of its first pod. @default 0 */
  readonly first?: number;
}

export const NODES = ["node-1", "node-2", "node-3", "node-4", "node-5", "node-6"] as const;
export const GPU_NODES = ["gpu-1", "gpu-2"] as const;

function service(
  namespace: string,
  kind: Service["kind"],
  name: string,
  pods: number,
  container = name,
  more: Partial<Service> = {},
): Service {
  return { namespace, kind, name, pods, container, jobs: [name], ...more };
}

/** All that prod runs, with as many pods as it has at least. A test holds the jobs against the plan. */
export const SERVICES: readonly Service[] = [
  service("mes", "Deployment", "order-intake", 3, "mes"),
  service("mes", "Deployment", "order-api", 3, "mes"),
  service("mes", "Deployment", "dashboard", 2, "mes"),
  service("mes", "Deployment", "pricing", 2, "mes"),
  service("mes", "Deployment", "outbox-relay", 2, "mes"),
  service("mes-data", "Cluster", "postgres", 3, "postgres", { first: 1 }),
  service("mes-data", "Deployment", "postgres-pooler-rw", 3, "pgbouncer"),
  service("mes-data", "Deployment", "postgres-pooler-ro", 3, "pgbouncer"),
  service("mes-data", "StatefulSet", "broker-server", 3, "rabbitmq", { jobs: ["broker", "broker-queues"] }),
  service("mes-data", "Deployment", "cache", 1, "exporter"),
  service("mes-observability", "Deployment", "otel-gateway", 3, "collector"),
  service("mes-observability", "StatefulSet", "otel-sampler", 3, "collector", { jobs: ["otel-sampler", "span-metrics"] }),
  service("mes-observability", "Deployment", "jaeger", 3),
  service("mes-observability", "StatefulSet", "loki", 3),
  service("mes-observability", "Deployment", "kube-state-metrics", 1),
  service("mes-observability", "StatefulSet", "alertmanager-alertmanager", 3, "alertmanager", {
    jobs: ["alertmanager", "alertmanager-config-reloader"],
  }),
  service("mes-observability", "StatefulSet", "prometheus-prometheus", 2, "prometheus", {
    jobs: ["prometheus", "prometheus-config-reloader"],
  }),
  service("mes-observability", "StatefulSet", "grafana", 1),
  service("mes-nodes", "DaemonSet", "node-exporter", NODES.length + GPU_NODES.length),
  service("mes-nodes", "DaemonSet", "otel-agent", NODES.length + GPU_NODES.length, "collector"),
  service("mes-nodes", "DaemonSet", "dcgm-exporter", GPU_NODES.length),
  service("mes-operators", "Deployment", "cert-manager", 1),
  service("mes-operators", "Deployment", "cloudnative-pg", 1, "manager"),
  service("mes-operators", "Deployment", "rabbitmq-cluster-operator", 1),
  service("mes-operators", "Deployment", "prometheus-operator", 1),
  service("mes-operators", "Deployment", "keda-operator", 1),
];

/** Seconds that pods tolerate a node which is not ready, and those until it is called so. */
const EVICTED_AFTER = 340;

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Letters as Kubernetes puts them behind names, always the same ones for a number. */
function letters(number: number, length: number): string {
  let seed = number * 7919 + 104_729;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return LETTERS[seed % LETTERS.length];
  }).join("");
}

/** The pods of the cluster, as deploys, drains and crashes change them. */
export class Pods {
  private readonly byService = new Map<string, Pod[]>();
  private next = 0;
  private readonly goneSince = new Map<string, number>();
  private revision = new Map<string, number>();

  constructor() {
    for (const one of SERVICES) {
      this.byService.set(
        one.name,
        Array.from({ length: one.pods }, (_, i) => this.start(one, i, -Infinity)),
      );
    }
  }

  of(name: string): readonly Pod[] {
    const pods = this.byService.get(name);
    if (pods === undefined) throw new Error(`there is no service ${name}`);
    return pods;
  }

  /** Replaces a pod, on another node where it is not told which. */
  replace(name: string, index: number, now: number): void {
    const pods = [...this.of(name)];
    pods[index] = this.start(serviceOf(name), index, now);
    this.byService.set(name, pods);
  }

  /** All pods of a service one after the other, as of a new revision. */
  deploy(name: string): void {
    this.revision.set(name, (this.revision.get(name) ?? 0) + 1);
  }

  scale(name: string, to: number, now: number): void {
    const pods = [...this.of(name)].slice(0, to);
    while (pods.length < to) pods.push(this.start(serviceOf(name), pods.length, now));
    this.byService.set(name, pods);
  }

  /** What Kubernetes does with pods of Deployments on nodes that have been gone for five minutes: others are started elsewhere. */
  evict(nodesDown: ReadonlySet<string>, now: number): void {
    for (const node of this.goneSince.keys()) if (!nodesDown.has(node)) this.goneSince.delete(node);
    for (const node of nodesDown) this.goneSince.set(node, this.goneSince.get(node) ?? now);
    for (const one of SERVICES.filter(({ kind }) => kind === "Deployment")) {
      for (const [i, { node }] of this.of(one.name).entries()) {
        const since = this.goneSince.get(node);
        if (since === undefined || now - since < EVICTED_AFTER) continue;
        do this.replace(one.name, i, now + 30);
        while (nodesDown.has(this.of(one.name)[i]?.node ?? ""));
      }
    }
  }

  private start(one: Service, index: number, since: number): Pod {
    const number = this.next++;
    const nodes: readonly string[] =
      one.name === "dcgm-exporter" || one.name === "pricing"
        ? GPU_NODES
        : one.kind === "DaemonSet"
          ? [...NODES, ...GPU_NODES]
          : NODES;
    const spread = one.kind === "DaemonSet" || since === -Infinity ? index + SERVICES.indexOf(one) : number;
    const node = nodes[(one.kind === "DaemonSet" ? index : spread) % nodes.length] ?? "node-1";
    return { name: podName(one, index, number, this.revision.get(one.name) ?? 0), node, since };
  }
}

function podName(one: Service, index: number, number: number, revision: number): string {
  if (one.kind === "Deployment") {
    return `${one.name}-${letters(SERVICES.indexOf(one) * 100 + revision, 10)}-${letters(number, 5)}`;
  }
  if (one.kind === "DaemonSet") return `${one.name}-${letters(number, 5)}`;
  return `${one.name}-${index + (one.first ?? 0)}`;
}

export function serviceOf(name: string): Service {
  const one = SERVICES.find((each) => each.name === name);
  if (one === undefined) throw new Error(`there is no service ${name}`);
  return one;
}

export interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly replacement?: string;
  readonly regex?: string;
  readonly action?: string;
}

/**
 * Labels that Prometheus gives the series of a target, by the relabelings of its PodMonitor, after those that prometheus-operator puts before them.
 * Source: pkg/prometheus/promcfg.go of prometheus-operator, `generatePodMonitorConfig`
 */
export function targetLabels(one: Service, pod: Pod, port: string, relabelings: readonly Relabeling[]): Labels {
  const labels: Record<string, string> = {
    namespace: one.namespace,
    container: one.container,
    pod: pod.name,
    endpoint: port,
  };
  const meta: Record<string, string> = { __meta_kubernetes_pod_node_name: pod.node };
  for (const { sourceLabels, targetLabel, replacement, regex, action } of relabelings) {
    if (action === "labeldrop") {
      for (const label of Object.keys(labels)) if (new RegExp(`^(?:${regex ?? ""})$`).test(label)) delete labels[label];
    } else if (action === undefined && regex === undefined && targetLabel !== undefined) {
      labels[targetLabel] = replacement ?? (sourceLabels ?? []).map((label) => meta[label] ?? labels[label] ?? "").join(";");
    } else {
      throw new Error(`the relabeling ${JSON.stringify({ sourceLabels, targetLabel, regex, action })} is not known here`);
    }
  }
  // Prometheus adds it where there is none: the address, which no two targets share.
  labels.instance ??= `${pod.name}.${one.namespace}:${port}`;
  return labels;
}
