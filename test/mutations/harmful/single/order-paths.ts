import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan, file } = harmful("order paths");

const BIND = /bind|rout|match|publish|nobody|consum|exchange|lead|queue|key/i;

export const orderPaths: readonly Harmful[] = [
  plan(
    {
      id: "vhost-dropped",
      harm: "the virtual host of all queues is not declared: nothing in it is made",
      cause: cause(["mes", "Vhost", "orders."], /vhost|virtual host/i),
    },
    (edited) => edited.drop("Vhost", "mes"),
  ),
  file(
    {
      id: "bindings-exchanged",
      harm: "orders of the CRM go to the CRM, and those of partners to the MES, which parks them",
      cause: cause(["orders.inbound", "orders.public"], BIND),
    },
    (edited) => {
      edited.set("mes:broker/queues/orders.inbound/bindings/0/routingKey", "order.public.#");
      edited.set("mes:broker/queues/orders.public/bindings/0/routingKey", "order.inbound.#");
    },
  ),
  file(
    {
      id: "bound-to-an-exchange-without-publisher",
      harm: "nobody publishes to the exchange that orders.public is bound to: it stays empty",
      cause: cause(["orders.public", "events"], BIND),
    },
    (edited) => {
      edited.set("mes:broker/exchanges/events", { type: "topic" });
      edited.set("mes:broker/queues/orders.public/bindings", [{ exchange: "events", routingKey: "order.public.#" }]);
    },
  ),
  file(
    {
      id: "crm-takes-its-own-orders",
      harm: "the CRM competes with the MES for its own orders, and nobody takes the statuses",
      cause: cause(["orders.inbound", "orders.status"], /consum|nobody|two|compet|publish/i),
    },
    (edited) => edited.set("mes:broker/externalClients/crm/consumes", ["orders.inbound", "orders.public"]),
  ),
  file(
    {
      id: "queue-nobody-consumes",
      harm: "orders that are led into the new queue wait for ever",
      cause: cause(["orders.express"], /consum|nobody/i),
    },
    (edited) =>
      edited.set("mes:broker/queues/orders.express", {
        bindings: [{ exchange: "orders", routingKey: "order.express.#" }],
        maxLengthBytes: "1Gi",
      }),
  ),
  plan(
    {
      id: "route-of-another-path",
      harm: "partners send to /api/orders, and the route is of /api/order-entries",
      cause: cause(["order-api", "/api/orders"], /path|route|lead/i),
    },
    (edited) => (edited.spec("HTTPRoute", "order-api").rules[0].matches[0].path.value = "/api/order-entries"),
  ),
  plan(
    {
      id: "route-without-weight",
      harm: "all requests are led to a backend of weight 0: the gateway answers 500",
      cause: cause(["order-api"], /weight|backend|route/i),
    },
    (edited) => (edited.spec("HTTPRoute", "order-api").rules[0].backendRefs[0].weight = 0),
  ),
  plan(
    {
      id: "relay-switched-off",
      harm: "an autoscaler leaves a Deployment of no pods alone: nothing is sent",
      cause: cause(["outbox-relay"], /replicas|0|zero|pod|owner/i),
    },
    (edited) => (edited.spec("Deployment", "outbox-relay").replicas = 0),
  ),
  plan(
    {
      id: "consumer-told-nothing",
      harm: "order-intake is not told any queue: it consumes nothing",
      cause: cause(["order-intake", "orders.inbound", "MES_CONSUME"], /MES_CONSUME|consum|queue|variable/i),
    },
    (edited) => {
      const container = edited.container("Deployment", "order-intake");
      container.env = container.env.filter((one: any) => one.name !== "MES_CONSUME");
    },
  ),
  plan(
    {
      id: "pooler-paused",
      harm: "PgBouncer holds all statements back: no order is written",
      cause: cause(["postgres-pooler-rw"], /pause/i),
    },
    (edited) => (edited.spec("Pooler", "postgres-pooler-rw").pgbouncer.paused = true),
  ),
];
