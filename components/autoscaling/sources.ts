import type { Endpoint, PodSet } from "../network/connection";

/** How the broker is measured: a Secret in the roles' namespace, and where KEDA connects to. */
export interface BrokerScaling {
  /** Secret with the address of the management API, user and password in it. */
  readonly secretName: string;
  readonly key: string;
  /** Key of the CA certificate that signed the API's. */
  readonly caKey: string;
  /** Secret with the CA certificate. @default secretName */
  readonly caSecretName?: string;
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
