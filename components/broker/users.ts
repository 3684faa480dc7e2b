/** A program that uses the broker: which queues it consumes, and which exchanges it publishes to. */
export interface BrokerUser {
  /** Unique in the stack, e.g. `order-intake`. */
  readonly name: string;
  /** Names of queues. */
  readonly consumes: readonly string[];
  /** Names of exchanges. */
  readonly publishes: readonly string[];
}

/** The user by which KEDA asks for the lengths of queues. */
export const SCALER = "autoscaler";

/** Regular expressions that RabbitMQ matches with names of queues and exchanges. */
export interface Rights {
  readonly configure: string;
  readonly read: string;
  readonly write: string;
}

/** Matches no name: the empty name belongs to nothing that a user could reach. */
const NOTHING = "^$";

/**
 * The least a user needs: to read from its queues and to write to its exchanges. Nobody may declare, change or delete
 * anything: the platform declares the topology, a client checks what it has any right on with a passive declaration.
 * Source: https://www.rabbitmq.com/docs/access-control#authorisation
 */
export function rightsOf(user: Pick<BrokerUser, "consumes" | "publishes">): Rights {
  return { configure: NOTHING, read: exactly(user.consumes), write: exactly(user.publishes) };
}

/** A regular expression that matches these names and no other: `["a.b", "c"]` → `^(a\.b|c)$`. */
export function exactly(names: readonly string[]): string {
  if (names.length === 0) return NOTHING;
  return `^(${names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join("|")})$`;
}
