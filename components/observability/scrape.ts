import type { PodSet } from "../network/connection";

/** Pods whose metrics Prometheus reads. */
export interface ScrapeTarget {
  /** Becomes the PodMonitor's name and the `job` label. */
  readonly job: string;
  readonly pods: PodSet;
  /** Name of the container port. */
  readonly port: string;
  /** Number of the container port, for the network policy. */
  readonly portNumber: number;
  /** @default "/metrics" */
  readonly path?: string;
  /** @default the stack's `monitoring.scrapeInterval` */
  readonly interval?: string;
  /** @default "http" */
  readonly scheme?: "http" | "https";
  /** Name in the certificate of a target that is scraped over `https`; the platform's CA has signed it. @default the address */
  readonly serverName?: string;
  /** `false` where a certificate over `https` is the program's own and no CA of ours has signed it; say why beside it. @default true */
  readonly verifyCertificate?: boolean;
  /** Keeps labels of the metrics that name other pods than the one scraped (`namespace`, `pod`, `container`). @default false */
  readonly honorLabels?: boolean;
  /** All its series are about other things than its pod: they get no label of it, which would mislead and change with every restart. @default false */
  readonly nothingOfItself?: boolean;
  /** The pods use the network of their nodes: policies allow the nodes' addresses, because labels cannot select them. @default false */
  readonly hostNetwork?: boolean;
  /** Query parameters, e.g. `{family: ["queue_coarse_metrics"]}`. @default none */
  readonly params?: Readonly<Record<string, readonly string[]>>;
  /** Nothing but the declared metrics is kept: of a program that is not ours, and tells much more. @default false */
  readonly keepDeclared?: boolean;
  /** Names (or prefixes ending in `*`) of the metrics it exports that rules and dashboards may use. */
  readonly metrics: readonly string[];
  /**
   * Labels of those metrics that rules and dashboards may use, beside those that Prometheus adds (`job`, `namespace`, `pod`, `container`, `node`,
   * …). @default not known: any may be used
   */
  readonly labels?: readonly string[];
}
