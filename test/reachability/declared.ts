import type { Endpoint } from "../../components/network/connection";
import { rangeOf } from "./addresses";
import type { Flow } from "./flows";
import type { Pods } from "./pods";
import type { StackNetwork } from "./stack";

/** The flows that a stack declares: its connections, and those that every pod has. */
export function declaredFlows(stack: StackNetwork, pods: Pods): Flow[] {
  const declared = stack.connections.flatMap(({ from, to }) =>
    between(
      "cidrs" in from ? from.cidrs.map(rangeOf) : pods.named(from),
      "pods" in to.target ? pods.named(to.target.pods) : to.target.cidrs.map(rangeOf),
      portOf(to),
    ),
  );
  const everyPod = pods.all.map(({ namespace, name }) => `${namespace}/${name}`);
  const dns = pods.named({ name: "dns", namespace: stack.dns.namespace });
  // Nothing works without names.
  const names = ["UDP 53", "TCP 53"].flatMap((port) => between(everyPod, dns, port));
  return [...declared, ...names].filter((flow) => isGoverned(flow, stack.namespaces));
}

/** Whether the platform's policies decide on a flow: one of its ends is in a namespace of the platform. */
export function isGoverned({ from, to }: Flow, namespaces: readonly string[]): boolean {
  return [from, to].some((end) => typeof end === "string" && namespaces.includes(end.slice(0, end.indexOf("/"))));
}

function portOf({ protocol = "TCP", port, podPort = port }: Endpoint): string {
  return `${protocol} ${podPort}`;
}

function between(from: readonly Flow["from"][], to: readonly Flow["to"][], port: string): Flow[] {
  return from.flatMap((source) => to.filter((target) => target !== source).map((target) => ({ from: source, to: target, port })));
}
