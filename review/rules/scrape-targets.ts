import { isDeepStrictEqual } from "node:util";
import { rulesIn } from "../alerting/rules";
import { scrapesIn, watchedNamespaces } from "../alerting/scrapes";
import { inventory, podsMatching, type Inventory } from "../kubernetes/inventory";
import { network, type Network } from "../kubernetes/network";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup, PodPort } from "../kubernetes/pods";
import { selects } from "../kubernetes/selector";
import { at, listAt, numberAt, textAt } from "../kubernetes/value";
import type { Facts, Plan } from "../plan/plan";
import { promqlIn, selectorsOf, type Selector } from "../promql/parse";
import { listed, reporter, type Finding, type Rule } from "./rule";
import { fewestSamples, limitFindings, mostTargets, settingFindings } from "./scrapes/settings";

const name = "scrape-targets";
const { error } = reporter(name);

export const scrapeTargets: Rule = {
  name,
  title: "Every scrape target selects pods that exist, a port they have, and is read by a Prometheus that can reach them.",
  why: "A target that selects nothing is silent: its graphs are empty and its alerts never fire, which looks exactly like health.",
  check: (plan) => {
    const known = inventory(plan);
    const net = network(known);
    const monitoring = (kind: string) => known.ofKind(kind).filter((object) => object.group === "monitoring.coreos.com");
    return [
      ...monitoring("PodMonitor").flatMap((monitor) => podMonitorFindings(monitor, known, net, plan.facts)),
      ...monitoring("ServiceMonitor").flatMap((monitor) => serviceMonitorFindings(monitor, known)),
      ...monitoring("ScrapeConfig").flatMap((monitor) => readersOf(monitor, "scrapeConfig", known).findings),
      ...monitoring("Probe").flatMap((monitor) => readersOf(monitor, "probe", known).findings),
      ...askedFindings(plan, known),
    ];
  },
};

/** How targets are asked, and how much of an answer is taken. */
function askedFindings(plan: Plan, known: Inventory): Finding[] {
  const scrapes = scrapesIn(known, plan.facts?.exporters ?? []);
  const [prometheus] = known.ofKind("Prometheus");
  const ranged = rulesIn(known)
    .flatMap((rule) => selectorsIn(textAt(rule, "expr") ?? ""))
    .filter(({ range }) => range !== undefined);
  const monitors = new Set(scrapes.map(({ monitor }) => monitor));
  return [
    ...scrapes.flatMap((scrape) => settingFindings(scrape, prometheus, ranged)),
    ...[...monitors].flatMap((monitor) => {
      const own = scrapes.filter((scrape) => scrape.monitor === monitor);
      return limitFindings(monitor, mostTargets(known, own), fewestSamples(own));
    }),
    ...(prometheus === undefined ? [] : limitFindings(prometheus, 10, 10_000)),
  ];
}

function selectorsIn(expr: string): Selector[] {
  const expression = promqlIn(expr);
  return expression === undefined ? [] : selectorsOf(expression);
}

/** Whether it selects the gateway's pods, which the stack file says that the cluster has. */
function isGateway(selector: unknown, namespaces: readonly string[], facts: Facts | undefined): boolean {
  const clients = facts?.entrance?.clients;
  if (clients === undefined || "cidrs" in clients) return false;
  return namespaces.join() === clients.namespace && isDeepStrictEqual(at(selector, "matchLabels"), clients.labels);
}

function podMonitorFindings(monitor: KubeObject, known: Inventory, net: Network, facts: Facts | undefined): Finding[] {
  const readers = readersOf(monitor, "podMonitor", known);
  const findings = readers.findings;
  const namespaces = watchedNamespaces(monitor, known);
  if (namespaces.some((namespace) => known.opaqueNamespaces.has(namespace))) return findings;
  const selector = at(monitor.spec, "selector");
  const groups = namespaces.flatMap((namespace) => podsMatching(known.pods, namespace, (labels) => selects(selector, labels)));
  if (groups.length === 0 && isGateway(selector, namespaces, facts)) return findings;
  if (groups.length === 0) {
    return [
      ...findings,
      error(monitor.resource, "spec.selector", `selects no pods in ${listed(namespaces)}; correct its labels`),
    ];
  }
  const endpoints = listAt(monitor.spec, "podMetricsEndpoints");
  for (const [i, endpoint] of endpoints.entries()) {
    const path = ["spec", "podMetricsEndpoints", i, "port"];
    const port = textAt(endpoint, "port") ?? textAt(endpoint, "targetPort");
    const number = numberAt(endpoint, "portNumber") ?? numberAt(endpoint, "targetPort");
    if (port === undefined && number === undefined) {
      findings.push(error(monitor.resource, path, "names no port; name the one that serves metrics"));
      continue;
    }
    for (const group of groups) {
      const found = group.ports.find((own) => own.name === port || own.number === number);
      if (found === undefined) findings.push(error(monitor.resource, path, noPort(String(port ?? number), group)));
      else findings.push(...unreachable(monitor, path, readers.pods, group, found, net));
    }
  }
  return findings;
}

