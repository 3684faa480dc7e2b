import type { ForecastFacts } from "./forecast-facts";

/** What a stack would create, as recorded from the program that Pulumi runs. */
export interface Plan {
  readonly version: 1;
  readonly stack: string;
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What rules must know and no resource tells; absent where only resources were recorded. */
  readonly facts?: Facts;
  /** What is there already; absent where no state and no earlier plan was given. */
  readonly before?: Former;
}

/** A state, or an earlier plan. */
export interface Former {
  readonly resources: readonly FormerResource[];
  /** Those that were being created when a run of the engine ended: whether they are there, the state does not know. */
  readonly interrupted: readonly FormerResource[];
}

export interface FormerResource extends Pick<Resource, "urn" | "type" | "inputs"> {
  /** @default not known, as in a run that was interrupted */
  readonly protect?: boolean;
}

/** What the stack file says of the cluster that the stack runs on, and what the project holds beside the program. */
export interface Facts {
  readonly zones: readonly string[];
  readonly nodePools: readonly NodePool[];
  readonly protectData: boolean;
  readonly requireDigest: boolean;
  /** Names of the pull secrets that are said to be there already. */
  readonly pullSecrets: readonly string[];
  /** Other objects that are said to be there already, e.g. `ClusterIssuer/letsencrypt`. @default none */
  readonly existing?: readonly string[];
  /** Resources that the stack file calls GPUs, as nodes advertise them. @default none beside those of common vendors */
  readonly gpuResources?: readonly string[];
  /** Paths that the stack file leads to a role, by the name of the role's Service. @default none */
  readonly routes?: Readonly<Record<string, readonly string[]>>;
  /** What comes in through the gateway; absent without one. */
  readonly entrance?: Entrance;
  /** Names by which clients outside of the cluster connect to a Service of it, the gateway's hosts apart. @default none */
  readonly outerNames?: readonly OuterName[];
  /** Who is told of alerts, by severity. @default not known */
  readonly alerts?: readonly Told[];
  /** What programs may do with buckets of a store that keeps its rights to itself. @default none */
  readonly bucketRights?: readonly BucketRight[];
  /** Values of the stack file that are examples and stand for nothing real. @default none */
  readonly placeholders?: readonly Placeholder[];
  /** Where policies have to let pods through that are to reach the API server; absent where only a part of the configuration is known. */
  readonly network?: NetworkFacts;
  /** What the scraped jobs of the plan export; absent where nothing is known of it. */
  readonly exporters?: readonly Exporter[];
  /** Names of the alerts and recordings that components publish, by group; absent where nothing of it is known. */
  readonly rules?: readonly PublishedRules[];
  /** What people see, as uid of a dashboard; absent where nothing of it is known. */
  readonly dashboards?: readonly string[];
  /** The stack file, and where its keys are. @default not known */
  readonly settings?: Settings;
  /** Findings that are borne for a time. @default none */
  readonly suppressions?: readonly Suppression[];
  /** The day of the plan, e.g. `2026-11-26`. @default not known: no suppression is over */
  readonly today?: string;
  /** Names of the alerts that have a page in docs/runbooks. */
  readonly runbooks: readonly string[];
  /** What programs do with orders. @default not known */
  /** A Prometheus that is in the cluster already evaluates the rules. @default one of the plan */
  readonly prometheusIsThere?: boolean;
  /** What nobody can see, since no image, gateway, database or broker of the stack tells it. @default not known */
  readonly unseen?: readonly Unseen[];
  /** A broker that is there already. @default one of the plan, or none */
  readonly brokerElsewhere?: BrokerElsewhereFacts;
  readonly orders?: OrderFacts;
  /** Orders that are expected. @default none */
  readonly forecast?: ForecastFacts;
  /** Operators that the platform knows. @default not known */
  readonly operators?: readonly OperatorFacts[];
}

/** A broker that a stack uses and does not make, as the stack file says it. */
interface BrokerElsewhereFacts {
  /** Host that clients connect to. */
  readonly host: string;
  /** How objects of the plan name it: namespace and name of the Secret that leads to it. */
  readonly cluster: string;
  /** It knows pauses between attempts at a message, and `-1` for any number of them. */
  readonly retries: boolean;
  /** Most connections that it takes. @default not known */
  readonly maxConnections?: number;
  /** Name of the ConfigMap with the CA that its certificate is of. @default a public CA, or no TLS */
  readonly ca?: string;
}

