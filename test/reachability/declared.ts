import type { Endpoint } from "../../components/network/connection";
import { rangeOf } from "./addresses";
import type { Flow } from "./flows";
import type { Pods } from "./pods";
import type { StackNetwork } from "./stack";

/** The flows that a stack declares: its connections, and those that every pod has. */
export function declaredFlows(stack: StackNetwork, pods: Pods): Flow[] {
  const declared = stack.connections.flatMap(({ from, to }) =>
    portsOf(to).flatMap((port) =>
      between(
        "cidrs" in from ? from.cidrs.map(rangeOf) : pods.named(from),
        "pods" in to.target ? pods.named(to.target.pods) : to.target.cidrs.map(rangeOf),
        port,
      ),
    ),
  );
  const everyPod = pods.all.map(({ namespace, name }) => `${namespace}/${name}`);
  const { dns } = stack.network;
  const servers = [...dns.pods.flatMap((set) => pods.named(set)), ...dns.cidrs.map(rangeOf)];
  // Nothing works without names.
  const names = ["UDP 53", "TCP 53"].flatMap((port) => between(everyPod, servers, port));
  return [...declared, ...names].filter((flow) => isGoverned(flow, stack.namespaces));
}

/** Whether the platform's policies decide on a flow: one of its ends is in a namespace of the platform. */
export function isGoverned({ from, to }: Flow, namespaces: readonly string[]): boolean {
  return [from, to].some((end) => typeof end === "string" && namespaces.includes(end.slice(0, end.indexOf("/"))));
}

function portsOf({ protocol = "TCP", port, podPort = port, target }: Endpoint): string[] {
  const ports = "cidrs" in target && target.asService === true ? [port, podPort] : [podPort];
  return [...new Set(ports)].map((number) => `${protocol} ${number}`);
}

function between(from: readonly Flow["from"][], to: readonly Flow["to"][], port: string): Flow[] {
  return from.flatMap((source) => to.filter((target) => target !== source).map((target) => ({ from: source, to: target, port })));
}
