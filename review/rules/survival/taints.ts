import { title } from "../../kubernetes/objects";
import { GPU, type PodGroup } from "../../kubernetes/pods";
import { entriesAt, listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { warning } = reporter("pods-survive");

/**
 * Nodes with GPUs are tainted, by managed clusters and by the vendors' guides, mostly with the name of the resource. Which taint it is the plan does
 * not know: whoever tolerates one has thought of it.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#example-use-cases
 */
export function taintFindings({ object, spec, specPath, requests, perNode }: PodGroup): Finding[] {
  if (requests.gpus === 0 || perNode) return [];
  const wanted = listAt(spec, "containers").flatMap((container) =>
    ["requests", "limits"].flatMap((side) =>
      entriesAt(container, "resources", side).flatMap(([resource]) => (GPU.test(resource) ? [resource] : [])),
    ),
  );
  const tolerates = listAt(spec, "tolerations").some(
    (one) =>
      ["", "NoSchedule"].includes(textAt(one, "effect") ?? "") && !(textAt(one, "key") ?? "").startsWith("node.kubernetes.io/"),
  );
  if (wanted.length === 0 || tolerates) return [];
  const message = `${title(object)} asks for ${listed([...new Set(wanted)])}, and tolerates no taint, which nodes with GPUs usually have: it runs on none of them; add a toleration`;
  return [warning(object.resource, [...specPath, "tolerations"], message)];
}
