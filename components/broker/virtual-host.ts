import * as pulumi from "@pulumi/pulumi";
import { AWAITED_WHEN_READY } from "../objects/awaited";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import type { BrokerConfig } from "./config";
import { BROKER } from "./endpoints";
import {
  RABBITMQ_API,
  type ClusterReference,
  type IBinding,
  type IExchange,
  type IOperatorPolicy,
  type IPermission,
  type IPolicy,
  type IQueue,
  type IUser,
  type IVhost,
  type PolicyRule,
} from "./kinds";
import { topologyOf, type QueuePlan } from "./topology";
import { rightsOf, type BrokerUser } from "./users";

export interface VirtualHostArgs {
  readonly namespace: string;
  readonly config: BrokerConfig;
  /** What the names of its objects begin with: none can move to another broker, so that of another one is another object. @default "" */
  readonly prefix?: string;
  /** How its objects name the broker. */
  readonly reference: ClusterReference["rabbitmqClusterReference"];
  /** Queues, with what is in them, outlive the objects that declare them. */
  readonly retainData: boolean;
}

/** A virtual host with its exchanges, queues, policies, bindings and users, declared through the topology operator. */
export class VirtualHost extends pulumi.ComponentResource {
  private readonly namespace: string;
  private readonly vhost: string;
  private readonly reference: ClusterReference;
  private readonly prefix: string;
  private readonly object: pulumi.Resource;

  /** @param opts `dependsOn` names what the broker needs to be reached */
  constructor(name: string, args: VirtualHostArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:broker:VirtualHost", name, {}, opts);
    this.namespace = args.namespace;
    this.vhost = args.config.vhost;
    this.prefix = args.prefix ?? "";
    this.reference = { rabbitmqClusterReference: args.reference };
    const deletionPolicy = args.retainData ? "retain" : "delete";
    this.object = customResource<IVhost>(
      this.named(this.vhost),
      {
        apiVersion: RABBITMQ_API,
        kind: "Vhost",
        metadata: this.metadata(this.vhost),
        spec: { name: this.vhost, defaultQueueType: "quorum", deletionPolicy, ...this.reference },
      },
      { parent: this, protect: args.retainData, retainOnDelete: args.retainData },
    );

    const topology = topologyOf(args.config);
    const guard = this.createPolicy("OperatorPolicy", topology.operatorPolicy);
    const exchanges = new Map(
      topology.exchanges.map((exchange) => [exchange.name, this.createExchange(exchange.name, exchange.type)]),
    );
    const queues = new Map(topology.queues.map((queue) => [queue.name, this.createQueue(queue, [guard], args.retainData)]));
    for (const { name: binding, exchange, queue, routingKey } of topology.bindings) {
      const ends = [exchanges.get(exchange), queues.get(queue)].filter((end) => end !== undefined);
      customResource<IBinding>(
        this.named(binding),
        {
          apiVersion: RABBITMQ_API,
          kind: "Binding",
          metadata: this.metadata(binding),
          spec: { ...this.inVhost(), source: exchange, destination: queue, destinationType: "queue", routingKey },
        },
        { parent: this, dependsOn: ends },
      );
    }
    this.registerOutputs({});
  }

  /** A user with the least rights that it needs. `credentials` make the Secret with its name and password. */
  addUser(user: BrokerUser, secretName: string, credentials: pulumi.Resource, tags?: "monitoring"[]): void {
    const object = customResource<IUser>(
      this.named(user.name),
      {
        apiVersion: RABBITMQ_API,
        kind: "User",
        metadata: this.metadata(user.name),
        spec: {
          ...this.reference,
          importCredentialsSecret: { name: secretName },
          ...(tags === undefined ? {} : { tags }),
        },
      },
      { parent: this, dependsOn: [this.object, credentials] },
    );
    customResource<IPermission>(
      this.named(user.name),
      {
        apiVersion: RABBITMQ_API,
        kind: "Permission",
        metadata: this.metadata(user.name),
        spec: { ...this.inVhost(), userReference: { name: this.named(user.name) }, permissions: { ...rightsOf(user) } },
      },
      { parent: this, dependsOn: object },
    );
  }

  private createExchange(name: string, type: IExchange["spec"]["type"]): pulumi.Resource {
    return customResource<IExchange>(
      this.named(name),
      {
        apiVersion: RABBITMQ_API,
        kind: "Exchange",
        metadata: this.metadata(name),
        spec: { ...this.inVhost(), name, type, durable: true },
      },
      { parent: this, dependsOn: this.object },
    );
  }

  /** A queue, after its policy: from its first message on it refuses instead of dropping, and parks what fails. */
  private createQueue(queue: QueuePlan, guards: pulumi.Resource[], retain: boolean): pulumi.Resource {
    const policy = this.createPolicy("Policy", queue.policy);
    return customResource<IQueue>(
      this.named(queue.name),
      {
        apiVersion: RABBITMQ_API,
        kind: "Queue",
        metadata: this.metadata(queue.name),
        spec: {
          ...this.inVhost(),
          name: queue.name,
          type: "quorum",
          durable: true,
          ...(Object.keys(queue.arguments).length === 0 ? {} : { arguments: { ...queue.arguments } }),
          deletionPolicy: retain ? "retain" : "delete",
        },
      },
      { parent: this, dependsOn: [...guards, policy], protect: retain, retainOnDelete: retain },
    );
  }

  private createPolicy(kind: "Policy" | "OperatorPolicy", policy: PolicyRule): pulumi.Resource {
    const { name, pattern, applyTo, priority, definition } = policy;
    const spec = { ...this.inVhost(), name, pattern, applyTo, priority, definition: { ...definition } };
    const opts = { parent: this, dependsOn: this.object };
    const metadata = this.metadata(name);
    return kind === "Policy"
      ? customResource<IPolicy>(this.named(name), { apiVersion: RABBITMQ_API, kind, metadata, spec }, opts)
      : customResource<IOperatorPolicy>(this.named(name), { apiVersion: RABBITMQ_API, kind, metadata, spec }, opts);
  }

  private inVhost() {
    return { vhost: this.vhost, ...this.reference };
  }

  /** Name of an object for what is called so in the broker. */
  private named(name: string): string {
    return `${this.prefix}${name}`;
  }

  private metadata(name: string) {
    return {
      name: this.named(name),
      namespace: this.namespace,
      labels: objectLabels(BROKER, "broker"),
      annotations: { ...AWAITED_WHEN_READY },
    };
  }
}
