import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { timeInWords } from "../../kubernetes/sizes";
import { listAt, numberAt, textAt } from "../../kubernetes/value";
import { seconds } from "../../promql/duration";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("time-budgets");

/** Seconds of a duration of the Gateway API, e.g. `1m30s`: those of Prometheus, of hours at most and five digits a part. */
export function goSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:\d{1,5}(?:h|m|s|ms))+$/.test(text) ? seconds(text) : undefined;
}

/** How long a gateway waits for those behind it. Source: https://gateway-api.sigs.k8s.io/geps/gep-1742/ */
export function routeTimes(known: Inventory): Finding[] {
  return known.ofKind("HTTPRoute").flatMap((route) =>
    listAt(route.spec, "rules").flatMap((rule, i) => {
      const place = ["spec", "rules", i, "timeouts"];
      const request = goSeconds(textAt(rule, "timeouts", "request"));
      const backend = goSeconds(textAt(rule, "timeouts", "backendRequest"));
      const findings: Finding[] = [];
      if (request === 0) {
        const message =
          "is 0: a request that nobody answers holds its connection without an end, until the gateway has none left; set the timeout of the route (mes:roles)";
        findings.push(warning(route.resource, [...place, "request"], message));
      }
      if (backend !== undefined && request !== undefined && request > 0 && (backend > request || backend === 0)) {
        const message = `is ${backend === 0 ? "without an end" : timeInWords(backend)}, longer than that of the request (${timeInWords(request)}): the API refuses the route; lower it`;
        findings.push(error(route.resource, [...place, "backendRequest"], message));
      }
      return request === undefined ? findings : [...findings, ...drained(route, rule, [...place, "request"], request, known)];
    }),
  );
}

/** A pod that is stopped is killed before the gateway has given its request up. */
function drained(route: KubeObject, rule: unknown, path: (string | number)[], request: number, known: Inventory): Finding[] {
  return listAt(rule, "backendRefs").flatMap((backend) => {
    const name = textAt(backend, "name");
    const namespace = textAt(backend, "namespace") ?? route.namespace;
    const group = known.pods.find(
      ({ object }) => object.name === name && object.namespace === namespace && object.group === "apps",
    );
    const grace = group === undefined ? undefined : (numberAt(group.spec, "terminationGracePeriodSeconds") ?? 30);
    if (grace === undefined || request <= grace) return [];
    const message = `the gateway waits ${timeInWords(request)} for ${name ?? ""}, and its pods are killed ${timeInWords(grace)} after they are asked to stop: each rollout cuts requests off; lower the timeout of the route, or raise mes:roles.${name ?? ""}.shutdown.drain`;
    return [warning(route.resource, path, message)];
  });
}
