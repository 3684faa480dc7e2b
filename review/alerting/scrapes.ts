import { podsMatching, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { selects } from "../kubernetes/selector";
import { at, listAt, recordAt, textAt, textsAt, type Json } from "../kubernetes/value";
import type { Exporter } from "../plan/plan";
import { relabelled, type LabelValues, type Values } from "./relabel";

/** What Prometheus reads of one endpoint of a monitor, and the labels that it gives to it. */
export interface Scrape {
  readonly monitor: KubeObject;
  /** Where the endpoint is in the monitor. */
  readonly path: readonly (string | number)[];
  readonly endpoint: Json;
  /** What is exported there; where nobody says, what the monitor itself says it keeps. */
  readonly exporter: Exporter;
  /** Labels of the target; absent where relabeling drops it. */
  readonly target: LabelValues | undefined;
  /** Steps by which series are dropped or changed. */
  readonly steps: readonly unknown[];
  readonly pods: readonly PodGroup[];
}

const LISTS = { PodMonitor: "podMetricsEndpoints", ServiceMonitor: "endpoints" } as const;

/** Everything in a plan that is to be read. */
export function scrapesIn(known: Inventory, exporters: readonly Exporter[]): Scrape[] {
  const byJob = new Map(exporters.map((exporter) => [exporter.job, exporter]));
  // A monitor is named after its job; one of another name may still give its targets that job.
  const of = (monitor: KubeObject, target?: LabelValues) => {
    const job = target?.get("job");
    const given = job === undefined || job === "any" || job.length !== 1 ? undefined : byJob.get(job[0] ?? "");
    return byJob.get(monitor.name) ?? given ?? keptBy(monitor);
  };
  return [
    ...(["PodMonitor", "ServiceMonitor"] as const).flatMap((kind) =>
      known.ofKind(kind).flatMap((monitor) => {
        const endpoints = listAt(monitor.spec, LISTS[kind]);
        return (endpoints.length === 0 ? [undefined] : endpoints).map((endpoint, i): Scrape => {
          const namespaces = watchedNamespaces(monitor, known);
          const target = endpoint === undefined ? asDeclared(of(monitor)) : targetOf(monitor, endpoint, namespaces);
          return {
            monitor,
            path: ["spec", LISTS[kind], i],
            endpoint: recordAt(endpoint),
            exporter: of(monitor, target),
            target,
            steps: listAt(endpoint, "metricRelabelings"),
            pods: namespaces.flatMap((namespace) =>
              podsMatching(known.pods, namespace, (labels) => selects(at(monitor.spec, "selector"), labels)),
            ),
          };
        });
      }),
    ),
    ...known.ofKind("ScrapeConfig").map((monitor): Scrape => ({
      monitor,
      path: ["spec"],
      endpoint: monitor.spec,
      exporter: of(monitor),
      target: relabelled(
        new Map<string, Values>([
          ["job", [textAt(monitor.spec, "jobName") ?? `scrapeConfig/${monitor.namespace}/${monitor.name}`]],
          ["instance", "any"],
          ...Object.entries(staticLabels(monitor)),
        ]),
        listAt(monitor.spec, "relabelings"),
      ),
      steps: listAt(monitor.spec, "metricRelabelings"),
      pods: [],
    })),
  ];
}

/** A monitor of which nothing is said: its job has the labels that it declares. */
function asDeclared({ job, labels = [] }: Exporter): LabelValues {
  return new Map<string, Values>([...labels.map((label) => [label, "any"] as const), ["job", [job]]]);
}

/**
 * Labels that the operator gives to a target before the monitor's own steps.
 * Source: `generatePodMonitorConfig` in pkg/prometheus/promcfg.go of prometheus-operator
 */
function targetOf(monitor: KubeObject, endpoint: unknown, namespaces: readonly string[]): LabelValues | undefined {
  const { spec, namespace, name } = monitor;
  const port = textAt(endpoint, "port") ?? textAt(endpoint, "targetPort");
  const isPods = monitor.kind === "PodMonitor";
  const job: Values = textAt(spec, "jobLabel") === undefined && isPods ? [`${namespace}/${name}`] : "any";
  const further = [...listAt(spec, "podTargetLabels"), ...listAt(spec, "targetLabels")].map(
    (label) => [String(label).replaceAll(/\W/g, "_"), "any"] as const,
  );
  const found: readonly (readonly [string, Values])[] = isPods
    ? [...OF_A_POD_THAT_RUNS, ["__meta_kubernetes_namespace", [...new Set(namespaces)]]]
    : [];
  const target = relabelled(
    new Map<string, Values>([
      ...found,
      ["job", job],
      ["instance", "any"],
      ["namespace", [...new Set(namespaces)]],
      ["pod", "any"],
      ["container", "any"],
      ["endpoint", port === undefined ? "any" : [port]],
      ...(isPods ? [] : ([["service", "any"]] as const)),
      ...further,
    ]),
    listAt(endpoint, "relabelings"),
  );
  return target && new Map([...target].filter(([label]) => !label.startsWith("__")));
}

/**
 * What discovery says of a pod that has something to tell.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
 */
const OF_A_POD_THAT_RUNS: readonly (readonly [string, Values])[] = [
  ["__meta_kubernetes_pod_ready", ["true"]],
  ["__meta_kubernetes_pod_phase", ["Running"]],
  ["__meta_kubernetes_pod_container_init", ["false"]],
];

function staticLabels({ spec }: KubeObject): Record<string, Values> {
  const labels = listAt(spec, "staticConfigs").map((config) => textsAt(config, "labels"));
  return Object.fromEntries(labels.flatMap((each) => Object.entries(each).map(([label, value]) => [label, [value]])));
}

/** What a ScrapeConfig says it keeps. */
function keptBy({ name: job, spec }: KubeObject): Exporter {
  const kept = listAt(spec, "metricRelabelings").find(
    (step) => textAt(step, "action") === "keep" && listAt(step, "sourceLabels").join() === "__name__",
  );
  const names = kept === undefined ? ["*"] : (textAt(kept, "regex") ?? "").split("|");
  return { job, metrics: names.map((one) => one.replace(/\.\*$/, "*")) };
}

/** Namespaces of the pods that a monitor is for. */
export function watchedNamespaces({ spec, namespace }: KubeObject, known: Inventory): string[] {
  const selector = recordAt(spec, "namespaceSelector");
  if (selector.any === true) return [...new Set(known.pods.map((group) => group.namespace))];
  const names = listAt(selector, "matchNames").filter((one): one is string => typeof one === "string");
  return names.length > 0 ? names : [namespace];
}

/** Labels that Prometheus adds, and that an exporter may have of its own. */
const OF_TARGETS = ["job", "instance", "namespace", "pod", "container", "endpoint", "node", "service"];

/**
 * Labels of a series as Prometheus stores it.
 * @returns undefined where relabeling drops it; `"open"` where its labels are not known
 */
export function seriesLabels(scrape: Scrape, metric: string): LabelValues | undefined | "open" {
  const { exporter, target, endpoint, steps } = scrape;
  if (target === undefined) return undefined;
  const honored = endpoint.honorLabels === true;
  const known = exporter.labels !== undefined;
  const labels = new Map<string, Values>();
  for (const label of exporter.labels ?? []) {
    if (!OF_TARGETS.includes(label)) labels.set(label, "any");
    else if (honored && !["job", "instance"].includes(label)) labels.set(label, "any");
  }
  for (const [label, values] of target) if (!labels.has(label)) labels.set(label, values);
  if (metric.endsWith("_bucket")) labels.set("le", "any");
  else labels.set("quantile", "any");
  if (steps.length === 0) return known ? labels : "open";
  if (!known) labels.set("*", "any");
  const after = relabelled(new Map([...labels, ["__name__", [metric]]]), steps);
  if (after === undefined) return undefined;
  const names = after.get("__name__") ?? [""];
  if (names !== "any" && !names.includes(metric)) return undefined;
  return known ? after : "open";
}

/** As `PodMonitor order-intake`. */
export function scrapeTitle({ monitor }: Scrape): string {
  return title(monitor);
}
