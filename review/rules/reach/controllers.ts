import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { textAt } from "../../kubernetes/value";
import type { Entrance } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("routes-lead-in");

/** Classes and pods of well-known controllers, by the names that people give them: a class may have any. Sources: the installation page of each */
const CONTROLLERS: readonly { readonly name: string; readonly ofClass: RegExp; readonly ofPods: RegExp }[] = [
  { name: "Envoy Gateway", ofClass: /^(?:envoy|eg)\b/, ofPods: /envoyproxy\.io|envoy-gateway/ },
  { name: "Traefik", ofClass: /^traefik\b/, ofPods: /traefik/ },
  { name: "NGINX Gateway Fabric", ofClass: /^nginx\b/, ofPods: /nginx/ },
  { name: "Istio", ofClass: /^istio\b/, ofPods: /istio/ },
  { name: "Kong", ofClass: /^kong\b/, ofPods: /kong/ },
  { name: "Contour", ofClass: /^contour\b/, ofPods: /contour|projectcontour/ },
  { name: "HAProxy", ofClass: /^haproxy\b/, ofPods: /haproxy/ },
  { name: "Cilium", ofClass: /^cilium\b/, ofPods: /cilium/ },
];

/** Labels by which controllers mark the pods of a Gateway. Sources: https://gateway-api.sigs.k8s.io/geps/gep-1762/ and the pages of Envoy Gateway */
const OF_GATEWAY: Readonly<Record<string, "name" | "namespace">> = {
  "gateway.networking.k8s.io/gateway-name": "name",
  "gateway.envoyproxy.io/owning-gateway-name": "name",
  "gateway.envoyproxy.io/owning-gateway-namespace": "namespace",
};

/** Policies that let in pods which are not those of the gateway. */
export function controllerFindings({ clients }: Entrance, known: Inventory): Finding[] {
  if ("cidrs" in clients) return [];
  const gateways = known.ofKind("Gateway").filter(({ group }) => group === "gateway.networking.k8s.io");
  const [gateway] = gateways;
  if (gateway === undefined) return [];
  const text = [clients.namespace, ...Object.entries(clients.labels).flat()].join(" ").toLowerCase();
  const className = textAt(gateway.spec, "gatewayClassName") ?? "";
  const controller = CONTROLLERS.find(({ ofClass }) => ofClass.test(className));
  const other = controller?.ofPods.test(text) === true ? controller : CONTROLLERS.find(({ ofPods }) => ofPods.test(text));
  const findings: Finding[] = [];
  if (controller !== undefined && other !== undefined && controller !== other) {
    const message = `is of the class ${className}, which is mostly of ${controller.name}, and policies let in pods of ${other.name} (namespace ${clients.namespace}): if it is, every request times out; correct mes:gateway.clients, or mes:gateway.className`;
    findings.push(warning(gateway.resource, "spec.gatewayClassName", message));
  }
  for (const [label, field] of Object.entries(OF_GATEWAY)) {
    const value = clients.labels[label];
    if (value === undefined || gateways.some((one) => one[field] === value)) continue;
    const message = `policies let in pods of the gateway ${value} (${label}), and this is ${title(gateway)}: every request times out; correct mes:gateway.clients`;
    findings.push(error(gateway.resource, ["metadata", field], message));
  }
  return findings;
}
