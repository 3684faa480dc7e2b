import { podsBehind, type Inventory } from "../../kubernetes/inventory";
import { portsNamed } from "../../kubernetes/network";
import { title } from "../../kubernetes/objects";
import { admits, isOnPort, policyRules, type Outsider } from "../../kubernetes/policy-rules";
import { listAt, numberAt, textAt } from "../../kubernetes/value";
import type { Entrance } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { error } = reporter("routes-lead-in");

/** Pods that a route leads to let the gateway's pods in, on the port that the Service forwards to. */
export function clientFindings({ clients }: Entrance, known: Inventory): Finding[] {
  const senders: readonly Outsider[] = "cidrs" in clients ? clients.cidrs.map((cidr) => ({ cidr })) : [clients];
  return known.ofKind("HTTPRoute").flatMap((route) =>
    listAt(route.spec, "rules").flatMap((rule, i) =>
      listAt(rule, "backendRefs").flatMap((backend, j) => {
        const service = known.find("Service", textAt(backend, "namespace") ?? route.namespace, textAt(backend, "name") ?? "");
        const port = listAt(service?.spec, "ports").find((one) => numberAt(one, "port") === numberAt(backend, "port"));
        if (service === undefined || port === undefined) return [];
        const target = numberAt(port, "targetPort") ?? textAt(port, "targetPort") ?? numberAt(port, "port") ?? 0;
        return podsBehind(service, known).flatMap((group) =>
          portsNamed(group, target).flatMap(({ number, name }) => {
            const rules = policyRules(known, group, "ingress");
            const open = rules?.filter((one) => isOnPort(one, number, "TCP", name));
            if (open === undefined || senders.every((sender) => admits(open, "from", sender, group.namespace, known))) return [];
            const message = `leads to ${title(group.object)}, whose policies do not let the gateway in on port ${number}; allow the ingress from its pods (mes:gateway.clients)`;
            return [error(route.resource, ["spec", "rules", i, "backendRefs", j], message)];
          }),
        );
      }),
    ),
  );
}
