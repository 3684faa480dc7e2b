import { at, listAt, numberAt, recordAt, textAt, type Json } from "./value";

/** A level of the Pod Security Standards that forbids something; restricted contains baseline. */
export type Level = "baseline" | "restricted";

export interface Violation {
  /** Path in the pod's spec. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Found = readonly [path: readonly (string | number)[], message: string];

const CONTAINERS = ["initContainers", "containers", "ephemeralContainers"];

/**
 * What a level has against a pod: only what the level itself forbids, so that restricted is asked after baseline. Versions are those
 * since 1.34, the oldest supported one.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ and k8s.io/pod-security-admission, policy
 * @param annotations of the pod
 */
export function violationsOf(level: Level, spec: Json, annotations: Readonly<Record<string, string>> = {}): Violation[] {
  const containers = CONTAINERS.flatMap((field) =>
    listAt(spec, field).map((container, i) => ({ container, path: [field, i] as (string | number)[] })),
  );
  const found: Found[] =
    level === "baseline"
      ? [
          ...baselinePod(spec),
          ...baselineAnnotations(annotations),
          ...containers.flatMap(({ container, path }) => under(path, baselineContainer(container))),
        ]
      : [
          ...restrictedPod(spec),
          ...containers.flatMap(({ container, path }) => under(path, restrictedContainer(container, spec))),
        ];
  return found.map(([path, message]) => ({ path, message }));
}

function under(prefix: readonly (string | number)[], found: readonly Found[]): Found[] {
  return found.map(([path, message]) => [[...prefix, ...path], message] as const);
}

/** Kernel parameters of a pod's own. 1.37 allows two more, which no older version does. */
const SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

/** Before 1.30, AppArmor was set by annotations; the API server still reads them. */
const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

function baselineAnnotations(annotations: Readonly<Record<string, string>>): Found[] {
  return Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && !/^(?:|runtime\/default|localhost\/.*)$/s.test(value))
    .map(([key, value]) => [[], `turns off AppArmor by the annotation ${key}: ${value}`] as const);
}

function baselinePod(spec: Json): Found[] {
  const found: Found[] = [];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (spec[field] === true) found.push([[field], `shares the node's ${field.slice(4)}`]);
  }
  for (const [i, volume] of listAt(spec, "volumes").entries()) {
    if (at(volume, "hostPath") !== undefined) found.push([["volumes", i, "hostPath"], "mounts a folder of the node"]);
  }
  for (const [i, sysctl] of listAt(spec, "securityContext", "sysctls").entries()) {
    const name = textAt(sysctl, "name") ?? "";
    if (!SYSCTLS.includes(name)) found.push([["securityContext", "sysctls", i], `sets the kernel parameter ${name}`]);
  }
  return [...found, ...baselineContext(recordAt(spec, "securityContext"))];
}

/** Types of SELinux that baseline lets a pod have. */
const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/** What pods and containers may not turn off or ask for in their security context. */
function baselineContext(context: Json): Found[] {
  const found: Found[] = [];
  const says = (field: string, message: string) => found.push([["securityContext", field], message]);
  if (textAt(context, "seccompProfile", "type") === "Unconfined") says("seccompProfile", "turns off the seccomp profile");
  if (textAt(context, "appArmorProfile", "type") === "Unconfined") says("appArmorProfile", "turns off AppArmor");
  const options = recordAt(context, "seLinuxOptions");
  if (!SELINUX_TYPES.includes(textAt(options, "type") ?? "") || options.user !== undefined || options.role !== undefined)
    says("seLinuxOptions", "has another type, user or role of SELinux");
  if (at(context, "windowsOptions", "hostProcess") === true) says("windowsOptions", "runs as a process of the node");
  return found;
}

/** Capabilities that baseline lets a container add. */
const BASELINE_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

