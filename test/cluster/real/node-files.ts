import { DNS_SERVICE, GATEWAY, POD_CIDR } from "./addresses";

/** What the files of a node differ in. */
export interface NodeFilesOptions {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  /** Path of its cgroup in every hierarchy, beginning with a slash. */
  readonly cgroup: string;
  /** Image of the process that holds the namespaces of a pod. */
  readonly pauseImage: string;
}

/** Folder of these files on the node. */
const FOLDER = "/var/lib/node";

/** Configuration of a node's servers, by file name; JSON is YAML too. */
export function nodeFiles(options: NodeFilesOptions): Readonly<Record<string, string>> {
  return {
    "containerd.toml": containerdConfig(options.pauseImage),
    "cni/10-pods.conflist": JSON.stringify(cniConfig(options.podCidr)),
    "kubelet.yaml": JSON.stringify(kubeletConfig(options)),
    "kube-proxy.yaml": JSON.stringify(kubeProxyConfig(options)),
    "resolv.conf": `nameserver ${GATEWAY}\n`,
  };
}

function containerdConfig(pauseImage: string): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
# It would make a folder in the machine's /opt.
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
# Lowering it further takes CAP_SYS_RESOURCE, which root does not have everywhere.
restrict_oom_score_adj = true
enable_unprivileged_ports = true
enable_unprivileged_icmp = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${FOLDER}/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}

/** Routed, not bridged: packets between pods of one node then pass iptables without the kernel module br_netfilter. */
function cniConfig(podCidr: string): object {
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: podCidr }]],
          routes: [{ dst: "0.0.0.0/0" }],
          dataDir: "/var/lib/cni/networks",
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function kubeletConfig({ address, cgroup }: NodeFilesOptions): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: `${FOLDER}/ca.crt` } },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${FOLDER}/kubelet.crt`,
    tlsPrivateKeyFile: `${FOLDER}/kubelet.key`,
    readOnlyPort: 0,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    cgroupRoot: cgroup,
    // Nothing is set aside for the machine itself.
    enforceNodeAllocatable: [],
    failSwapOn: false,
    oomScoreAdj: 0,
    clusterDomain: "cluster.local",
    clusterDNS: [DNS_SERVICE],
    resolvConf: `${FOLDER}/resolv.conf`,
    // A node is missed after 20 s: controllers.
    nodeLeaseDurationSeconds: 20,
    nodeStatusUpdateFrequency: "5s",
    // The disk is the machine's: how full it is says nothing of the cluster.
    evictionHard: { "memory.available": "100Mi" },
    imageGCHighThresholdPercent: 100,
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
  };
}

function kubeProxyConfig({ name }: NodeFilesOptions): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    hostnameOverride: name,
    clientConnection: { kubeconfig: `${FOLDER}/kube-proxy.kubeconfig` },
    mode: "iptables",
    clusterCIDR: POD_CIDR,
    healthzBindAddress: "0.0.0.0:10256",
    oomScoreAdj: 0,
    // These limits are the whole machine's.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}
