import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { requiredNodes } from "../../kubernetes/required-nodes";
import type { PodGroup } from "../../kubernetes/pods";
import type { Facts } from "../../plan/plan";
import { count, listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("fits-cluster");

/** Pods that insist on nodes that are not there, or on one that goes, or on one zone of several. */
export function insistOnNodes({ pods, scale }: Inventory, { zones }: Facts): Finding[] {
  const seen = new Set<string>();
  return pods.flatMap((group) => {
    const { object } = group;
    if (group.perNode || seen.has(object.resource.urn)) return [];
    seen.add(object.resource.urn);
    const replicas = scale(group).max;
    return requiredNodes(object.spec, ["spec"]).flatMap(({ path, label, values }) => {
      const found = problem(group, label, values, zones, replicas);
      return found === undefined ? [] : [(found.certain ? error : warning)(object.resource, path, found.message)];
    });
  });
}

interface Problem {
  readonly certain: boolean;
  readonly message: string;
}

/** Labels that the kubelet gives to every node. Source: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
function problem(
  { object, finite }: PodGroup,
  label: string,
  values: readonly string[],
  zones: readonly string[],
  replicas: number,
): Problem | undefined {
  const what = title(object);
  switch (label.replace("beta.", "")) {
    case "kubernetes.io/os":
      if (values.includes("linux")) return undefined;
      return {
        certain: true,
        message: `${what} runs on nodes of ${listed(values)} only, and its images are of linux: it never runs; use linux`,
      };
    case "kubernetes.io/hostname":
      if (values.length > 1 && values.length >= replicas) return undefined;
      return {
        certain: !finite && replicas > 1,
        message: `${what} (${count(replicas, "pod")}) runs on ${listed(values)} alone, and goes with it; take ${label} away, and name a label of several nodes`,
      };
    case "topology.kubernetes.io/zone":
    case "failure-domain.kubernetes.io/zone": {
      const known = values.filter((zone) => zones.includes(zone));
      if (zones.length > 0 && known.length === 0) {
        return {
          certain: true,
          message: `${what} runs in ${listed(values)} only, and the nodes are in ${listed(zones)}: it never runs; correct the zone`,
        };
      }
      if (zones.length < 2 || known.length > 1 || replicas < 2 || finite) return undefined;
      return {
        certain: true,
        message: `all ${count(replicas, "pod")} of ${what} run in zone ${listed(known)}, and go with it; take the zone away from its nodes`,
      };
    }
    default:
      return undefined;
  }
}