/** An operator that custom resources of the plan may need. */
export interface OperatorFacts {
  /** As `mes:operators` names it. */
  readonly name: string;
  readonly chart: string;
  /** The stack installs it; else it is in the cluster already. */
  readonly installed: boolean;
  /** API groups of its custom resources. */
  readonly apiGroups: readonly string[];
  /** Where its definitions are: templates of its chart, the chart's folder `crds/`, a chart of their own, or nowhere. */
  readonly definitions: "templates" | "crds-folder" | "chart" | "nowhere";
  readonly definitionsChart?: string;
  /** It measures the CPU and memory of pods. */
  readonly measuresPods: boolean;
}

/** What comes in through the gateway, as the stack file says it. */
export interface Entrance {
  /** Port of HTTPS. */
  readonly port: number;
  /** Who forwards requests to pods. */
  readonly clients: PodsOf | { readonly cidrs: readonly string[] };
  /** Where requests are to go. */
  readonly requests: readonly {
    /** Name of the role, and of its Service. */
    readonly role: string;
    readonly host: string;
    /** Prefix of the path. */
    readonly path: string;
  }[];
}

/** A name by which clients outside of the cluster connect. */
export interface OuterName {
  /** Setting of the stack file. */
  readonly key: string;
  readonly host: string;
  /** Name of the Service. */
  readonly service: string;
  /** Blocks of addresses of those clients. */
  readonly cidrs: readonly string[];
}

/** Something that no image, gateway, database or broker of a stack tells. */
export interface Unseen {
  /** Of the stack file, e.g. `mes:roles.order-api`. */
  readonly key: string;
  readonly what: string;
}

