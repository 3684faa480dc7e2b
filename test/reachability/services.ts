import { inventory, podsMatching, type Inventory } from "../../review/kubernetes/inventory";
import { portsNamed } from "../../review/kubernetes/network";
import type { KubeObject } from "../../review/kubernetes/objects";
import { selectsPlainly } from "../../review/kubernetes/selector";
import { listAt, numberAt, recordAt, textAt } from "../../review/kubernetes/value";
import type { StackNetwork } from "./stack";

/**
 * Connections whose Service leads elsewhere than to the port that the policies open: policies see the pods' port, clients name
 * the Service's. Services that operators make are not looked at.
 */
export function misledConnections({ plan, connections }: StackNetwork): string[] {
  const known = inventory(plan);
  const endpoints = new Map(connections.map(({ to }) => [`${to.name} at ${to.host}:${to.port}`, to]));
  return [...endpoints].flatMap(([title, endpoint]) => {
    const [, name = "", namespace = ""] = /^([^.]+)\.([^.]+)\.svc$/.exec(endpoint.host) ?? [];
    const service = known.find("Service", namespace, name);
    if (service === undefined) return [];
    const ports = podPorts(service, endpoint.port, known);
    const opened = endpoint.podPort ?? endpoint.port;
    return ports.length === 1 && ports[0] === opened
      ? []
      : [`${title} leads to ${ports.join(", ") || "nothing"}, opened is ${opened}`];
  });
}

/** The pods' ports behind a port of a Service. */
function podPorts(service: KubeObject, port: number, known: Inventory): number[] {
  // Its name stands for the pods themselves.
  if (textAt(service.spec, "clusterIP") === "None") return [port];
  const selector = recordAt(service.spec, "selector");
  const pods = podsMatching(known.pods, service.namespace, (labels) => selectsPlainly(selector, labels));
  const numbers = listAt(service.spec, "ports")
    .filter((one) => numberAt(one, "port") === port)
    .map((one) => numberAt(one, "targetPort") ?? textAt(one, "targetPort") ?? port)
    .flatMap((target) => pods.flatMap((group) => portsNamed(group, target).map(({ number }) => number)));
  return [...new Set(numbers)];
}
