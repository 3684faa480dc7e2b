import { addressesHold } from "../../components/network/addresses";
import { inventory, podsBehind, type Inventory } from "../kubernetes/inventory";
import { portsNamed } from "../kubernetes/network";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { blocksOf, isOnPort, policyRules, someHold } from "../kubernetes/policy-rules";
import { listAt, numberAt, textAt } from "../kubernetes/value";
import type { OuterName } from "../plan/plan";
import { annotationFindings } from "./exposure/annotations";
import { areEverybody, isPublic } from "./exposure/everywhere";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "load-balancers-reach-pods";
const { error, warning } = reporter(name);

export const loadBalancersReachPods: Rule = {
  name,
  title:
    "A load balancer lets in the clients that the stack file names, the pods behind it let in whom it lets in, and it may ask them whether they are there; its annotations are such that somebody reads.",
  why: "A client that is let in by one of two lists connects to nothing, and no order comes in. Its health checks come from its own subnets, whatever address the clients keep; where policies let the clients in alone, it takes every pod for dead and sends nobody on.",
  check: (plan) => {
    const known = inventory(plan);
    const balancers = known.ofKind("Service").filter(({ spec }) => textAt(spec, "type") === "LoadBalancer");
    const annotated = [...balancers, ...known.ofKind("Gateway").filter(({ group }) => group === "gateway.networking.k8s.io")];
    const misread = annotated.flatMap((object) => annotationFindings(object, known));
    const unreached = balancers.flatMap((service) => {
      const names = (plan.facts?.outerNames ?? []).filter((one) => one.service === service.name);
      return [
        ...shutOut(service, names),
        ...refused(service, names, known),
        ...inside(service, names),
        ...hiding(service, names),
        ...(sendsToPods(service) ? findingsOf(service, known) : []),
      ];
    });
    return [...misread, ...unreached];
  },
};

const AWS = "service.beta.kubernetes.io/aws-load-balancer";

/** Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/ */
function sendsToPods({ annotations }: KubeObject): boolean {
  return annotations[`${AWS}-nlb-target-type`] === "ip" || annotations[`${AWS}-type`] === "nlb-ip";
}

/**
 * Annotations by which a load balancer has addresses of its own network alone; AWS' controller makes such a one where nothing is said.
 * Sources: the pages of the AWS Load Balancer Controller, of GKE and of AKS on internal load balancers
 */
function isInside({ annotations }: KubeObject): boolean {
  const isTrue = (key: string) => annotations[key] === "true";
  const byController = ["external", "nlb-ip"].includes(annotations[`${AWS}-type`] ?? "");
  const scheme = annotations[`${AWS}-scheme`] ?? (byController && !isTrue(`${AWS}-internal`) ? "internal" : undefined);
  return (
    scheme === "internal" ||
    (scheme === undefined && isTrue(`${AWS}-internal`)) ||
    annotations["networking.gke.io/load-balancer-type"]?.toLowerCase() === "internal" ||
    isTrue("service.beta.kubernetes.io/azure-load-balancer-internal")
  );
}

/** Clients on the internet do not get to a load balancer inside; a company may have public addresses inside, too. */
function inside(service: KubeObject, names: readonly OuterName[]): Finding[] {
  if (!isInside(service)) return [];
  return names.flatMap(({ cidrs, host, key }) => {
    const outside = cidrs.filter(isPublic);
    if (outside.length === 0) return [];
    const message = `has addresses of its own network alone (scheme internal), and clients of ${host} have public ones (${listed(outside)}): from the internet they connect to nothing; use internet-facing (${key.replace(/\.hostname$/, ".annotations")})`;
    return [warning(service.resource, ["metadata", "annotations", `${AWS}-scheme`], message)];
  });
}

/**
 * Policies tell clients apart by their addresses, which a load balancer may replace by its own: those of its network, of which no block of public
 * addresses holds any.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation
 */
