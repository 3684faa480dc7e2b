import { cidr } from "../../../components/schema/addresses";
import type { KubeObject } from "../objects";
import { quantity } from "../quantities";
import { at, entriesAt, listAt, recordAt, textAt } from "../value";
import { isSubdomain } from "./metadata";
import { byKind, hidden, shown, type Problem } from "./problem";

/** Fields of one object that are refused beside each other, or without each other. Source: pkg/apis/{core,rbac}/validation of Kubernetes 1.34 */
export const relatedFieldProblems = byKind({
  "/LimitRange": limitRange,
  "/Namespace": namespace,
  "/Service": service,
  "apps/StatefulSet": claims,
  "rbac.authorization.k8s.io/ClusterRole": role,
  "rbac.authorization.k8s.io/ClusterRoleBinding": subjects,
  "rbac.authorization.k8s.io/Role": role,
  "rbac.authorization.k8s.io/RoleBinding": subjects,
});

function role({ kind, resource }: KubeObject): Problem[] {
  return listAt(resource.inputs, "rules").flatMap((rule, i): Problem[] => {
    const missing = ["apiGroups", "resources"].filter((field) => listAt(rule, field).length === 0);
    if (missing.length === 0) return [];
    const paths = listAt(rule, "nonResourceURLs").length > 0;
    if (kind === "ClusterRole" && paths && missing.length === 2) return [];
    return [{ path: ["rules", i], message: `allows something of no ${missing.join(" and no ")}, which is refused; add them` }];
  });
}

function subjects({ resource }: KubeObject): Problem[] {
  return listAt(resource.inputs, "subjects").flatMap((subject, i): Problem[] => {
    const name = textAt(subject, "name") ?? "";
    if (textAt(subject, "kind") !== "ServiceAccount" || hidden(name) || isSubdomain(name)) return [];
    return [
      { path: ["subjects", i, "name"], message: `${name} is no name of a ServiceAccount; use small letters, digits and dashes` },
    ];
  });
}

function service({ spec }: KubeObject): Problem[] {
  const type = textAt(spec, "type") ?? "ClusterIP";
  const problems: Problem[] = [];
  const ranges = listAt(spec, "loadBalancerSourceRanges");
  const only = (field: string, types: readonly string[], isSet: boolean) => {
    if (!isSet || types.includes(type) || hidden(type)) return;
    problems.push({
      path: ["spec", field],
      message: `is refused beside the type ${type}; remove it, or use ${types.join(" or ")}`,
    });
  };
  for (const [i, range] of ranges.entries()) {
    if (hidden(range) || cidr.safeParse(range).success) continue;
    problems.push({
      path: ["spec", "loadBalancerSourceRanges", i],
      message: `${shown(range)} is no range of addresses; write it as 203.0.113.0/24`,
    });
  }
  only("loadBalancerSourceRanges", ["LoadBalancer"], ranges.length > 0);
  only("externalTrafficPolicy", ["LoadBalancer", "NodePort"], (textAt(spec, "externalTrafficPolicy") ?? "") !== "");
  return problems;
}

function claims({ spec }: KubeObject): Problem[] {
  return listAt(spec, "volumeClaimTemplates").flatMap((claim, i): Problem[] => {
    const path = ["spec", "resources", "requests", "storage"];
    if (at(claim, ...path) !== undefined) return [];
    return [{ path: ["spec", "volumeClaimTemplates", i, ...path], message: "no size, without which it is refused; add it" }];
  });
}

function namespace({ labels }: KubeObject): Problem[] {
  return ["enforce", "audit", "warn"].flatMap((mode): Problem[] => {
    const label = `pod-security.kubernetes.io/${mode}`;
    const level = labels[label];
    if (level === undefined || hidden(level) || /^(?:privileged|baseline|restricted)$/.test(level)) return [];
    return [{ path: ["metadata", "labels", label], message: `${level} is no level of Pod Security; use restricted` }];
  });
}

/** Amounts in the order in which each may be at most the next. */
const RISING = ["min", "defaultRequest", "default", "max"];

function limitRange({ spec }: KubeObject): Problem[] {
  return listAt(spec, "limits").flatMap((limit, i) => {
    const names = new Set(RISING.flatMap((side) => entriesAt(limit, side).map(([name]) => name)));
    return [...names].flatMap((name) => {
      const amounts = RISING.flatMap((side) => {
        const value = recordAt(limit, side)[name];
        const amount = hidden(value) ? undefined : quantity(value);
        return amount === undefined ? [] : [{ side, value, amount }];
      });
      return amounts.flatMap(({ side, value, amount }, n): Problem[] => {
        const before = amounts[n - 1];
        if (before === undefined || before.amount <= amount) return [];
        const message = `${shown(value)} is less than the ${before.side} of ${shown(before.value)}, which is refused; raise it`;
        return [{ path: ["spec", "limits", i, side, name], message }];
      });
    });
  });
}
