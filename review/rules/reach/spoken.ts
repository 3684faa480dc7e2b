import { podsBehind, type Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { containersOf, type PodGroup } from "../../kubernetes/pods";
import { listAt, numberAt, textAt } from "../../kubernetes/value";
import type { Facts } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { error } = reporter("services-reach-pods");

/** Protocols with TLS, as `appProtocol` names them. */
const SECURED = ["https", "kubernetes.io/wss", "tls"];
/** What a server of HTTP/1.1 without TLS answers. */
const PLAIN = ["http", "kubernetes.io/ws"];

/**
 * `appProtocol` tells gateways and meshes what to speak, and pods speak something else.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
 */
export function spokenFindings(known: Inventory, facts: Facts | undefined): Finding[] {
  // Programs of the MES serve HTTP/1.1 without TLS, by the contract with their image.
  const programs = new Set(facts?.orders?.programs.flatMap((one) => (one.http === undefined || one.outside ? [] : [one.name])));
  return known.ofKind("Service").flatMap((service) =>
    listAt(service.spec, "ports").flatMap((port, i): Finding[] => {
      const protocol = textAt(port, "appProtocol");
      if (protocol === undefined) return [];
      const target = numberAt(port, "targetPort") ?? textAt(port, "targetPort") ?? numberAt(port, "port");
      const groups = podsBehind(service, known);
      const says = (spoken: string) => {
        const [first] = groups;
        const message = `tells clients to speak ${protocol} to ${first === undefined ? service.name : title(first.object)}, which answers ${spoken}: every request fails; use ${spoken === "HTTPS" ? "https" : "http"}`;
        return [error(service.resource, ["spec", "ports", i, "appProtocol"], message)];
      };
      if (groups.some(({ object }) => programs.has(object.name)))
        return PLAIN.includes(protocol) ? [] : says("HTTP/1.1 without TLS");
      const scheme = groups.map((group) => askedBy(group, target)).find((one) => one !== undefined);
      if (scheme === "HTTPS" && PLAIN.includes(protocol)) return says("HTTPS");
      return scheme === "HTTP" && SECURED.includes(protocol) ? says("HTTP without TLS") : [];
    }),
  );
}

/** How probes ask a port: they are answered. */
function askedBy({ spec }: PodGroup, target: number | string | undefined): string | undefined {
  for (const container of containersOf(spec)) {
    const own = listAt(container, "ports").find(
      (one) => textAt(one, "name") === target || numberAt(one, "containerPort") === target,
    );
    if (own === undefined) continue;
    for (const probe of ["readinessProbe", "livenessProbe"]) {
      const asked = numberAt(container, probe, "httpGet", "port") ?? textAt(container, probe, "httpGet", "port");
      if (asked === undefined || (asked !== textAt(own, "name") && asked !== numberAt(own, "containerPort"))) continue;
      return textAt(container, probe, "httpGet", "scheme") ?? "HTTP";
    }
  }
  return undefined;
}
