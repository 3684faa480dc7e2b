import { addressesOf } from "../../kubernetes/addresses";
import { podsBehind, type Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("services-reach-pods");

/**
 * Fields of Services by which they do not lead to the pods that they select, or not to all of them.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/ and .../service-traffic-policy/
 */
export function fieldFindings(known: Inventory): Finding[] {
  let used: Set<string> | undefined;
  return known.ofKind("Service").flatMap((service) => {
    const groups = podsBehind(service, known);
    const isUsed = () => (used ??= namesUsed(known)).has(`${service.name}.${service.namespace}`);
    return [...elsewhere(service, isUsed), ...withoutSelector(service, known), ...ofTraffic(service, groups, isUsed, known)];
  });
}

/** Services, e.g. `order-api.mes`, that programs or routes are told of. */
function namesUsed(known: Inventory): Set<string> {
  const told = known.pods.flatMap((group) => addressesOf(group, known)).map(({ name, namespace }) => `${name}.${namespace}`);
  const routed = known
    .ofKind("HTTPRoute")
    .flatMap(({ spec, namespace }) =>
      listAt(spec, "rules").flatMap((rule) =>
        listAt(rule, "backendRefs").map(
          (backend) => `${textAt(backend, "name") ?? ""}.${textAt(backend, "namespace") ?? namespace}`,
        ),
      ),
    );
  return new Set([...told, ...routed]);
}

function elsewhere({ spec, resource }: KubeObject, isUsed: () => boolean): Finding[] {
  if (textAt(spec, "type") !== "ExternalName") return [];
  const selector = Object.keys(recordAt(spec, "selector")).length > 0;
  if (!selector && !isUsed()) return [];
  const message = `is of the type ExternalName: the name leads to ${textAt(spec, "externalName") ?? "nowhere"}, ${selector ? "and the pods that it selects get no request" : "where policies for pods open nothing"}; use ClusterIP`;
  return [error(resource, "spec.type", message)];
}

/** Nobody gives such a Service addresses, unless it is done by hand. */
function withoutSelector({ spec, resource, name, namespace }: KubeObject, known: Inventory): Finding[] {
  if (Object.keys(recordAt(spec, "selector")).length > 0 || textAt(spec, "type") === "ExternalName") return [];
  const byHand =
    known.find("Endpoints", namespace, name) !== undefined ||
    known.ofKind("EndpointSlice").some(({ labels }) => labels["kubernetes.io/service-name"] === name);
  if (byHand || known.opaqueNamespaces.has(namespace)) return [];
  return [error(resource, "spec.selector", "selects no pods, so that nobody answers; select pods by their labels")];
}

function ofTraffic(
  { spec, resource }: KubeObject,
  groups: readonly PodGroup[],
  isUsed: () => boolean,
  known: Inventory,
): Finding[] {
  const [first] = groups;
  if (first === undefined) return [];
  const who = title(first.object);
  const headless = textAt(spec, "clusterIP") === "None";
  const findings: Finding[] = [];
  if (textAt(spec, "internalTrafficPolicy") === "Local" && !headless && !groups.every(({ perNode }) => perNode)) {
    const message = `Local leads to pods of the sender's own node only, and ${who} is not on every node: from the others all is refused; leave it out`;
    findings.push(error(resource, "spec.internalTrafficPolicy", message));
  }
  if (spec.publishNotReadyAddresses === true && !headless && isUsed()) {
    const message = `leads requests to pods of ${who} that are not ready yet, or no longer; leave it out`;
    findings.push(error(resource, "spec.publishNotReadyAddresses", message));
  }
  if (textAt(spec, "sessionAffinity") === "ClientIP" && isUsed() && groups.some((group) => isScaled(group, known))) {
    const message = `sends all requests of one address to one pod of ${who}: those of a gateway or of one program are not shared, and further pods get none; leave it out`;
    findings.push(warning(resource, "spec.sessionAffinity", message));
  }
  if (headless && isUsed()) findings.push(...withoutTranslation(resource, spec, first));
  return findings;
}

function isScaled(group: PodGroup, { scale }: Inventory): boolean {
  const { min, max } = scale(group);
  return max > min;
}

/** The name of a Service without an address is that of its pods: ports are not translated. */
function withoutTranslation(resource: KubeObject["resource"], spec: KubeObject["spec"], group: PodGroup): Finding[] {
  return listAt(spec, "ports").flatMap((port, i) => {
    const number = numberAt(port, "port");
    const target = numberAt(port, "targetPort") ?? textAt(port, "targetPort") ?? number;
    const own = group.ports.find((one) => one.number === target || one.name === target);
    if (own === undefined || own.number === number) return [];
    const message = `the Service has no address of its own (clusterIP: None), so clients connect to port ${number ?? "?"} of ${title(group.object)}, which listens on ${own.number}; use the same number, or leave clusterIP out`;
    return [error(resource, ["spec", "ports", i, "port"], message)];
  });
}
