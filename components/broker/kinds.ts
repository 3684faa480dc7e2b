/**
 * The custom resources of the RabbitMQ operators, as far as the platform uses them. No package describes them.
 * Sources: https://github.com/rabbitmq/cluster-operator/blob/v2.22.4/docs/api/rabbitmq.com.ref.asciidoc and
 * https://github.com/rabbitmq/messaging-topology-operator/blob/v1.20.1/docs/api/rabbitmq.com.ref.asciidoc
 */
export const RABBITMQ_API = "rabbitmq.com/v1beta1";

interface RabbitmqObject<Kind extends string, Spec> {
  readonly apiVersion: typeof RABBITMQ_API;
  readonly kind: Kind;
  readonly metadata?: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
}

/** A cluster of the cluster operator, or a Secret with the address of the management API, user and password of any broker. */
export interface ClusterReference {
  readonly rabbitmqClusterReference: { readonly name: string } | { readonly connectionSecret: { readonly name: string } };
}

interface InVhost {
  readonly vhost: string;
}

type DeletionPolicy = "delete" | "retain";

export interface RabbitmqClusterSpec {
  readonly replicas: number;
  readonly image: string;
  readonly imagePullSecrets?: { readonly name: string }[];
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu: string; readonly memory: string };
  };
  readonly persistence: { readonly storage: string; readonly storageClassName?: string };
  readonly rabbitmq: {
    readonly additionalConfig: string;
    readonly advancedConfig?: string;
    readonly envConfig?: string;
    readonly additionalPlugins: string[];
  };
  readonly tls: { readonly secretName: string; readonly disableNonTLSListeners: boolean };
  readonly affinity?: {
    readonly podAntiAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution: {
        readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> };
        readonly topologyKey: string;
      }[];
    };
  };
  readonly terminationGracePeriodSeconds: number;
  readonly delayStartSeconds: number;
  /** Merged into the StatefulSet that the operator makes: pod fields for which it has none of its own. */
  readonly override?: { readonly statefulSet: { readonly spec: { readonly template: { readonly spec: object } } } };
}

export type IRabbitmqCluster = RabbitmqObject<"RabbitmqCluster", RabbitmqClusterSpec>;

export type IVhost = RabbitmqObject<
  "Vhost",
  ClusterReference & { readonly name: string; readonly defaultQueueType: "quorum"; readonly deletionPolicy: DeletionPolicy }
>;

export type ExchangeType = "topic" | "direct" | "fanout" | "headers";

export type IExchange = RabbitmqObject<
  "Exchange",
  ClusterReference & InVhost & { readonly name: string; readonly type: ExchangeType; readonly durable: boolean }
>;

export type IQueue = RabbitmqObject<
  "Queue",
  ClusterReference &
    InVhost & {
      readonly name: string;
      readonly type: "quorum";
      readonly durable: boolean;
      readonly arguments?: Readonly<Record<string, boolean | string | number>>;
      readonly deletionPolicy: DeletionPolicy;
    }
>;

export type IBinding = RabbitmqObject<
  "Binding",
  ClusterReference &
    InVhost & {
      readonly source: string;
      readonly destination: string;
      readonly destinationType: "queue";
      readonly routingKey: string;
    }
>;

/** A rule of a virtual host for its queues. */
export interface PolicyRule {
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: "quorum_queues" | "queues";
  readonly priority: number;
  readonly definition: Readonly<Record<string, string | number>>;
}

interface PolicySpec extends ClusterReference, InVhost, PolicyRule {}

export type IPolicy = RabbitmqObject<"Policy", PolicySpec>;
/** A policy that merges with every other and that no other can loosen. */
export type IOperatorPolicy = RabbitmqObject<"OperatorPolicy", PolicySpec>;

export type IUser = RabbitmqObject<
  "User",
  ClusterReference & { readonly tags?: "monitoring"[]; readonly importCredentialsSecret: { readonly name: string } }
>;

export type IPermission = RabbitmqObject<
  "Permission",
  ClusterReference &
    InVhost & {
      readonly userReference: { readonly name: string };
      readonly permissions: { readonly configure: string; readonly read: string; readonly write: string };
    }
>;
