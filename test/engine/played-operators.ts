import { type ApiClient, ApiError } from "../cluster/api";
import { reconcile, type Stored } from "../cluster/reconcile";

/*
 * Plays what no light cluster runs: operators that report on their custom resources and create their pods, and a cloud that
 * gives addresses to load balancers. It does only what somebody waits for.
 */

interface Played {
  /** Where the API lists them. */
  readonly list: string;
  /** What the operator says of one. */
  readonly status?: (object: Live) => object;
  /** Labels by which Services find the operator's pods. */
  readonly podLabels?: (name: string) => Record<string, string>;
}

type Live = Stored & {
  readonly status?: any;
  readonly spec?: any;
};

const ready = { type: "Ready", status: "True", reason: "Played", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };

/** Of which operators say no more than that they have done it. */
const READY = [
  ...["certificates", "clusterissuers"].map((resource) => `/apis/cert-manager.io/v1/${resource}`),
  ...["vhosts", "exchanges", "queues", "bindings", "policies", "operatorpolicies", "permissions"].map(
    (resource) => `/apis/rabbitmq.com/v1beta1/${resource}`,
  ),
];

const PLAYED: readonly Played[] = [
  ...READY.map((list) => ({ list, status: () => ({ conditions: [ready] }) })),
  {
    list: "/apis/rabbitmq.com/v1beta1/users",
    status: ({ metadata }) => ({ conditions: [ready], username: metadata.name }),
  },
  { list: "/apis/postgresql.cnpg.io/v1/clusters", status: () => ({ conditions: [ready] }) },
  { list: "/apis/postgresql.cnpg.io/v1/databases", status: () => ({ applied: true }) },
  {
    list: "/apis/rabbitmq.com/v1beta1/rabbitmqclusters",
    status: () => ({ conditions: [{ ...ready, type: "AllReplicasReady" }] }),
    podLabels: (name) => ({ "app.kubernetes.io/name": name, "app.kubernetes.io/component": "rabbitmq" }),
  },
  {
    list: "/apis/monitoring.coreos.com/v1/prometheuses",
    podLabels: (name) => ({ "app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": name }),
  },
  {
    list: "/apis/monitoring.coreos.com/v1/alertmanagers",
    podLabels: (name) => ({ "app.kubernetes.io/name": "alertmanager", alertmanager: name }),
  },
  {
    list: "/api/v1/services",
    status: ({ spec }) => (spec?.type === "LoadBalancer" ? { loadBalancer: { ingress: [{ hostname: "lb.test" }] } } : {}),
  },
];

/** Plays them until the end is called. */
export function playOperators(api: ApiClient): () => Promise<void> {
  const said = new Map<string, string>();
  const ends = PLAYED.map((played) =>
    reconcile<Live>(api, played.list, async (object) => {
      const { uid } = object.metadata;
      const status = played.status?.(object) ?? {};
      // What the server makes of it would be news again: it drops what the definition of a resource does not know.
      if (said.get(uid) === JSON.stringify(status)) return;
      await play(api, played, object, status);
      said.set(uid, JSON.stringify(status));
    }),
  );
  return async () => {
    await Promise.all(ends.map((end) => end()));
  };
}

async function play(api: ApiClient, { list, podLabels }: Played, object: Live, status: object): Promise<void> {
  const { name, namespace } = object.metadata;
  if (Object.keys(status).length > 0) {
    const resource = list.slice(list.lastIndexOf("/") + 1);
    const root = list.slice(0, list.lastIndexOf("/"));
    const path = `${root}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${resource}/${name}`;
    const contentType = "application/merge-patch+json";
    await api.request("PATCH", `${path}/status?fieldManager=played-operator`, { body: { status }, contentType });
  }
  if (podLabels !== undefined) await createPod(api, object, podLabels(name));
}

async function createPod(api: ApiClient, owner: Live, labels: Record<string, string>): Promise<void> {
  const { apiVersion, kind } = owner;
  const { name, namespace = "default", uid } = owner.metadata;
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-played-0`,
      namespace,
      labels,
      ownerReferences: [{ apiVersion, kind, name, uid }],
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name, image: "example/played", resources: { requests: { cpu: "10m", memory: "16Mi" } }, securityContext }],
    },
  };
  await api.request("POST", `/api/v1/namespaces/${namespace}/pods`, { body }).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.reason === "AlreadyExists")) throw error;
  });
}
