import type { KubernetesObject } from "../resources";
import { imageReference } from "./images";

export interface PodOptions {
  /** @default "default" */
  readonly namespace?: string;
  /** Claim of the volume at /data. @default no volume */
  readonly claim?: string;
  /** Name of the node that it runs on. @default any */
  readonly node?: string;
}

/** A pod that runs a script in bash, as the restricted level of Pod Security allows. */
export function pod(name: string, script: string, options: PodOptions = {}): KubernetesObject {
  const { namespace = "default", claim: claimName, node } = options;
  const volumes = claimName === undefined ? [] : [{ name: "data", persistentVolumeClaim: { claimName } }];
  const spec = { ...podSpec(name, script, { isMounted: claimName !== undefined }), ...onNode(node), volumes };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec };
}

/** Pods that answer with their names, spread over the zones. */
export function server(name: string, replicas: number): KubernetesObject {
  const spread = {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { app: name } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { ...podSpec(name, ANSWER, { port: 8080 }), topologySpreadConstraints: [spread] },
      },
    },
  };
}

/** Debian's smallest system has no web server, but Perl. */
const ANSWER = `exec perl -MIO::Socket::INET -e '
  $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 100, ReuseAddr => 1) or die;
  while ($asking = $server->accept) { print $asking "$ENV{HOSTNAME}\\n"; close $asking }'`;

export function service(name: string): KubernetesObject {
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
}

/** One pod with a volume and a name of its own, on a node. */
export function store(name: string, node: string): KubernetesObject[] {
  return [
    { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { clusterIP: "None", selector: { app: name } } },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name },
      spec: {
        serviceName: name,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { ...podSpec(name, "echo $HOSTNAME starts; exec sleep infinity", { isMounted: true }), ...onNode(node) },
        },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: CLAIM }],
      },
    },
  ];
}

const CLAIM = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };

export function claim(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name }, spec: CLAIM };
}

function onNode(node: string | undefined): object {
  return node === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": node } };
}

interface ContainerOptions {
  /** A volume `data` is mounted at /data. */
  readonly isMounted?: boolean;
  /** A port at which something listens once the container is ready. */
  readonly port?: number;
}

function podSpec(container: string, script: string, { isMounted = false, port }: ContainerOptions): object {
  return {
    securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000, seccompProfile: { type: "RuntimeDefault" } },
    // Nothing here listens to SIGTERM.
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: container,
        image: imageReference("debian"),
        command: ["bash", "-c", script],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        volumeMounts: isMounted ? [{ name: "data", mountPath: "/data" }] : [],
        ...(port === undefined ? {} : { readinessProbe: { tcpSocket: { port }, periodSeconds: 1 } }),
      },
    ],
  };
}
