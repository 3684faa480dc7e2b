import { PARTS } from "../../components/mes/contract/messages";
import type { OrderFacts, Program, Resource } from "../../review/plan/plan";
import { object } from "./fixtures";

/** A broker with orders in it, made by hand. */

export const rabbit = (kind: string, name: string, spec: Record<string, unknown>): Resource =>
  object("rabbitmq.com/v1beta1", kind, name, { spec: { vhost: "mes", rabbitmqClusterReference: { name: "broker" }, ...spec } });

export const queue = (name: string, args: Record<string, unknown> = {}) =>
  rabbit("Queue", name, { name, type: "quorum", durable: true, arguments: args });

export const exchange = (name: string, type: string) => rabbit("Exchange", name, { name, type });

export const bind = (source: string, routingKey: string, destination: string, spec = {}) =>
  rabbit("Binding", `${source}-${routingKey}-${destination}`, {
    source,
    routingKey,
    destination,
    destinationType: "queue",
    ...spec,
  });

/** A role of the same name as the part of the image that it runs. */
export const program = (name: string, fields: Partial<Program> = {}): Program => ({
  name,
  key: `mes:roles.${name}`,
  outside: false,
  enabled: true,
  parts: [name],
  consumes: [],
  publishes: [],
  sends: [],
  sendsStated: true,
  calls: [],
  ...fields,
});

export const orders = (programs: readonly Program[], fields: Partial<OrderFacts> = {}): { orders: OrderFacts } => ({
  orders: { programs, parts: PARTS, statementSeconds: 30, waiting: {}, ...fields },
});
