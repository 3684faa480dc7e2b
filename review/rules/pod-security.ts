import { inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { violationsOf, type Level } from "../kubernetes/pod-security-standards";
import type { PodGroup } from "../kubernetes/pods";
import { leaves, listAt, recordAt, textAt } from "../kubernetes/value";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "pod-security";
const { error } = reporter(name);

/** Label of a namespace with the level that its pods must have. */
const ENFORCE = "pod-security.kubernetes.io/enforce";

export const podSecurity: Rule = {
  name,
  title:
    "Pods satisfy the Pod Security level of their namespace, every namespace of the plan has the strictest that its pods allow, and a pod with access to its node is not root on it.",
  why: "The API server refuses such pods one by one when the controller makes them: the deploy succeeds, and nothing runs. A level that is too low lets in what nobody meant to.",
  check: (plan) => {
    const { pods, ofKind, find, objects } = inventory(plan);
    return [
      ...ofKind("Namespace").flatMap((namespace) => levelFindings(namespace, pods)),
      ...pods.flatMap((group) => {
        const level = find("Namespace", "", group.namespace)?.labels[ENFORCE];
        if (listAt(group.spec, "containers").length === 0) return [];
        if (level === "restricted") return [...violations(group, "baseline"), ...violations(group, "restricted")];
        if (level === "baseline") return violations(group, "baseline");
        return level === "privileged" ? rootOnNode(group) : [];
      }),
      ...objects.filter(({ group }) => group !== "" && group !== "apps" && group !== "batch").flatMap(ofOperators),
    ];
  },
};

type Copied = readonly [is: (value: unknown) => boolean, message: string];

const NODES_OWN = "shares the node's network, processes or memory";

/** Settings of a custom resource that its operator copies into pods. None of our operators' pods has to have any of them. */
const COPIED: ReadonlyMap<string, Copied> = new Map<string, Copied>([
  ["hostNetwork", [(value) => value === true, NODES_OWN]],
  ["hostPID", [(value) => value === true, NODES_OWN]],
  ["hostIPC", [(value) => value === true, NODES_OWN]],
  ["privileged", [(value) => value === true, "is root on the node"]],
  ["allowPrivilegeEscalation", [(value) => value === true, "may gain privileges"]],
  ["runAsUser", [(value) => value === 0, "runs as root"]],
  ["runAsNonRoot", [(value) => value === false, "may run as root"]],
  ["hostPort", [(value) => typeof value === "number" && value > 0, "takes a port of the node"]],
]);

function ofOperators({ resource, spec }: KubeObject): Finding[] {
  return leaves(spec, ["spec"]).flatMap(([path, value]) => {
    const says = (message: string) => [error(resource, path, `${message} in the pods that the operator makes; remove it`)];
    const field = String(path.at(-1));
    const copied = COPIED.get(field);
    if (copied?.[0](value) === true) return says(copied[1]);
    if (field === "path" && path.at(-2) === "hostPath") return says("mounts a folder of the node");
    if (field === "type" && value === "Unconfined") return says("turns off a profile of the kernel");
    if (path.includes("capabilities") && path.includes("add")) return says(`adds the capability ${String(value)}`);
    return [];
  });
}

/** Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const LEVELS = ["privileged", "baseline", "restricted"];

/** A level that lets in more than the pods of the namespace need. */
function levelFindings({ labels, name: namespace, resource }: KubeObject, pods: readonly PodGroup[]): Finding[] {
  const level = labels[ENFORCE];
  const path = ["metadata", "labels", ENFORCE];
  if (level === undefined) return [error(resource, path, "has no Pod Security level; use restricted")];
  if (!LEVELS.includes(level)) return [error(resource, path, `${level} is no level; use restricted`)];
  if (level === "restricted") return [];
  const own = pods.filter((group) => group.namespace === namespace && listAt(group.spec, "containers").length > 0);
  const needed = (least: "baseline" | "restricted") => own.some((group) => violations(group, least).length > 0);
  if (needed("baseline") || (level === "baseline" && needed("restricted"))) return [];
  const better = needed("restricted") ? "baseline" : "restricted";
  return [
    error(
      resource,
      path,
      `${level} lets in pods that ${level === "privileged" ? "take over their node" : "run as root"}, and none of ${namespace} needs it; use ${better}`,
    ),
  ];
}

/** Folders of a node from which it can be taken over by who may write there. */
const OF_THE_NODE =
  /^\/(?:$|(?:etc|root|boot|proc|sys|dev|usr|bin|sbin|lib|home)(?:\/|$)|(?:var\/)?run(?:\/|$)|var\/lib\/(?:kubelet|docker|containerd|etcd)(?:\/|$)|var\/?$|var\/lib\/?$)/;

/** Sockets by which whoever connects starts any container on the node, and the folders that hold nothing else; also where they are only read. */
const RUNTIME =
  /^(?:\/var)?\/run\/(?:docker|dockershim|containerd|crio|cri-dockerd|podman|k3s\/containerd|k0s|buildkit)(?:\/|\.sock$|$)|\/(?:docker|containerd|crio|cri-dockerd|dockershim|podman|kubelet)\.sock$/;

/** Capabilities by which a process leaves its container. Source: https://man7.org/linux/man-pages/man7/capabilities.7.html */
const OF_ROOT = [
  ...["ALL", "BPF", "DAC_READ_SEARCH", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "PERFMON"],
  ...["SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_TIME"],
];

/** What a pod that watches its node never needs. */
function rootOnNode(group: PodGroup): Finding[] {
  const { spec, specPath, object } = group;
  const found = (path: readonly (string | number)[], message: string) =>
    error(object.resource, [...specPath, ...path], `${message} in ${title(object)}`);
  const folders = new Map(listAt(spec, "volumes").map((volume) => [textAt(volume, "name"), textAt(volume, "hostPath", "path")]));
  const findings: Finding[] =
    spec.hostIPC === true ? [found(["hostIPC"], "shares memory with all processes of the node; remove it")] : [];
  for (const [i, volume] of listAt(spec, "volumes").entries()) {
    const folder = textAt(volume, "hostPath", "path") ?? "";
    if (!RUNTIME.test(folder)) continue;
    findings.push(found(["volumes", i, "hostPath"], `${folder} lets it start any container on the node; remove it`));
  }
  for (const field of ["initContainers", "containers"]) {
    for (const [i, container] of listAt(spec, field).entries()) {
      const context = recordAt(container, "securityContext");
      const added = listAt(context, "capabilities", "add").map((one) => String(one).replace(/^CAP_/, ""));
      const powers = added.filter((one) => OF_ROOT.includes(one));
      if (powers.length > 0) {
        const message = `adds ${listed(powers)}, by which it takes over the node; remove it`;
        findings.push(found([field, i, "securityContext", "capabilities", "add"], message));
      }
      const where = [field, i, "securityContext"];
      if (context.privileged === true)
        findings.push(found([...where, "privileged"], "is root on the node; remove it, and mount what it reads"));
      if (context.allowPrivilegeEscalation !== false) {
        findings.push(found([...where, "allowPrivilegeEscalation"], "may become root on the node; set it to false"));
      }
      if (!listAt(context, "capabilities", "drop").includes("ALL")) {
        findings.push(found([...where, "capabilities", "drop"], "keeps capabilities; drop ALL"));
      }
      for (const [j, mount] of listAt(container, "volumeMounts").entries()) {
        const folder = folders.get(textAt(mount, "name"));
        if (folder === undefined || !OF_THE_NODE.test(folder) || recordAt(mount).readOnly === true) continue;
        findings.push(found([field, i, "volumeMounts", j], `may write to ${folder} of the node; set readOnly to true`));
      }
    }
  }
  return findings;
}

function violations(group: PodGroup, level: Level): Finding[] {
  const { spec, specPath, annotations, object } = group;
  return violationsOf(level, spec, annotations).map(({ path, message }) =>
    error(object.resource, [...specPath, ...path], `${message}; ${level} does not allow it in ${title(object)}`),
  );
}