function hiding(service: KubeObject, names: readonly OuterName[]): Finding[] {
  const key = `${AWS}-target-group-attributes`;
  if (!/\bpreserve_client_ip\.enabled=false\b/.test(service.annotations[key] ?? "")) return [];
  return names
    .filter(({ cidrs }) => cidrs.length > 0 && !areEverybody(cidrs) && cidrs.every(isPublic))
    .map(({ cidrs, key: setting }) => {
      const message = `puts its own addresses in place of the clients' (preserve_client_ip), and policies let in ${listed([...cidrs])} alone: none of the clients gets in; set it to true (${setting.replace(/\.hostname$/, ".annotations")})`;
      return error(service.resource, ["metadata", "annotations", key], message);
    });
}

/** Clients that the stack file names, and the load balancer does not let in. */
function shutOut({ spec, resource }: KubeObject, names: readonly OuterName[]): Finding[] {
  const ranges = listAt(spec, "loadBalancerSourceRanges").map(String);
  if (ranges.length === 0) return [];
  return names.flatMap(({ cidrs, host }) => {
    const missing = cidrs.filter((cidr) => !addressesHold(ranges, cidr));
    if (missing.length === 0) return [];
    const message = `does not let in ${listed(missing)}, from where clients connect to ${host}; add the block (mes:broker.externalClients)`;
    return [error(resource, "spec.loadBalancerSourceRanges", message)];
  });
}

/** Whom the load balancer lets in, and the pods behind it do not: of the clients that are named all, of its ranges at least a part. */
function refused(service: KubeObject, names: readonly OuterName[], known: Inventory): Finding[] {
  const ranges = listAt(service.spec, "loadBalancerSourceRanges").map(String);
  const clients = names.flatMap(({ cidrs }) => cidrs);
  return podsBehind(service, known).flatMap((group) => {
    const rules = policyRules(known, group, "ingress");
    if (rules === undefined) return [];
    return targetsOf(service, group).flatMap((port) => {
      const onPort = rules.filter((rule) => isOnPort(rule, port));
      const blocks = onPort
        .map((rule) => blocksOf(rule, "from"))
        .filter((one) => one !== "everywhere")
        .flat();
      const inPart = (range: string) => blocks.some((one) => addressesHold([range], one.cidr));
      const closed = [
        ...clients.filter((client) => !someHold(onPort, "from", client)),
        ...ranges.filter((range) => !clients.includes(range) && !someHold(onPort, "from", range) && !inPart(range)),
      ];
      if (closed.length === 0) return [];
      const message = `lets in ${listed(closed)}, whom policies do not let in on port ${port} of ${title(group.object)}: those clients connect to nothing; allow the ingress`;
      return [error(service.resource, "spec.loadBalancerSourceRanges", message)];
    });
  });
}

/** Ports of pods that a Service sends to. */
function targetsOf({ spec }: KubeObject, group: PodGroup): number[] {
  return listAt(spec, "ports").flatMap((port) => {
    const target = numberAt(port, "targetPort") ?? textAt(port, "targetPort") ?? numberAt(port, "port");
    return typeof target === "string" ? portsNamed(group, target).map(({ number }) => number) : (target ?? []);
  });
}

function findingsOf(service: KubeObject, known: Inventory): Finding[] {
  const { spec, resource } = service;
  const clients = listAt(spec, "loadBalancerSourceRanges").map(String);
  const pods = podsBehind(service, known);
  const refusing = pods.some((group) => {
    const rules = policyRules(known, group, "ingress");
    if (rules === undefined) return false;
    return targetsOf(service, group).some((port) => {
      const onPort = rules.filter((rule) => isOnPort(rule, port)).map((rule) => blocksOf(rule, "from"));
      return !onPort.some((blocks) => blocks === "everywhere" || blocks.some(({ cidr }) => isOfBalancer(cidr, clients)));
    });
  });
  if (!refusing) return [];
  const message =
    "it sends to the pods themselves and checks their health from its own subnets, from which no policy lets them receive; name the subnets (healthCheckCidrs of mes:broker.external)";
  return [error(resource, ["metadata", "annotations"], message)];
}

/** A block that is not there for the clients alone. */
function isOfBalancer(block: string, clients: readonly string[]): boolean {
  return block.endsWith("/0") || !addressesHold(clients, block);
}
