import type { ApiClient } from "./api";

/** Without it no pod is admitted. */
export async function hasDefaultAccount(api: ApiClient): Promise<true> {
  await api.get("/api/v1/namespaces/default/serviceaccounts/default");
  return true;
}

interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly lastHeartbeatTime?: string;
  readonly message?: string;
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
  readonly status?: { readonly conditions?: readonly NodeCondition[] };
}

export async function nodesAreReady(api: ApiClient, expected: number): Promise<true | string> {
  const { items } = await api.get<{ items: Node[] }>("/api/v1/nodes");
  const missing = items.filter((node) => !isReady(node)).map((node) => `${node.metadata.name} says '${messageOf(node)}'`);
  return (
    items.length - missing.length === expected || [`${items.length - missing.length} of ${expected} are`, ...missing].join("; ")
  );
}

function messageOf({ status }: Node): string {
  return status?.conditions?.find(({ type }) => type === "Ready")?.message ?? "";
}

/** Whether a node is ready and has said so after a moment. */
export async function nodeIsReady(api: ApiClient, name: string, since: Date): Promise<boolean> {
  return isReady(await api.get<Node>(`/api/v1/nodes/${name}`), since);
}

function isReady({ spec, status }: Node, since = new Date(0)): boolean {
  const isTrue = status?.conditions?.some(
    // The API's times are of whole seconds; a node that has never spoken has none.
    ({ type, status: value, lastHeartbeatTime = "1970" }) =>
      type === "Ready" && value === "True" && Date.parse(lastHeartbeatTime) + 1000 > since.getTime(),
  );
  // Until the controllers have seen that a node is ready, they keep pods away from it.
  return isTrue === true && spec?.taints?.some(({ key }) => key.startsWith("node.kubernetes.io/")) !== true;
}
