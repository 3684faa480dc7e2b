/** Pods that keep or break each control of the Pod Security Standards, in every place where the control can be set. */

type Json = Record<string, any>;

export interface PodCase {
  readonly name: string;
  readonly spec: Json;
  readonly annotations: Readonly<Record<string, string>>;
}

const IMAGE = "registry.example.com/main:1.2.3";

function hardened(name: string): Json {
  return { name, image: IMAGE, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } };
}

/** A pod that the level restricted allows. */
function restrictedPod(): Json {
  return {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    initContainers: [hardened("first")],
    containers: [hardened("main")],
  };
}

type Context = Readonly<Record<string, unknown>>;

/** Security contexts that containers and pods have alike. */
const OF_BOTH: readonly Context[] = [
  { runAsNonRoot: false },
  { runAsNonRoot: null },
  { runAsUser: 0 },
  { runAsUser: 1000 },
  ...["Unconfined", "RuntimeDefault"].map((type) => ({ seccompProfile: { type } })),
  { seccompProfile: { type: "Localhost", localhostProfile: "mes.json" } },
  ...["Unconfined", "RuntimeDefault"].map((type) => ({ appArmorProfile: { type } })),
  { appArmorProfile: { type: "Localhost", localhostProfile: "mes" } },
  ...["container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", ""].map((type) => ({
    seLinuxOptions: { type },
  })),
  { seLinuxOptions: { user: "system_u" } },
  { seLinuxOptions: { role: "system_r" } },
  { seLinuxOptions: { level: "s0:c1,c2" } },
];

const CAPABILITIES = [
  ...["AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BPF", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID"],
  ...["IPC_LOCK", "KILL", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP"],
  ...["SETUID", "SYS_ADMIN", "SYS_CHROOT", "SYS_MODULE", "SYS_PTRACE", "SYS_TIME", "ALL"],
];

const OF_CONTAINERS: readonly Context[] = [
  { privileged: true, allowPrivilegeEscalation: true },
  { privileged: false },
  { allowPrivilegeEscalation: true },
  { allowPrivilegeEscalation: null },
  { procMount: "Default" },
  ...CAPABILITIES.map((one) => ({ capabilities: { drop: ["ALL"], add: [one] } })),
  { capabilities: { drop: ["NET_RAW"] } },
  { capabilities: null },
];

const OF_PODS: readonly Json[] = [
  ...["hostNetwork", "hostPID", "hostIPC"].flatMap((field) => [{ [field]: true }, { [field]: false }]),
  ...[
    ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem"],
    ...["net.core.somaxconn", "kernel.msgmax", "fs.mqueue.msg_max"],
  ].map((name) => ({ securityContext: { sysctls: [{ name, value: "1" }] } })),
];

const OTHER_FIELDS: readonly Json[] = [
  { ports: [{ containerPort: 8080, hostPort: 8080 }] },
  { ports: [{ containerPort: 8080 }] },
];

const ASKED = { httpGet: { port: 8080, host: "10.0.0.1" } };
const HOOKS: readonly Json[] = [
  ...["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) => [
    { [probe]: ASKED },
    { [probe]: { tcpSocket: { port: 8080, host: "127.0.0.1" } } },
    { [probe]: { httpGet: { port: 8080 } } },
  ]),
  ...["postStart", "preStop"].flatMap((hook) => [
    { lifecycle: { [hook]: ASKED } },
    { lifecycle: { [hook]: { httpGet: { port: 8080 } } } },
  ]),
];

const VOLUMES: Json = {
  awsElasticBlockStore: { volumeID: "vol-1" },
  azureDisk: { diskName: "disk", diskURI: "https://example.blob.core.windows.net/volumes/disk.vhd", kind: "Dedicated" },
  azureFile: { secretName: "azure", shareName: "share" },
  cephfs: { monitors: ["10.0.0.1"] },
  configMap: { name: "settings" },
  csi: { driver: "csi.example.com" },
  downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] },
  emptyDir: {},
  ephemeral: {
    volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
  },
  fc: { targetWWNs: ["50060e801049cfd1"], lun: 0 },
  gcePersistentDisk: { pdName: "disk" },
  glusterfs: { endpoints: "gluster", path: "volume" },
  hostPath: { path: "/var/log" },
  iscsi: { targetPortal: "10.0.0.1:3260", iqn: "iqn.2001-04.com.example:storage", lun: 0 },
  nfs: { server: "10.0.0.1", path: "/" },
  persistentVolumeClaim: { claimName: "data" },
  projected: { sources: [{ serviceAccountToken: { path: "token" } }] },
  rbd: { monitors: ["10.0.0.1"], image: "disk" },
  secret: { secretName: "credentials" },
};

/** Every case once: about 170. */
export function podSecurityCases(): PodCase[] {
  const cases: PodCase[] = [];
  const add = (name: string, change: (spec: Json) => void, annotations: Readonly<Record<string, string>> = {}) => {
    const spec = restrictedPod();
    change(spec);
    cases.push({ name, spec, annotations });
  };
  const contextOf = (fields: object) => JSON.stringify(fields);
  add("nothing", () => undefined);
  add("Windows", (spec) => {
    spec.os = { name: "windows" };
    spec.securityContext = { runAsNonRoot: true };
    for (const container of [...spec.initContainers, ...spec.containers]) delete container.securityContext;
  });
  for (const fields of OF_BOTH) {
    add(`pod ${contextOf(fields)}`, (spec) => merge(spec.securityContext, fields));
  }
  for (const fields of OF_PODS) add(`pod ${contextOf(fields)}`, (spec) => mergeDeep(spec, fields));
  for (const list of ["initContainers", "containers"]) {
    for (const fields of [...OF_BOTH, ...OF_CONTAINERS]) {
      add(`${list} ${contextOf(fields)}`, (spec) => merge(spec[list][0].securityContext, fields));
    }
    for (const fields of OTHER_FIELDS) add(`${list} ${contextOf(fields)}`, (spec) => merge(spec[list][0], fields));
  }
  // Init containers that end have neither probes nor hooks.
  for (const fields of HOOKS) add(`containers ${contextOf(fields)}`, (spec) => merge(spec.containers[0], fields));
  for (const [kind, volume] of Object.entries(VOLUMES)) {
    add(`a volume ${kind}`, (spec) => (spec.volumes = [{ name: "data", [kind]: volume }]));
  }
  for (const profile of ["unconfined", "runtime/default", "localhost/mes"]) {
    add(`AppArmor by annotation: ${profile}`, () => undefined, {
      "container.apparmor.security.beta.kubernetes.io/main": profile,
    });
  }
  return cases;
}

function merge(target: Json, fields: object): void {
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) delete target[key];
    else target[key] = value;
  }
}

function mergeDeep(target: Json, fields: Json): void {
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === "object" && typeof target[key] === "object") merge(target[key], value);
    else target[key] = value;
  }
}
