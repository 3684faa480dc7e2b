import type { ApiClient } from "../cluster/api";
import { Applier } from "../cluster/apply";
import { ownLoopbackAddress } from "../cluster/address";
import { Authority } from "../cluster/certificates";
import { readFile } from "node:fs/promises";
import type { Sandbox } from "../cluster/sandbox";
import { until } from "../cluster/until";
import { serve, serviceAt, type Served } from "./served";

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** CPU that the pods of a role use together, in cores. */
export type CpuLoad = (role: string) => number;

const GROUP = "metrics.k8s.io";
const VERSION = "v1beta1";

/**
 * Stands in for metrics-server: serves metrics.k8s.io through the API server. The load of a role is shared by its ready pods,
 * and used by their container of that name.
 */
export async function serveMetricsApi(api: ApiClient, sandbox: Sandbox, container: string, load: CpuLoad): Promise<Served> {
  const service = { namespace: "kube-system", name: "metrics-server" };
  const authority = await Authority.create(sandbox.folder, "metrics-ca");
  const certificate = await authority.issueServer("metrics-server", [`DNS:${service.name}.${service.namespace}.svc`]);
  const served = await serve({ address: ownLoopbackAddress(), certificate }, async (url) => {
    const namespaced = /^\/apis\/[^/]+\/[^/]+\/namespaces\/([^/]+)\/pods$/.exec(url.pathname);
    if (namespaced === null) return { body: DISCOVERY };
    const { items } = await api.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespaced[1]}/pods${url.search}`);
    const ready = items.filter(({ status }) =>
      status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
    );
    return {
      body: { apiVersion: `${GROUP}/${VERSION}`, kind: "PodMetricsList", items: ready.map((pod) => metricsOf(pod, ready)) },
    };
  });

  function metricsOf(pod: Pod, ready: readonly Pod[]): unknown {
    const role = pod.metadata.labels["app.kubernetes.io/name"] ?? "";
    const sharers = ready.filter(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === role).length;
    const nanocores = Math.round((load(role) / sharers) * 1e9);
    return {
      metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace },
      timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
      window: "1s",
      containers: pod.spec.containers.map(({ name }) => ({
        name,
        usage: { cpu: name === container ? `${nanocores}n` : "0", memory: "64Mi" },
      })),
    };
  }

  await serviceAt(api, { ...service, address: served.address });
  await registerApi(api, { group: GROUP, service, port: served.port, ca: await readFile(authority.pair.certificate) });
  return served;
}

const DISCOVERY = {
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: `${GROUP}/${VERSION}`,
  resources: [{ name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: ["get", "list"] }],
};

export interface ServedApi {
  readonly group: string;
  /** A Service that leads to who serves it. */
  readonly service: { readonly namespace: string; readonly name: string };
  readonly port: number;
  /** Who signed its certificate, in PEM. */
  readonly ca: Buffer;
}

/** Lets the API server pass requests of an API group on, and waits until it does. */
export async function registerApi(api: ApiClient, { group, service, port, ca }: ServedApi): Promise<void> {
  const name = `${VERSION}.${group}`;
  await new Applier(api).apply({
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name },
    spec: {
      group,
      version: VERSION,
      service: { ...service, port },
      caBundle: ca.toString("base64"),
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  });
  interface ApiService {
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    };
  }
  await until(`the API server passes ${group} on`, async () => {
    const { status } = await api.get<ApiService>(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`);
    const available = status?.conditions?.find(({ type }) => type === "Available");
    return available?.status === "True" || (available?.message ?? "it has not looked yet");
  });
}
