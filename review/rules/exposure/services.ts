import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { at, isRecord, listAt, numberAt, textAt, walk } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";
import { areEverybody, isEverywhere } from "./everywhere";

const { error } = reporter("closed-to-strangers");

/** On which brokers, caches and web servers speak without TLS, or show their management. */
const PLAIN_PORTS: ReadonlyMap<number, string> = new Map([
  [80, "HTTP without TLS"],
  [1883, "MQTT without TLS"],
  [5672, "AMQP without TLS"],
  [6379, "the cache without TLS"],
  [15672, "the broker's management without TLS"],
  [15692, "the broker's metrics"],
  [9090, "Prometheus, which has no login"],
]);

/** What leads in from outside of the cluster, but for the gateway. */
export function serviceFindings(known: Inventory): Finding[] {
  return [
    ...known.ofKind("Service").flatMap((service) => ofSpec(service, service.spec, ["spec"])),
    ...known.objects.filter(({ kind }) => kind !== "Service").flatMap(ofOperator),
  ];
}

/** How deep in a custom resource a Service is looked for. */
const DEEPEST = 7;

/** A custom resource that says of which type the Service is that its operator makes. */
function ofOperator(object: KubeObject): Finding[] {
  const found: Finding[] = [];
  walk(object.spec, ["spec"], (part, path) => {
    if (isRecord(part) && path.length > 1 && /^service(?:Template)?$/i.test(String(path.at(-1)))) {
      const spec = isRecord(part.spec) ? part.spec : part;
      found.push(...ofSpec(object, spec, [...path, ...(isRecord(part.spec) ? ["spec"] : [])]));
    }
    return path.length <= DEEPEST;
  });
  return found;
}

function ofSpec({ resource }: KubeObject, spec: unknown, path: (string | number)[]): Finding[] {
  const type = textAt(spec, "type");
  const says = (field: string, message: string) => error(resource, [...path, field], message);
  const findings: Finding[] = [];
  if (listAt(spec, "externalIPs").length > 0)
    findings.push(says("externalIPs", "takes traffic for addresses that anybody may name (CVE-2020-8554); leave it out"));
  if (type === "NodePort")
    findings.push(
      says(
        "type",
        "opens a port on every node, to everybody who reaches one; use ClusterIP, or a load balancer with source ranges",
      ),
    );
  if (type !== "LoadBalancer") return findings;
  const ranges = listAt(spec, "loadBalancerSourceRanges").map(String);
  if (ranges.length === 0)
    findings.push(says("loadBalancerSourceRanges", "is not set, so that everybody may connect; name the clients' addresses"));
  for (const range of ranges.filter(isEverywhere)) {
    findings.push(says("loadBalancerSourceRanges", `${range} is everybody; name the clients' addresses`));
  }
  if (!ranges.some(isEverywhere) && areEverybody(ranges))
    findings.push(says("loadBalancerSourceRanges", "amount to everybody together; name the clients' addresses"));
  for (const [i, port] of listAt(spec, "ports").entries()) {
    const number = numberAt(port, "port") ?? 0;
    const plain = PLAIN_PORTS.get(number) ?? PLAIN_PORTS.get(numberAt(port, "targetPort") ?? 0);
    if (plain !== undefined)
      findings.push(error(resource, [...path, "ports", i], `leads ${plain} out of the cluster; take the port out`));
    if (at(port, "nodePort") !== undefined)
      findings.push(error(resource, [...path, "ports", i, "nodePort"], "is open on every node; leave it to the load balancer"));
  }
  return findings;
}
