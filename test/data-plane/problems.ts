import type { Cluster } from "../cluster/cluster";
import { messageOf } from "../cluster/message";

/* What a red run says: which pods do not work, what happened to them, and the end of what they logged. */

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: Readonly<Record<string, { readonly reason?: string; readonly message?: string; readonly exitCode?: number }>>;
}

export interface Happening {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** Does something; if it fails, the error also says what does not work in the cluster. */
export async function explained<T>(cluster: Cluster, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const state = await stateOf(cluster).catch((reason: unknown) => `nothing is known of the cluster: ${messageOf(reason)}`);
    throw new Error(`${messageOf(error)}\n\n${state}`, { cause: error });
  }
}

/** Warnings of a namespace, oldest first. */
export async function warningsIn({ api }: Cluster, namespace: string): Promise<Happening[]> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=${encodeURIComponent("type=Warning")}`;
  const { items } = await api.get<{ items: Happening[] }>(path);
  return [...items].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
}

export function told({ involvedObject: { kind, name }, reason, message, count }: Happening): string {
  return `${kind} ${name}: ${reason}${(count ?? 1) > 1 ? ` (${count} times)` : ""}: ${message}`;
}

const LINES = 15;

async function stateOf(cluster: Cluster): Promise<string> {
  const { items: pods } = await cluster.api.get<{ items: Pod[] }>("/api/v1/pods");
  const broken = pods.filter((pod) => !works(pod));
  const logs = await Promise.all(broken.slice(0, 4).map((pod) => logsOf(cluster, pod)));
  const namespaces = [...new Set(broken.map(({ metadata }) => metadata.namespace))];
  const warnings = await Promise.all(namespaces.map((namespace) => warningsIn(cluster, namespace)));
  return [
    `${pods.length - broken.length} of ${pods.length} pods work. The others:`,
    ...broken.map(describePod),
    "Warnings there:",
    ...warnings.flatMap((some) => some.slice(-LINES)).map((warning) => `  ${told(warning)}`),
    ...logs.flat(),
  ].join("\n");
}

function works({ status }: Pod): boolean {
  if (status?.phase === "Succeeded") return true;
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

function describePod({ metadata, spec, status }: Pod): string {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].filter(
    ({ ready }) => !ready,
  );
  const why = containers.flatMap(({ name, restartCount, state }) =>
    Object.entries(state ?? {}).map(
      ([is, { reason, message, exitCode }]) =>
        `${name} ${is} ${[reason, exitCode, message, restartCount > 0 ? `${restartCount} restarts` : ""].filter((part) => part !== undefined && part !== "").join(", ")}`,
    ),
  );
  const conditions = (status?.conditions ?? []).filter(({ status: is, message }) => is === "False" && message !== undefined);
  const said = why.length > 0 ? why : conditions.map(({ message }) => message ?? "");
  const leaving = metadata.deletionTimestamp === undefined ? "" : " (being deleted)";
  return `  ${metadata.namespace}/${metadata.name} on ${spec.nodeName ?? "no node"}: ${status?.phase ?? "?"}${leaving}: ${said.join("; ")}`;
}

async function logsOf(cluster: Cluster, { metadata: { name, namespace } }: Pod): Promise<string[]> {
  const args = ["-n", namespace, "logs", name, "--all-containers", "--prefix", "--ignore-errors", `--tail=${LINES}`];
  const text = await cluster.kubectl(...args).catch(messageOf);
  return [
    `Log of ${namespace}/${name}:`,
    ...text
      .trimEnd()
      .split("\n")
      .slice(-2 * LINES),
  ];
}

function timeOf({ lastTimestamp, eventTime }: Happening): string {
  return lastTimestamp ?? eventTime ?? "";
}
