import { title } from "../../kubernetes/objects";
import { GPU, type PodGroup } from "../../kubernetes/pods";
import { entriesAt, listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { warning } = reporter("pods-survive");

/** Nodes with GPUs are tainted with the name of the resource, by managed clusters and by the vendors' guides. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#example-use-cases */
export function taintFindings({ object, spec, specPath, requests, perNode }: PodGroup): Finding[] {
  if (requests.gpus === 0 || perNode) return [];
  const wanted = listAt(spec, "containers").flatMap((container) =>
    ["requests", "limits"].flatMap((side) =>
      entriesAt(container, "resources", side)
        .map(([resource]) => resource)
        .filter((one) => GPU.test(one)),
    ),
  );
  const tolerated = listAt(spec, "tolerations").filter((one) => ["", "NoSchedule"].includes(textAt(one, "effect") ?? ""));
  const missing = [...new Set(wanted)].filter(
    (resource) => !tolerated.some((one) => (textAt(one, "key") ?? resource) === resource),
  );
  if (wanted.length === 0 || missing.length < new Set(wanted).size) return [];
  const message = `${title(object)} asks for ${listed(missing)}, and tolerates no taint of that name, which nodes with GPUs usually have: it runs on none of them; add the toleration`;
  return [warning(object.resource, [...specPath, "tolerations"], message)];
}
