import type { Endpoint, PodSet } from "../network/connection";

/** How KEDA asks the broker for the length of a queue: a Secret in the roles' namespace, and where to connect to. */
export interface BrokerScaling {
  /** Secret with the address of the management API, which has user and password in it. */
  readonly secretName: string;
  /** Key of the address. */
  readonly key: string;
  /** Where the CA certificate is that signed the API's. @default a public CA, or no TLS */
  readonly ca?: { readonly kind: "Secret" | "ConfigMap"; readonly name: string; readonly key: string };
  readonly endpoint: Endpoint;
  readonly vhost: string;
}

/** What measures load beyond CPU and memory. */
export interface ScalingSources {
  /** The pods that measure. */
  readonly keda: PodSet;
  /** For requests per second and GPU. */
  readonly prometheus?: Endpoint;
  /** For queues. */
  readonly broker?: BrokerScaling;
}
