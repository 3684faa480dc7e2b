import type { ApiClient } from "./api";

/** A Kubernetes cluster that a test started and ends. */
export interface Cluster {
  /** Address of the API server. */
  readonly url: string;
  /** File with the address and the credentials of a cluster administrator. */
  readonly kubeconfig: string;
  /** A client with those credentials. */
  readonly api: ApiClient;
  /** Folder of the servers' logs, one file each; gone after `stop`. */
  readonly logs: string;
  /** Runs kubectl as the administrator and returns what it prints. */
  kubectl(...args: string[]): Promise<string>;
  /** Ends every process of the cluster and removes its files. */
  stop(): Promise<void>;
}
