import { z } from "zod";

/** W3C Trace Context. Source: https://www.w3.org/TR/trace-context/#traceparent-header */
const traceparent = z
  .string()
  .regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/)
  .describe("trace of the order (W3C Trace Context): the broker carries it only if the sender puts it here");
const tracestate = z.string().max(512).optional().describe("vendors' part of the trace, handed on unchanged");

/** Headers of every message, inbound and outbound. */
export const messageHeaders = z.object({ traceparent, tracestate });

/** Properties of every message. */
export const messageProperties = z.object({
  message_id: z.uuid().describe("identity of the event, the same on every redelivery and every publication: the inbox's key"),
  content_type: z.literal("application/json").describe("type of the body"),
  delivery_mode: z.literal(2).describe("persistent: it survives a restart of the broker"),
  timestamp: z.int().describe("seconds since 1970 at which the event happened"),
  type: z.string().describe("name of the event, e.g. `order.accepted`"),
});

/** What the MES writes into `messaging.outbox`, in the transaction of the order itself. Other columns have defaults. */
export const outboxRow = z.object({
  id: z.uuid().optional().describe("becomes the message's `message_id`; default: a new one"),
  aggregate_type: z.string().min(1).describe("kind of thing that the event is about, e.g. `order`"),
  aggregate_id: z.string().min(1).describe("its identity: events of one aggregate are published in the order of their writing"),
  event_type: z.string().min(1).describe("becomes the message's `type`"),
  exchange: z.string().describe("exchange to publish to; one of the relay's `publishes`"),
  routing_key: z.string().describe("routing key"),
  payload: z.record(z.string(), z.unknown()).describe("body of the message"),
  headers: messageHeaders.describe(
    "headers of the message, `traceparent` among them: the trace leads from the request to the message",
  ),
});

/** A part of the MES on the way of an order. */
export interface Part {
  /** What it does, after its name: `order-intake, which …`. */
  readonly does: string;
  /** What comes to a halt without it. */
  readonly stops: string;
  /** Routing keys of the messages that it writes to the outbox; `*` stands for one word, the event. */
  readonly sends: readonly string[];
}

/** Parts of the MES (`MES_ROLE`) that an order passes. A part that only computes, e.g. pricing, is none of them. */
export const PARTS: Readonly<Record<string, Part>> = {
  "order-intake": {
    does: "takes orders of the CRM",
    stops: "orders of the CRM wait in the broker, and statuses do not reach the CRM",
    sends: ["order.status.*"],
  },
  "order-api": {
    does: "takes orders of partners and shops",
    stops: "orders of partners and shops are refused",
    sends: ["order.public.*"],
  },
  dashboard: { does: "shows orders to the operators", stops: "operators see no orders, and produce none", sends: [] },
  "outbox-relay": {
    does: "sends what is in the outbox",
    stops: "statuses and orders for the CRM wait in the outbox",
    sends: [],
  },
};

/** Routing keys of what the CRM publishes: orders to produce. */
export const CRM_SENDS = ["order.inbound.*"];