/** What programs do with orders, as the stack file says it. */
export interface OrderFacts {
  /** Roles, those that are switched off too, and the clients of the broker outside of the stack. */
  readonly programs: readonly Program[];
  /** Parts of the MES that an order passes, by name, as the contract with its image has them. */
  readonly parts: Readonly<Record<string, { readonly does: string; readonly stops: string; readonly sends: readonly string[] }>>;
  /** Seconds after which the database cancels a statement; 0 for never. */
  readonly statementSeconds: number;
  /** Orders that a client outside has sent are compared with those that were received. @default not known */
  readonly reconciled?: boolean;
  /** Seconds that a message may wait in a queue, by the queue's name. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** A role of the MES, or a client of the broker outside of the stack. */
export interface Program {
  /** Name of its Deployment; of a client outside, that of its user. */
  readonly name: string;
  /** Key of the stack file, e.g. `mes:roles.order-intake`. */
  readonly key: string;
  /** A client outside, of which the plan has nothing but its user. */
  readonly outside: boolean;
  readonly enabled: boolean;
  /** Parts of the MES that it runs; none for a client outside. */
  readonly parts: readonly string[];
  readonly consumes: readonly ConsumedQueue[];
  /** Exchanges that it publishes to itself. */
  readonly publishes: readonly string[];
  /** Routing keys of its messages, `*` for any word. What a role with a database sends goes through the outbox. */
  readonly sends: readonly string[];
  /** The stack file has `sends`; otherwise it is what the contract says. */
  readonly sendsStated: boolean;
  readonly database?: "readwrite" | "readonly" | "relay";
  /** It relays the outbox, beside what `database` says. @default false */
  readonly relays?: boolean;
  /** It serves requests. */
  readonly http?: {
    /** Seconds of the longest one. */
    readonly requestSeconds: number;
    /** Paths of the gateway lead to it. */
    readonly routed: boolean;
  };
  /** Names of the roles that it sends requests to. */
  readonly calls: readonly string[];
}

interface ConsumedQueue {
  readonly queue: string;
  /** Messages that one pod takes ahead; absent for a client outside. */
  readonly prefetch?: number;
  /** Seconds of the longest handling of one; absent for a client outside. */
  readonly handlingSeconds?: number;
}

export interface Settings {
  readonly file: string;
  readonly keys: readonly PlacedKey[];
}

interface PlacedKey {
  /** As `["config", "mes:roles", "api", "replicas"]`. */
  readonly path: readonly (string | number)[];
  readonly line: number;
  readonly column: number;
}

export interface Suppression {
  readonly rule: string;
  /** As `Deployment order-api`; `*` at the end stands for any rest. */
  readonly object: string;
  readonly reason: string;
  /** Last day. */
  readonly until: string;
}

export interface Told {
  readonly severity: string;
  /** Name of the receiver; absent where nobody is told. */
  readonly receiver?: string;
  /** How, e.g. `mail to on-call@example.com`. Addresses that are secret are not among them. */
  readonly ways: readonly string[];
}

export interface BucketRight {
  /** Name of the program. */
  readonly user: string;
  /** Name of the bucket. */
  readonly bucket: string;
  readonly access: "read" | "readwrite";
}

interface Placeholder {
  /** Key of the stack file. */
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

interface PublishedRules {
  readonly group: string;
  readonly alerts: readonly string[];
  /** With their labels, e.g. `queue:broker_max_length:messages{queue="orders"}`. */
  readonly recordings: readonly string[];
}

/** What one job exports. */
export interface Exporter {
  /** Name of the PodMonitor or ScrapeConfig. */
  readonly job: string;
  /** Names, or prefixes ending in `*`; a histogram is declared by its name without `_bucket`. */
  readonly metrics: readonly string[];
  /** All labels of its series; absent where they are not known. */
  readonly labels?: readonly string[];
  /** A Prometheus that is in the cluster already reads it, by no monitor of the plan. @default false */
  readonly elsewhere?: boolean;
  /** How they are served. @default not known */
  readonly serves?: {
    readonly scheme: "http" | "https";
    readonly path: string;
    /** What has to be asked for, by query parameter. */
    readonly params: Readonly<Record<string, readonly string[]>>;
    /** Labels of its series that name other pods than the one that is read are to be kept. */
    readonly honorLabels: boolean;
  };
}

export interface NetworkFacts {
  readonly policies: "standard" | "cilium";
  /** Each of these blocks has to be allowed on each of these ports. */
  readonly apiServer: {
    readonly cidrs: readonly string[];
    readonly ports: readonly number[];
    /** Pods through which it calls webhooks, where it is in another network. */
    readonly tunnel?: PodsOf;
  };
  /** Who answers for names: each of these pods, and each of these addresses. @default not known */
  readonly dns?: { readonly pods: readonly PodsOf[]; readonly cidrs: readonly string[] };
  /** Addresses of the nodes. @default not known */
  readonly nodes?: readonly string[];
  /** Pods of the operators that the stack installs by Helm. @default not known */
  readonly operators?: readonly OperatorPods[];
}

/** Pods that a chart makes, as its operator is known to need the network. */
export interface OperatorPods extends PodsOf {
  /** Name of the Helm release. */
  readonly release: string;
  /** As `keda-operator`. */
  readonly name: string;
  /** Port on which the API server calls webhooks or aggregated APIs. */
  readonly calledOn?: number;
  /** Port of the nodes that it connects to. */
  readonly nodePort?: number;
  /** Ports of other pods of operators, by the name of these. */
  readonly connects: readonly { readonly to: string; readonly port: number }[];
}

/** Pods of a namespace by their labels. */
interface PodsOf {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface NodePool {
  readonly name: string;
  /** Nodes, spread evenly over the zones. */
  readonly count: number;
  /** Cores of one node. */
  readonly cpu: number;
  /** Bytes of one node. */
  readonly memory: number;
  /** GPUs of one node. */
  readonly gpus: number;
}

export interface Resource {
  /** The URN that the engine gives it. */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; absent for the stack itself. */
  readonly parent?: string;
  /** False for components. */
  readonly custom: boolean;
  /** URN of the explicit provider. */
  readonly provider?: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** URNs, sorted. */
  readonly dependsOn: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly aliases: readonly string[];
  readonly customTimeouts: Readonly<Record<string, string>>;
  /** Inputs with every secret replaced by `SECRET` and every value not known before the real run by `UNKNOWN`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /**
   * Paths of inputs, e.g. `stringData["alertmanager.yaml"]`, that are secret to Pulumi and shown all the same: texts with `SECRET` in the
   * place of each secret in them. @default none
   */
  readonly secretTexts?: readonly string[];
  /** Line of the project's own code that declares it. */
  readonly source?: Source;
}

export interface Source {
  /** Relative to the project folder. */
  readonly file: string;
  readonly line: number;
}

export const SECRET = "[secret]";
export const UNKNOWN = "[known after apply]";