function noPort(port: string, { object, ports }: PodGroup): string {
  const names = ports.map((own) => own.name ?? String(own.number));
  return `${title(object)} has no port ${port}; ${names.length === 0 ? "it has none" : `there are ${listed(names)}`}`;
}

function unreachable(
  monitor: KubeObject,
  path: readonly (string | number)[],
  readers: readonly PodGroup[],
  group: PodGroup,
  port: PodPort,
  net: Network,
): Finding[] {
  return readers
    .filter((reader) => {
      const allowed = net.allowed(reader, group, port);
      return !(allowed.egress && allowed.ingress);
    })
    .map((reader) => {
      const message = `network policies keep ${title(reader.object)} from port ${port.number} of ${title(group.object)}; declare the connection`;
      return error(monitor.resource, path, message);
    });
}

function serviceMonitorFindings(monitor: KubeObject, known: Inventory): Finding[] {
  const { findings } = readersOf(monitor, "serviceMonitor", known);
  const namespaces = watchedNamespaces(monitor, known);
  if (namespaces.some((namespace) => known.opaqueNamespaces.has(namespace))) return findings;
  const services = known
    .ofKind("Service")
    .filter((service) => namespaces.includes(service.namespace) && selects(at(monitor.spec, "selector"), service.labels));
  // Services that operators make carry labels that the plan does not know.
  if (services.length === 0) {
    const made = known.made.some(({ kind, namespace }) => kind === "Service" && namespaces.includes(namespace));
    if (made) return findings;
    return [
      ...findings,
      error(monitor.resource, "spec.selector", `selects no Service in ${listed(namespaces)}; correct its labels`),
    ];
  }
  for (const [i, endpoint] of listAt(monitor.spec, "endpoints").entries()) {
    const port = textAt(endpoint, "port");
    if (port === undefined) continue;
    for (const service of services) {
      if (listAt(service.spec, "ports").some((own) => textAt(own, "name") === port)) continue;
      findings.push(error(monitor.resource, ["spec", "endpoints", i, "port"], `${title(service)} has no port ${port}`));
    }
  }
  return findings;
}

/** The pods of the Prometheuses that read a monitor, and a finding where there is none. */
function readersOf(
  monitor: KubeObject,
  field: "podMonitor" | "serviceMonitor" | "scrapeConfig" | "probe",
  known: Inventory,
): { pods: PodGroup[]; findings: Finding[] } {
  const all = known.ofKind("Prometheus");
  const reading = all.filter((prometheus) => watches(prometheus, field, monitor, known));
  if (all.length > 0 && reading.length === 0) {
    const message = `${listed(all.map(title))} selects no such monitor; give it the labels that ${field}Selector asks for`;
    return { pods: [], findings: [error(monitor.resource, "metadata.labels", message)] };
  }
  return { pods: known.pods.filter((group) => reading.includes(group.object)), findings: [] };
}

/** Whether a Prometheus reads an object: by the labels of the object and of its namespace. */
export function watches(prometheus: KubeObject, field: string, object: KubeObject, known: Inventory): boolean {
  if (!selects(at(prometheus.spec, `${field}Selector`), object.labels)) return false;
  const namespaces = at(prometheus.spec, `${field}NamespaceSelector`);
  if (namespaces === undefined) return prometheus.namespace === object.namespace;
  const labels = known.find("Namespace", "", object.namespace)?.labels ?? {};
  return selects(namespaces, { ...labels, "kubernetes.io/metadata.name": object.namespace });
}
