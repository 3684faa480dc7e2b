import { isRecord, textAt } from "../kubernetes/value";
import { fieldOf, type Path } from "./leaf";

/** Lists that are sets or maps to those who read them, by the last key. Sources: `x-kubernetes-list-type` of the API; IAM's grammar of policies. */
const UNORDERED = new Set(
  ["ports", "volumes", "volumeMounts", "imagePullSecrets", "topologySpreadConstraints", "tolerations"].concat(
    ["finalizers", "policyTypes", "accessModes", "dnsNames", "ipAddresses", "usages", "verbs", "apiGroups", "resources"],
    ["resourceNames", "subjects", "add", "drop", "hostAliases", "matchLabelKeys", "supplementalGroups", "sysctls"],
    ["Action", "NotAction", "Resource", "NotResource", "Statement", "AWS", "Service", "Federated"],
    ["dependsOn", "aliases", "ignoreChanges", "replaceOnChanges"],
  ),
);

/** Items of network policies and of their peers: policies add up. */
const POLICIES = /^spec\.(?:ingress|egress)(?:\[\*\]\.(?:from|to|ports))?$/;

/** Whether the order of a list means nothing to those who read it. */
export function isUnordered(type: string, path: Path, items: readonly unknown[]): boolean {
  const last = path.at(-1);
  if (typeof last !== "string") return false;
  if (type.startsWith("kubernetes:networking.k8s.io/") && POLICIES.test(fieldOf(path))) return true;
  // A variable may name those before it.
  if (last === "env") return !items.some((item) => textAt(item, "value")?.includes("$(") === true);
  // Containers start together, those of initContainers one after the other.
  if (last === "containers") return items.every(isRecord);
  return UNORDERED.has(last);
}
