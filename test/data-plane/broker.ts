import { BROKER } from "../../components/broker/endpoints";
import type { Cluster } from "../cluster/cluster";

/** What the broker says of itself. Names as in its own definitions. */
export interface Definitions {
  readonly vhosts: readonly { readonly name: string }[];
  readonly users: readonly { readonly name: string; readonly tags: readonly string[] | string }[];
  readonly permissions: readonly {
    readonly user: string;
    readonly vhost: string;
    readonly configure: string;
    readonly write: string;
    readonly read: string;
  }[];
  readonly exchanges: readonly {
    readonly name: string;
    readonly vhost: string;
    readonly type: string;
    readonly durable: boolean;
  }[];
  readonly queues: readonly {
    readonly name: string;
    readonly vhost: string;
    readonly durable: boolean;
    readonly arguments: Readonly<Record<string, unknown>>;
  }[];
  readonly bindings: readonly {
    readonly source: string;
    readonly vhost: string;
    readonly destination: string;
    readonly routing_key: string;
  }[];
  readonly policies: readonly {
    readonly name: string;
    readonly vhost: string;
    readonly pattern: string;
    readonly "apply-to": string;
    readonly priority: number;
    readonly definition: Readonly<Record<string, unknown>>;
  }[];
}

export interface Queue {
  readonly name: string;
  readonly type: string;
  readonly messages: number;
  readonly members: readonly string[];
  readonly online: readonly string[];
}

/** A pod of the broker, by its number. */
export function brokerPod(number: number): string {
  return `${BROKER}-server-${number}`;
}

export async function definitionsOf(cluster: Cluster, namespace: string): Promise<Definitions> {
  return JSON.parse(await rabbitmqctl(cluster, namespace, 0, "export_definitions", "-")) as Definitions;
}

/** The queues of a virtual host, as one node of the broker sees them. */
export async function queuesOf(cluster: Cluster, namespace: string, vhost: string, node = 0): Promise<Queue[]> {
  const columns = ["name", "type", "messages", "members", "online"];
  const printed = await rabbitmqctl(cluster, namespace, node, "list_queues", `--vhost=${vhost}`, "--formatter=json", ...columns);
  return JSON.parse(printed) as Queue[];
}

async function rabbitmqctl(cluster: Cluster, namespace: string, node: number, ...command: string[]): Promise<string> {
  const exec = ["-n", namespace, "exec", brokerPod(node), "--container=rabbitmq", "--"];
  return cluster.kubectl(...exec, "rabbitmqctl", "--quiet", ...command);
}