function baselineContainer(container: unknown): Found[] {
  const context = recordAt(container, "securityContext");
  const found: Found[] = [];
  if (context.privileged === true) found.push([["securityContext", "privileged"], "is privileged"]);
  for (const capability of listAt(context, "capabilities", "add")) {
    if (!BASELINE_CAPABILITIES.includes(String(capability))) {
      found.push([["securityContext", "capabilities", "add"], `adds the capability ${String(capability)}`]);
    }
  }
  for (const [i, port] of listAt(container, "ports").entries()) {
    if ((numberAt(port, "hostPort") ?? 0) > 0) found.push([["ports", i, "hostPort"], "takes a port of the node"]);
  }
  if ((textAt(context, "procMount") ?? "Default") !== "Default") found.push([["securityContext", "procMount"], "changes /proc"]);
  return [...found, ...hosts(container), ...baselineContext(context)];
}

/** Probes and hooks ask their own pod alone: the kubelet would ask any host on the network for it. */
const ASKED_BY_KUBELET = [
  ...["livenessProbe", "readinessProbe", "startupProbe"].map((probe) => [probe]),
  ...["postStart", "preStop"].map((hook) => ["lifecycle", hook]),
];

function hosts(container: unknown): Found[] {
  return ASKED_BY_KUBELET.flatMap((handler) =>
    ["httpGet", "tcpSocket"].flatMap((way): Found[] => {
      const host = textAt(container, ...handler, way, "host") ?? "";
      return host === ""
        ? []
        : [[[...handler, way, "host"], `has the kubelet ask ${host}; remove host, the pod is asked itself`]];
    }),
  );
}

/** Kinds of volumes that the level restricted allows. */
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

function restrictedPod(spec: Json): Found[] {
  const found: Found[] = [];
  for (const [i, volume] of listAt(spec, "volumes").entries()) {
    const kind = Object.keys(recordAt(volume)).find((key) => key !== "name");
    // A folder of the node is named by baseline already.
    if (kind !== undefined && kind !== "hostPath" && !VOLUMES.includes(kind))
      found.push([["volumes", i, kind], `mounts a volume of the kind ${kind}`]);
  }
  if (numberAt(spec, "securityContext", "runAsUser") === 0) found.push([["securityContext", "runAsUser"], "runs as root"]);
  return found;
}

function restrictedContainer(container: unknown, spec: Json): Found[] {
  const context = recordAt(container, "securityContext");
  const pod = recordAt(spec, "securityContext");
  const name = textAt(container, "name") ?? "?";
  const found: Found[] = textAt(spec, "os", "name") === "windows" ? [] : restrictedLinux(context, pod, name);
  for (const capability of listAt(context, "capabilities", "add")) {
    if (capability !== "NET_BIND_SERVICE" && BASELINE_CAPABILITIES.includes(String(capability))) {
      found.push([["securityContext", "capabilities", "add"], `container ${name} adds the capability ${String(capability)}`]);
    }
  }
  if ((context.runAsNonRoot ?? pod.runAsNonRoot) !== true) {
    found.push([["securityContext", "runAsNonRoot"], `container ${name} may run as root: set runAsNonRoot to true`]);
  }
  if (numberAt(context, "runAsUser") === 0) found.push([["securityContext", "runAsUser"], `container ${name} runs as root`]);
  return found;
}

/** What Windows does not have. */
function restrictedLinux(context: Json, pod: Json, name: string): Found[] {
  const found: Found[] = [];
  if (context.allowPrivilegeEscalation !== false) {
    found.push([["securityContext", "allowPrivilegeEscalation"], `container ${name} may gain privileges: set it to false`]);
  }
  if (!listAt(context, "capabilities", "drop").includes("ALL")) {
    found.push([["securityContext", "capabilities", "drop"], `container ${name} keeps capabilities: drop ALL`]);
  }
  const profile = textAt(context, "seccompProfile", "type") ?? textAt(pod, "seccompProfile", "type");
  if (profile !== "RuntimeDefault" && profile !== "Localhost") {
    found.push([["securityContext", "seccompProfile"], `container ${name} has no seccomp profile: use RuntimeDefault`]);
  }
  return found;
}
