import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { containersOf, type PodGroup } from "../kubernetes/pods";
import { selects } from "../kubernetes/selector";
import { at, isRecord, listAt, recordAt, textAt } from "../kubernetes/value";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "cluster-rights";
const { error, warning } = reporter(name);

export const clusterRights: Rule = {
  name,
  title:
    "What asks the API server of Kubernetes may ask for what it needs, with a token, and for nothing that makes it master of the cluster.",
  why: "Monitoring that may not list pods sees none and reports nothing; one program that may read all Secrets, or give itself rights, gives all of the cluster to who breaks into it.",
  check: (plan) => {
    const known = inventory(plan);
    const grants = grantsOf(known);
    return [
      ...ofRbac(known, "Role", "ClusterRole").flatMap((role) => roleFindings(role, known)),
      ...ofRbac(known, "RoleBinding", "ClusterRoleBinding").flatMap((binding) => bindingFindings(binding, known)),
      ...tokenFindings(known, grants),
      ...discoveryFindings(known, grants),
    ];
  },
};

/** A rule of a role, for an account. */
interface Grant {
  /** `namespace/name` */
  readonly account: string;
  /** Namespace that it holds in; absent for all. */
  readonly namespace?: string;
  /** As `ClusterRole prometheus-nodes`. */
  readonly role: string;
  readonly rule: unknown;
}

function ofRbac({ ofKind }: Inventory, ...kinds: string[]): KubeObject[] {
  return kinds.flatMap(ofKind).filter(({ group }) => group === "rbac.authorization.k8s.io");
}

function rulesOf({ resource }: KubeObject): readonly unknown[] {
  return listAt(resource.inputs, "rules");
}

function textsIn(rule: unknown, field: string): string[] {
  return listAt(rule, field).filter((text): text is string => typeof text === "string");
}

function boundRole(binding: KubeObject, known: Inventory): KubeObject | undefined {
  const reference = recordAt(binding.resource.inputs, "roleRef");
  const kind = textAt(reference, "kind") ?? "";
  return known.find(kind, kind === "Role" ? binding.namespace : "", textAt(reference, "name") ?? "");
}

function grantsOf(known: Inventory): Grant[] {
  return ofRbac(known, "RoleBinding", "ClusterRoleBinding").flatMap((binding) => {
    const role = boundRole(binding, known);
    if (role === undefined) return [];
    return listAt(binding.resource.inputs, "subjects").flatMap((subject) => {
      if (textAt(subject, "kind") !== "ServiceAccount") return [];
      const account = `${textAt(subject, "namespace") ?? ""}/${textAt(subject, "name") ?? ""}`;
      const where = binding.kind === "RoleBinding" ? { namespace: binding.namespace } : {};
      return rulesOf(role).map((rule) => ({ account, ...where, role: title(role), rule }));
    });
  });
}

