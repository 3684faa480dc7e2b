import { inventory, type Inventory } from "../kubernetes/inventory";
import { describePort, network, opens, type Network, type PolicyPath } from "../kubernetes/network";
import { title } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { isRecord } from "../kubernetes/value";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "network-paths";
const { error } = reporter(name);

export const networkPaths: Rule = {
  name,
  title: "Every allowed connection has both ends: the sender may send, the receiver may receive, and listens on that port.",
  why: "Where one of two policies is missing, connections time out instead of being refused, which is the slowest kind of failure to find; a policy for pods that do not exist is a path nobody asked for.",
  check: (plan) => {
    const known = inventory(plan);
    const net = network(known);
    return [...aboutNobody(net, known), ...net.paths.flatMap((path) => findingsOf(path, net, known))];
  },
};

/** Policies that select no pods. */
function aboutNobody({ paths }: Network, { opaqueNamespaces }: Inventory): Finding[] {
  const about = new Map(paths.map((path) => [path.policy, path.selected]));
  return [...about]
    .filter(([policy, selected]) => selected.length === 0 && !opaqueNamespaces.has(policy.namespace))
    .filter(([policy]) => isRecord(policy.spec.podSelector) && Object.keys(policy.spec.podSelector).length > 0)
    .map(([policy]) => error(policy.resource, "spec.podSelector", "selects no pods of the plan; correct its labels, or drop it"));
}

function findingsOf(path: PolicyPath, net: Network, { opaqueNamespaces }: Inventory): Finding[] {
  const { policy, selected, peers, direction, ports } = path;
  if (peers === undefined) return [];
  if (peers.groups.length === 0) {
    if (peers.opaque) return [];
    const message = `${direction === "egress" ? "to" : "from"} ${peers.described}: there are none; correct the labels, or drop the path`;
    return [error(policy.resource, path.path, message)];
  }
  const [senders, receivers] = direction === "egress" ? [selected, peers.groups] : [peers.groups, selected];
  const opaque = peers.opaque || opaqueNamespaces.has(policy.namespace);
  const findings = opaque || receivers.length === 0 ? [] : unheard(path, receivers);
  const oneSided: Finding[] = [];
  let open = false;
  for (const from of senders) {
    for (const to of receivers) {
      const listening = to.ports.filter((own) => ports.some((port) => opens(port, own)));
      const closed = listening.filter((port) => {
        const allowed = net.allowed(from, to, port);
        return direction === "egress" ? !allowed.ingress : !allowed.egress;
      });
      open ||= closed.length < listening.length;
      if (closed.length === 0) continue;
      const numbers = listed(closed.map((port) => String(port.number)));
      const message =
        direction === "egress"
          ? `${title(from.object)} may send to port ${numbers} of ${title(to.object)}, which no policy lets receive it; allow the ingress`
          : `${title(to.object)} may receive on port ${numbers} from ${title(from.object)}, which no policy lets send it; allow the egress`;
      oneSided.push(error(policy.resource, path.path, message));
    }
  }
  // Whoever lets all pods of a namespace in, or sends to all of them, means those that answer.
  return peers.wholesale && open ? findings : [...findings, ...oneSided];
}

/** Ports on which none of the receivers listens. */
function unheard({ policy, path, ports }: PolicyPath, receivers: readonly PodGroup[]): Finding[] {
  return ports
    .filter((port) => !receivers.some((group) => group.ports.some((own) => opens(port, own))))
    .map((port) => {
      const who = listed(receivers.map(({ object }) => title(object)));
      return error(
        policy.resource,
        path,
        `no container of ${who} has the port ${describePort(port)}; correct it, or declare the container port`,
      );
    });
}
