/**
 * Who talks to whom. A component that serves publishes endpoints; a component that consumes an endpoint declares a
 * connection. Network policies, scrape targets and connection budgets are derived from these, never written twice.
 */

/** A set of pods in the cluster, by the labels that select them. */
export interface PodSet {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A place that connections go to: pods of the cluster, or addresses outside of it. */
export interface Endpoint {
  /** Short name for people, e.g. `postgres-rw`. */
  readonly name: string;
  /** DNS name that clients use. */
  readonly host: string;
  /** Port that clients use. */
  readonly port: number;
  /** Port on the pods, where a Service maps another one. Default: `port`. */
  readonly podPort?: number;
  /** @default "TCP" */
  readonly protocol?: "TCP" | "UDP";
  readonly target: ServedPods | Addresses;
}

interface ServedPods {
  readonly pods: PodSet;
  /**
   * Labels by which its Service selects its pods. A network plug-in that looks before the Service is translated knows it by these only
   * (`cluster-kinds.ts`). @default those of `pods`, or some of them
   */
  readonly selector?: Readonly<Record<string, string>>;
}

/**
 * What is no pod: the API server; the nodes, with the pods on their networks; the client's own node; a gateway that the network plug-in runs
 * itself; or something outside of the cluster.
 */
export type Place = "api-server" | "nodes" | "own-node" | "gateway" | "outside";

interface Addresses {
  readonly cidrs: readonly string[];
  /** @default "outside" */
  readonly place?: Place;
  /** Policies may be held against `port`, the Service's own, too. @default false */
  readonly asService?: boolean;
}

export interface Connection {
  readonly from: PodSet | Outside;
  readonly to: Endpoint;
}

/** Clients that are no pods, e.g. the API server that calls a webhook or a gateway of the cloud. */
export interface Outside {
  readonly name: string;
  readonly cidrs: readonly string[];
  /** @default "outside" */
  readonly place?: Place;
}

export function connect(from: PodSet | Outside, ...to: readonly Endpoint[]): Connection[] {
  return to.map((endpoint) => ({ from, to: endpoint }));
}

/** The DNS name of a Service inside of the cluster. */
export function serviceHost(name: string, namespace: string): string {
  return `${name}.${namespace}.svc`;
}