/** Verbs with which an account gives itself more. Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const ESCALATING = ["escalate", "bind", "impersonate"];
/** Resources and verbs that come to the same. */
const DANGEROUS: readonly { resources: readonly string[]; verbs: readonly string[]; harm: string }[] = [
  { resources: ["secrets"], verbs: ["get", "list", "watch"], harm: "reads the passwords of all programs" },
  { resources: ["pods/exec", "pods/attach", "pods/portforward"], verbs: ["create", "get"], harm: "runs commands in other pods" },
  { resources: ["pods/ephemeralcontainers"], verbs: ["update", "patch"], harm: "runs its own containers in other pods" },
  { resources: ["serviceaccounts/token"], verbs: ["create"], harm: "becomes any other account" },
  { resources: ["nodes/proxy"], verbs: ["get", "create"], harm: "runs commands on every node" },
  { resources: ["certificatesigningrequests/approval"], verbs: ["update", "patch"], harm: "makes itself anybody" },
  {
    resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
    verbs: ["create", "update", "patch", "delete"],
    harm: "reads and changes all that is declared",
  },
  {
    resources: ["roles", "clusterroles", "rolebindings", "clusterrolebindings"],
    verbs: ["create", "update", "patch"],
    harm: "gives itself any right",
  },
  {
    resources: ["pods", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs", "replicasets"],
    verbs: ["create", "update", "patch"],
    harm: "starts pods with the account and the Secrets of any other program",
  },
  {
    resources: ["namespaces", "persistentvolumeclaims", "persistentvolumes", "customresourcedefinitions"],
    verbs: ["delete", "deletecollection"],
    harm: "deletes the data of the stack",
  },
];

function roleFindings(role: KubeObject, known: Inventory): Finding[] {
  const everywhere = role.kind === "ClusterRole";
  const aggregated = at(role.resource.inputs, "aggregationRule");
  const findings: Finding[] = [];
  if (aggregated !== undefined) {
    findings.push(warning(role.resource, "aggregationRule", "takes in the rules of other roles, which the plan does not know"));
  }
  rulesOf(role).forEach((rule, i) => {
    const found = (field: string, message: string) => findings.push(error(role.resource, ["rules", i, field], message));
    const verbs = textsIn(rule, "verbs");
    const resources = textsIn(rule, "resources");
    const groups = textsIn(rule, "apiGroups");
    const paths = textsIn(rule, "nonResourceURLs");
    const whole = (list: readonly string[]) => list.some((one) => one === "*");
    for (const [field, list] of [
      ["verbs", verbs],
      ["resources", resources],
      ["apiGroups", groups],
    ] as const) {
      if (whole(list) || (field === "resources" && list.some((one) => one.startsWith("*/"))))
        found(
          field,
          `allows every ${field === "verbs" ? "verb" : field === "resources" ? "resource" : "API group"} (*), those that come later too; name what is needed`,
        );
    }
    if (paths.some((path) => path === "*" || path === "/*"))
      found("nonResourceURLs", "allows every path of the API server; name those that are needed");
    const gains = verbs.filter((verb) => ESCALATING.includes(verb));
    if (gains.length > 0) found("verbs", `allows ${listed(gains)}, with which an account gives itself any right; take it out`);
    if (textsIn(rule, "resourceNames").length > 0) return;
    for (const { resources: dangerous, verbs: doing, harm } of DANGEROUS) {
      const which = resources.filter((one) => dangerous.includes(one));
      const how = verbs.filter((verb) => doing.includes(verb));
      if (which.length === 0 || how.length === 0) continue;
      const where = everywhere && boundEverywhere(role, known) ? "in the whole cluster" : "in its namespace";
      found(
        "resources",
        `may ${listed(how)} ${listed(which)} ${where}: who has it ${harm}; name single objects (resourceNames), or take it out`,
      );
    }
  });
  return findings;
}

function boundEverywhere(role: KubeObject, known: Inventory): boolean {
  return ofRbac(known, "ClusterRoleBinding").some((binding) => boundRole(binding, known) === role);
}

/** Roles of Kubernetes itself with which an account may do nearly everything. */
const MASTERS = ["cluster-admin", "admin", "edit", "system:masters"];

function bindingFindings(binding: KubeObject, known: Inventory): Finding[] {
  const { resource } = binding;
  const findings: Finding[] = [];
  const role = textAt(resource.inputs, "roleRef", "name") ?? "";
  if (textAt(resource.inputs, "roleRef", "kind") === "ClusterRole" && MASTERS.includes(role)) {
    findings.push(
      error(resource, "roleRef.name", `gives the rights of ${role}, nearly all that there are; bind a role with what is needed`),
    );
  }
  const subjects = listAt(resource.inputs, "subjects");
  if (subjects.length === 0) findings.push(error(resource, "subjects", "gives its rights to nobody; name the service account"));
  subjects.forEach((subject, i) => {
    const path = ["subjects", i];
    const named = textAt(subject, "name") ?? "";
    const kind = textAt(subject, "kind");
    if (kind === "Group" && /^system:(?:authenticated|unauthenticated|anonymous|serviceaccounts|masters)/.test(named)) {
      findings.push(
        error(resource, path, `gives its rights to ${named}, which are many that nobody knows; name the service account`),
      );
    }
    if (kind === "User" && named === "system:anonymous") {
      findings.push(error(resource, path, "gives its rights to whoever asks; name the service account"));
    }
    if (kind !== "ServiceAccount") return;
    const namespace = textAt(subject, "namespace");
    if (namespace === undefined) {
      const hint = binding.namespace === "" ? "the namespace of the pods" : binding.namespace;
      findings.push(
        error(resource, path, `the service account ${named} has no namespace, which the API server refuses; use ${hint}`),
      );
      return;
    }
    if (named === "default") {
      findings.push(
        error(
          resource,
          path,
          `gives its rights to every pod of ${namespace} that names no account; make an account for the program`,
        ),
      );
    }
    const used = known.pods.some((group) => accountOf(group) === `${namespace}/${named}`);
    if (!used && known.find("ServiceAccount", namespace, named) !== undefined && !known.opaqueNamespaces.has(namespace)) {
      findings.push(
        error(
          resource,
          path,
          `gives its rights to ${namespace}/${named}, as which no pod of the plan runs; correct the name, or serviceAccountName`,
        ),
      );
    }
  });
  return findings;
}

/** The account that pods run as, e.g. `namespace/name`. */
function accountOf({ namespace, spec, object }: PodGroup): string {
  const own = textAt(spec, "serviceAccountName") ?? textAt(object.spec, "serviceAccountName");
  return `${namespace}/${own ?? (Object.keys(spec).length === 0 ? object.name : "default")}`;
}

/** Rights without a token are none. */
function tokenFindings(known: Inventory, grants: readonly Grant[]): Finding[] {
  return known.pods.flatMap((group) => {
    const account = accountOf(group);
    if (Object.keys(group.spec).length === 0 || !grants.some((grant) => grant.account === account)) return [];
    const own = group.spec.automountServiceAccountToken;
    const declared = known.find("ServiceAccount", group.namespace, account.split("/")[1] ?? "");
    const mounted = own ?? declared?.resource.inputs.automountServiceAccountToken ?? true;
    const projected = listAt(group.spec, "volumes").some((volume) =>
      listAt(volume, "projected", "sources").some((source) => isRecord(at(source, "serviceAccountToken"))),
    );
    if (mounted !== false || projected) return [];
    const message = `${title(group.object)} has rights and no token to show, so the API server answers it nothing; set automountServiceAccountToken: true`;
    return [error(group.object.resource, [...group.specPath, "automountServiceAccountToken"], message)];
  });
}

const LOOKING = ["list", "watch"];

/** Something that finds others by asking the API server. */
interface Discovery {
  readonly group: PodGroup;
  /** Namespace that it looks in; absent for all. */
  readonly namespace?: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** What is missing without it. */
  readonly harm: string;
}

function discoveryFindings(known: Inventory, grants: readonly Grant[]): Finding[] {
  const discoveries = [...prometheusDiscoveries(known), ...collectorDiscoveries(known), ...exporterDiscoveries(known)];
  return discoveries.flatMap(({ group, namespace, apiGroup, resource, verbs, harm }) => {
    if (known.opaqueNamespaces.has(group.namespace) && group.object.kind === "Deployment") return [];
    const account = accountOf(group);
    const own = grants.filter(
      (grant) => grant.account === account && (grant.namespace === undefined || grant.namespace === namespace),
    );
    const missing = verbs.filter((verb) => !own.some(({ rule }) => allows(rule, apiGroup, resource, verb)));
    if (missing.length === 0) return [];
    const where = namespace ?? "all namespaces";
    const roles = [...new Set(own.map(({ role }) => role))];
    const role = roles.length > 0 ? listed(roles) : `a ${namespace === undefined ? "ClusterRole" : "Role"} of its own`;
    const message = `${title(group.object)} (account ${account}) may not ${listed(missing)} ${resource} in ${where}: ${harm}; add the right to ${role}, or correct the binding`;
    return [error(group.object.resource, "", message)];
  });
}

function allows(rule: unknown, apiGroup: string, resource: string, verb: string): boolean {
  const has = (field: string, wanted: string) => textsIn(rule, field).some((one) => one === wanted || one === "*");
  return (
    has("verbs", verb) && has("resources", resource) && has("apiGroups", apiGroup) && textsIn(rule, "resourceNames").length === 0
  );
}

/** Source: https://prometheus-operator.dev/docs/platform/rbac/ */
function prometheusDiscoveries(known: Inventory): Discovery[] {
  return known.pods
    .filter(({ object }) => object.kind === "Prometheus" && object.group === "monitoring.coreos.com")
    .flatMap((group) => {
      const { spec } = group.object;
      const pick = (kind: string, selector: string) =>
        known.ofKind(kind).filter((monitor) => spec[selector] !== undefined && selects(spec[selector], monitor.labels));
      const namespacesOf = (monitors: readonly KubeObject[]) => [...new Set(monitors.flatMap(watchedNamespaces))];
      const looks = (namespace: string | undefined, apiGroup: string, resource: string, harm: string): Discovery => ({
        group,
        ...(namespace === undefined ? {} : { namespace }),
        apiGroup,
        resource,
        verbs: LOOKING,
        harm,
      });
      const slices = textAt(spec, "serviceDiscoveryRole") === "EndpointSlice";
      const services = (namespace: string, harm: string) => [
        looks(namespace, "", "services", harm),
        looks(namespace, "", "pods", harm),
        slices ? looks(namespace, "discovery.k8s.io", "endpointslices", harm) : looks(namespace, "", "endpoints", harm),
      ];
      const configs = pick("ScrapeConfig", "scrapeConfigSelector").flatMap(({ spec: own }) =>
        listAt(own, "kubernetesSDConfigs").flatMap((one) => sdDiscoveries(one, looks)),
      );
      const alertmanagers = listAt(spec, "alerting", "alertmanagers").map((one) => textAt(one, "namespace") ?? group.namespace);
      return [
        ...namespacesOf(pick("PodMonitor", "podMonitorSelector")).map((namespace) =>
          looks(namespace, "", "pods", "it scrapes no pod there, and no alert on them can fire"),
        ),
        ...namespacesOf(pick("ServiceMonitor", "serviceMonitorSelector")).flatMap((namespace) =>
          services(namespace, "it scrapes no Service there, and no alert on them can fire"),
        ),
        ...[...new Set(alertmanagers)].flatMap((namespace) =>
          services(namespace, "it finds no Alertmanager, so nobody is told of any alert"),
        ),
        ...configs,
      ];
    });
}

type Looks = (namespace: string | undefined, apiGroup: string, resource: string, harm: string) => Discovery;

/** What each role of a discovery lists. Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config */
const LISTED_BY_ROLE: Readonly<Record<string, readonly (readonly [apiGroup: string, resource: string])[]>> = {
  Pod: [["", "pods"]],
  Service: [["", "services"]],
  Endpoints: [
    ["", "pods"],
    ["", "services"],
    ["", "endpoints"],
  ],
  EndpointSlice: [
    ["", "pods"],
    ["", "services"],
    ["discovery.k8s.io", "endpointslices"],
  ],
  Ingress: [["networking.k8s.io", "ingresses"]],
};

/** A discovery of a ScrapeConfig. Kubelets are read, too: they ask the API server whether the reader may. */
function sdDiscoveries(config: unknown, looks: Looks): Discovery[] {
  const role = textAt(config, "role") ?? "";
  if (/^node$/i.test(role)) {
    const harm = "CPU, memory and volumes of all containers are unknown, and no alert on them can fire";
    return [looks(undefined, "", "nodes", harm), { ...looks(undefined, "", "nodes/metrics", harm), verbs: ["get"] }];
  }
  const names = textsIn(at(config, "namespaces"), "names");
  const namespaces = names.length > 0 ? names : [undefined];
  const resources = Object.entries(LISTED_BY_ROLE).find(([one]) => one.toLowerCase() === role.toLowerCase())?.[1] ?? [];
  return namespaces.flatMap((namespace) =>
    resources.map(([apiGroup, resource]) => looks(namespace, apiGroup, resource, "it finds nothing to read there")),
  );
}

/** Namespaces of the pods that a monitor is for; none where it is for all. */
function watchedNamespaces({ spec, namespace }: KubeObject): string[] {
  if (at(spec, "namespaceSelector", "any") === true) return [];
  const names = textsIn(at(spec, "namespaceSelector"), "matchNames");
  return names.length > 0 ? names : [namespace];
}

/** Source: the README of the processor k8s_attributes (formerly k8sattributes) of opentelemetry-collector-contrib */
function collectorDiscoveries(known: Inventory): Discovery[] {
  return known.pods.flatMap((group) => {
    const files = listAt(group.spec, "volumes").flatMap((volume) => textAt(volume, "configMap", "name") ?? []);
    const uses = files.some((file) =>
      Object.values(recordAt(known.find("ConfigMap", group.namespace, file)?.resource.inputs, "data")).some(
        (text) => typeof text === "string" && asksForPods(text),
      ),
    );
    if (!uses) return [];
    const harm = "it cannot say which pod a trace or a log is of";
    return [{ group, apiGroup: "", resource: "pods", verbs: ["get", ...LOOKING], harm }];
  });
}

/** A collector that passes addresses on only, for another one to ask, needs no right. */
function asksForPods(text: string): boolean {
  return /\bk8s_?attributes\b/.test(text) && !/\bpassthrough:\s*true\b|\bauth_type:\s*none\b/.test(text);
}

/** API groups of what kube-state-metrics counts. */
const API_GROUPS: ReadonlyMap<string, string> = new Map([
  ["deployments", "apps"],
  ["daemonsets", "apps"],
  ["statefulsets", "apps"],
  ["replicasets", "apps"],
  ["jobs", "batch"],
  ["cronjobs", "batch"],
  ["horizontalpodautoscalers", "autoscaling"],
  ["poddisruptionbudgets", "policy"],
  ["networkpolicies", "networking.k8s.io"],
  ["ingresses", "networking.k8s.io"],
]);

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/developer/cli-arguments.md */
function exporterDiscoveries(known: Inventory): Discovery[] {
  return known.pods.flatMap((group) => {
    const words = containersOf(group.spec).flatMap((container) => [
      ...textsIn(container, "command"),
      ...textsIn(container, "args"),
    ]);
    const [, resources] = words.map((word) => /^--resources=(.+)$/.exec(word) ?? []).find((match) => match.length > 0) ?? [];
    if (resources === undefined) return [];
    const harm = "what it counts of them is missing, and no alert on it can fire";
    return resources
      .split(",")
      .map((resource) => ({ group, apiGroup: API_GROUPS.get(resource) ?? "", resource, verbs: LOOKING, harm }));
  });
}
