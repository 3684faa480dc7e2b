import { inventory, podsBehind, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { portsNamed } from "../kubernetes/network";
import { title } from "../kubernetes/objects";
import { at, leaves, listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import { listeningFindings } from "./reach/listening";
import { fieldFindings } from "./reach/service-fields";
import { spokenFindings } from "./reach/spoken";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "services-reach-pods";
const { error } = reporter(name);

export const servicesReachPods: Rule = {
  name,
  title: "Every Service selects pods that listen on its ports, and every host name that programs are given is that of a Service.",
  why: "A Service without pods, or a misspelt host, is a connection refused or a name not found, at run time only.",
  check: (plan) => {
    const known = inventory(plan);
    return [
      ...known.ofKind("Service").flatMap((service) => serviceFindings(service, known)),
      ...fieldFindings(known),
      ...listeningFindings(known),
      ...spokenFindings(known, plan.facts),
      ...known.objects.flatMap((object) => hostFindings(object, known)),
    ];
  },
};

function serviceFindings(service: KubeObject, known: Inventory): Finding[] {
  if (Object.keys(recordAt(service.spec, "selector")).length === 0 || known.opaqueNamespaces.has(service.namespace)) return [];
  const groups = podsBehind(service, known);
  if (groups.length === 0) return [error(service.resource, "spec.selector", "selects no pods of the plan; correct its labels")];
  return listAt(service.spec, "ports").flatMap((port, i) => {
    const target = numberAt(port, "targetPort") ?? textAt(port, "targetPort") ?? numberAt(port, "port");
    const protocol = textAt(port, "protocol");
    return target === undefined
      ? []
      : groups
          .filter((group) => portsNamed(group, target, protocol).length === 0)
          .map((group) => {
            const ports = group.ports.map((own) => own.name ?? String(own.number));
            const message = `${title(group.object)} has no port ${target}; ${ports.length === 0 ? "it has none" : `there are ${listed(ports)}`}`;
            return error(service.resource, ["spec", "ports", i, "targetPort"], message);
          });
  });
}

/** Kinds whose texts name hosts that need not be Services: names on certificates, policies, descriptions. */
const NO_CLIENTS = ["Certificate", "NetworkPolicy", "CustomResourceDefinition", "PrometheusRule", "Namespace"];

function hostFindings(object: KubeObject, known: Inventory): Finding[] {
  if (NO_CLIENTS.includes(object.kind)) return [];
  const namespaces = new Set(known.ofKind("Namespace").map((namespace) => namespace.name));
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const field of ["spec", "data"]) {
    for (const [path, value] of leaves(at(object.resource.inputs, field), [field])) {
      if (typeof value !== "string") continue;
      for (const [, service = "", namespace = ""] of value.matchAll(/(?<![\w*-])([a-z][a-z\d-]*)\.([a-z][a-z\d-]*)\.svc\b/g)) {
        const host = `${service}.${namespace}`;
        if (!namespaces.has(namespace) || known.opaqueNamespaces.has(namespace) || seen.has(host)) continue;
        seen.add(host);
        if (known.find("Service", namespace, service) !== undefined || isMade(service, namespace, known)) continue;
        findings.push(error(object.resource, path, `names the host ${host}.svc, but there is no such Service; correct the name`));
      }
    }
  }
  return findings;
}

function isMade(service: string, namespace: string, { made }: Inventory): boolean {
  return made.some((object) => object.kind === "Service" && object.namespace === namespace && object.name === service);
}
