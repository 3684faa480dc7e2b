import { addressesHold } from "../../components/network/addresses";
import { inventory, podsBehind, type Inventory } from "../kubernetes/inventory";
import { portsNamed } from "../kubernetes/network";
import type { KubeObject } from "../kubernetes/objects";
import { blocksOf, isOnPort, policyRules } from "../kubernetes/policy-rules";
import { listAt, numberAt, textAt } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "load-balancers-reach-pods";
const { error } = reporter(name);

export const loadBalancersReachPods: Rule = {
  name,
  title: "A load balancer that sends to the pods themselves may ask them whether they are there.",
  why: "Its health checks come from its own subnets, whatever address the clients keep; where policies let the clients in alone, it takes every pod for dead and sends nobody on.",
  check: (plan) => {
    const known = inventory(plan);
    return known
      .ofKind("Service")
      .filter(sendsToPods)
      .flatMap((service) => findingsOf(service, known));
  },
};

const AWS = "service.beta.kubernetes.io/aws-load-balancer";

/** Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/ */
function sendsToPods({ spec, annotations }: KubeObject): boolean {
  if (textAt(spec, "type") !== "LoadBalancer") return false;
  return annotations[`${AWS}-nlb-target-type`] === "ip" || annotations[`${AWS}-type`] === "nlb-ip";
}

function findingsOf(service: KubeObject, known: Inventory): Finding[] {
  const { spec, resource } = service;
  const clients = listAt(spec, "loadBalancerSourceRanges").map(String);
  const pods = podsBehind(service, known);
  const refusing = pods.some((group) => {
    const rules = policyRules(known, group, "ingress");
    if (rules === undefined) return false;
    const targets = listAt(spec, "ports").flatMap((port) => {
      const target = numberAt(port, "targetPort") ?? textAt(port, "targetPort") ?? numberAt(port, "port");
      return typeof target === "string" ? portsNamed(group, target).map(({ number }) => number) : (target ?? []);
    });
    return targets.some((port) => {
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
