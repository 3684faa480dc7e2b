import { objectNames } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful, StackName } from "../mutation";

const { plan, file } = harmful("order paths");

/** What is in a queue, for people. */
const CONTENT: Readonly<Record<string, string>> = {
  "orders.inbound": "orders of the CRM never reach the MES",
  "orders.status": "the CRM never hears how far an order is",
  "orders.public": "orders of partners and shops never reach the CRM",
};
const QUEUES = Object.keys(CONTENT);
const NO_WAY =
  /bind|rout|reach|match|arriv|lead|get|destination|source|exchange|publish|nothing|nowhere|unknown|no such|missing|vhost|virtual host/i;

const bindings: Generator<Harmful> = ({ plans, random }) => {
  const bindingOf = (stack: StackName, queue: string) =>
    objectNames(plans[stack], "Binding").find((name) => name.startsWith(`${queue}-`)) ?? queue;
  const stacked = <T>(things: readonly T[]) =>
    things.map((thing) => ({ thing, stack: random.one(["prod", "prod", "dev"] as const) }));
  const kinds: readonly {
    slip: string;
    how: string;
    edit: (spec: any, queue: string) => void;
  }[] = [
    {
      slip: "binding-from-dead-letters",
      how: "is bound to the exchange of dead letters",
      edit: (spec) => (spec.source = "dead-letters"),
    },
    {
      slip: "binding-of-unknown-exchange",
      how: "is bound to an exchange that nobody declares",
      edit: (spec) => (spec.source = "order"),
    },
    { slip: "binding-in-other-vhost", how: "is bound in another virtual host", edit: (spec) => (spec.vhost = "/") },
    {
      slip: "binding-of-unknown-queue",
      how: "is not where the binding leads",
      edit: (spec, queue) => (spec.destination = `${queue}s`),
    },
    {
      slip: "binding-to-exchange",
      how: "is bound as if it were an exchange",
      edit: (spec) => (spec.destinationType = "exchange"),
    },
    {
      slip: "binding-without-key",
      how: "is bound with an empty key, which no message has",
      edit: (spec) => (spec.routingKey = ""),
    },
    {
      slip: "binding-to-parking",
      how: "is not where the binding leads: that is the parking queue, which nobody consumes",
      edit: (spec, queue) => (spec.destination = `${queue}.parked`),
    },
  ];
  return [
    ...stacked(random.some(2, QUEUES)).map(({ thing: queue, stack }) =>
      plan(
        {
          id: `binding-dropped:${queue}`,
          stack,
          harm: `no binding leads to ${queue}: ${CONTENT[queue]}`,
          cause: cause([queue, "order.inbound.#", "order.status.#", "order.public.#"], NO_WAY),
        },
        (edited) => edited.drop("Binding", bindingOf(stack, queue)),
      ),
    ),
    ...stacked(random.some(2, QUEUES)).map(({ thing: queue, stack }) =>
      plan(
        {
          id: `parking-binding-dropped:${queue}`,
          stack,
          harm: `what fails in ${queue} is dead-lettered to where no queue is bound: it stays in ${queue} for ever, which fills up and refuses orders`,
          cause: cause([queue, "dead-letters"], /park|dead|bind|rout/i),
        },
        (edited) => edited.drop("Binding", bindingOf(stack, `${queue}.parked`)),
      ),
    ),
    ...random.some(5, kinds).map(({ slip, how, edit }) => {
      const [queue, stack] = [random.one(QUEUES), random.one(["prod", "prod", "dev"] as const)];
      return plan(
        {
          id: `${slip}:${queue}`,
          stack,
          harm: `${queue} ${how}: ${CONTENT[queue]}`,
          cause: cause([queue, queue.replace("orders.", "order.")], NO_WAY),
        },
        (edited) => edit(edited.spec("Binding", bindingOf(stack, queue)), queue),
      );
    }),
    ...random.some(1, QUEUES).map((queue) =>
      file(
        {
          id: `binding-key-mistyped:${queue}`,
          harm: `the pattern of ${queue} matches no key that is published: ${CONTENT[queue]}`,
          cause: cause([queue, "order."], /match|rout|key|publish|bind/i),
        },
        (edited) => {
          const path = `mes:broker/queues/${queue}/bindings/0/routingKey`;
          edited.set(path, String(edited.get(path)).replace("order.", "ordr."));
        },
      ),
    ),
    ...random.some(1, QUEUES).map((queue) =>
      file(
        {
          id: `binding-key-without-wildcard:${queue}`,
          harm: `the binding takes a single word in place of #, and keys have more: ${CONTENT[queue]}`,
          cause: cause([queue, "order."], /match|rout|key|publish|bind/i),
        },
        (edited) => {
          const path = `mes:broker/queues/${queue}/bindings/0/routingKey`;
          edited.set(path, String(edited.get(path)).replace(".#", ""));
        },
      ),
    ),
    ...random
      .some(
        1,
        QUEUES.filter((queue) => queue !== "orders.inbound"),
      )
      .map((queue) =>
        plan(
          {
            id: `binding-destination-swapped:${queue}`,
            harm: `orders of the CRM are led into ${queue}, which the CRM consumes itself, and never reach the MES`,
            cause: cause(["orders.inbound"], NO_WAY),
          },
          (edited) => {
            edited.spec("Binding", bindingOf("prod", "orders.inbound")).destination = queue;
          },
        ),
      ),
  ];
};

const exchanges: Generator<Harmful> = ({ random }) => {
  const stack = random.one(["prod", "dev"] as const);
  const nothing = "a pattern with # is an ordinary key to it, so that no message is led to any queue";
  return [
    ...random.some(2, ["direct", "headers"]).map((type) =>
      file(
        {
          id: `exchange-type:${type}`,
          stack,
          harm: `the exchange orders is of type ${type}: ${nothing}`,
          cause: cause(["orders"], /direct|headers|topic|type|match|rout|bind|pattern|wildcard/i),
        },
        (edited) => edited.set("mes:broker/exchanges/orders/type", type),
      ),
    ),
    file(
      {
        id: "exchange-type:fanout",
        harm: "the exchange gives every message to every queue: the CRM gets its own orders as statuses, and the MES parks each status as an order it cannot read",
        cause: cause(["orders"], /fanout|key|every queue|type/i),
      },
      (edited) => edited.set("mes:broker/exchanges/orders/type", "fanout"),
    ),
    plan(
      {
        id: "exchange-dropped",
        harm: "the exchange that everybody publishes to is not there: every publish closes the channel",
        cause: cause(["orders"], /exchange/i),
      },
      (edited) => edited.drop("Exchange", "orders"),
    ),
    plan(
      {
        id: "dead-letters-dropped",
        harm: "the exchange of dead letters is not there: failed orders are never parked and block their queues",
        cause: cause(["dead-letters"], /exchange|dead/i),
      },
      (edited) => edited.drop("Exchange", "dead-letters"),
    ),
    ...random.some(2, [...QUEUES, "orders.inbound.parked"]).map((queue) =>
      plan(
        {
          id: `queue-dropped:${queue}`,
          stack,
          harm: `nobody declares ${queue}: what it should hold is returned to its publisher or lost`,
          cause: cause([queue], /queue|missing|not|no /i),
        },
        (edited) => edited.drop("Queue", queue),
      ),
    ),
  ];
};

const ROLES: Readonly<Record<string, string>> = {
  "order-intake": "nobody takes the CRM's orders from the queue",
  "outbox-relay": "nobody sends what the others have written to the outbox",
  "order-api": "partners and shops cannot send orders",
};

const roles: Generator<Harmful> = ({ random }) => {
  const role = () => random.one(Object.keys(ROLES));
  const [off, gone, none] = [role(), role(), role()];
  const stack = random.one(["prod", "dev"] as const);
  const stops = /enabled|off|nobody|no role|none|consum|publish|outbox|stop|switch|orders|route|missing|0|zero/i;
  return [
    file(
      {
        id: `role-off:${off}`,
        harm: `${off} is switched off: ${ROLES[off]}`,
        cause: cause([off, "orders.inbound", "outbox", "/api/orders"], stops),
      },
      (edited) => edited.set(`mes:roles/${off}/enabled`, false),
    ),
    file(
      {
        id: `role-removed:${gone}`,
        stack,
        harm: `${gone} is not in the stack file any more: ${ROLES[gone]}`,
        cause: cause([gone, "orders.inbound", "outbox", "order-api", "/api/orders", "accept"], stops),
      },
      (edited) => edited.remove(`mes:roles/${gone}`),
    ),
    file(
      {
        id: `role-of-no-pods:${none}`,
        stack,
        harm: `${none} has no pod: ${ROLES[none]}`,
        cause: cause([none], /replicas|pod|min|0|zero|none|off/i),
      },
      (edited) => {
        if (edited.get(`mes:roles/${none}/scale`) !== undefined) edited.remove(`mes:roles/${none}/scale`);
        edited.set(`mes:roles/${none}/replicas`, 0);
      },
    ),
    file(
      {
        id: "intake-takes-another-queue",
        harm: "order-intake consumes orders.public: orders of the CRM are taken by nobody, and those for the CRM are taken away from it",
        cause: cause(["orders.inbound", "orders.public"], /consum|nobody|take|role|scal/i),
      },
      (edited) => {
        edited.set("mes:roles/order-intake/consumes/0/queue", "orders.public");
        edited.set("mes:roles/order-intake/scale/queue/0/name", "orders.public");
      },
    ),
    file(
      {
        id: "intake-consumes-nothing",
        stack,
        harm: "order-intake consumes no queue any more: orders wait in orders.inbound for ever",
        cause: cause(["orders.inbound", "order-intake"], /consum|nobody|no role|work|queue/i),
      },
      (edited) => {
        edited.remove("mes:roles/order-intake/consumes");
        edited.remove("mes:roles/order-intake/scale");
        edited.set("mes:roles/order-intake/replicas", 3);
      },
    ),
    file(
      {
        id: "intake-without-database",
        harm: "order-intake has no access to the database: it can neither write an order nor recognise a repeat",
        cause: cause(["order-intake"], /database|inbox|write/i),
      },
      (edited) => edited.remove("mes:roles/order-intake/database"),
    ),
    file(
      {
        id: "relay-publishes-nothing",
        stack,
        harm: "the relay may publish to no exchange: nothing in the outbox is ever sent",
        cause: cause(["outbox-relay", "outbox"], /publish|exchange|relay|send/i),
      },
      (edited) => edited.remove("mes:roles/outbox-relay/publishes"),
    ),
    file(
      {
        id: "relay-without-database",
        stack,
        harm: "the relay cannot read the outbox: nothing in it is ever sent",
        cause: cause(["outbox-relay", "outbox"], /database|relay|read|outbox/i),
      },
      (edited) => edited.remove("mes:roles/outbox-relay/database"),
    ),
    file(
      {
        id: "api-without-database",
        harm: "order-api has no database: it cannot write an order and its message in one transaction",
        cause: cause(["order-api"], /database|outbox|write|accept/i),
      },
      (edited) => edited.remove("mes:roles/order-api/database"),
    ),
    plan(
      {
        id: "intake-told-an-unknown-queue",
        harm: "order-intake is told a queue that is not there: it consumes nothing",
        cause: cause(["orders.inbuond", "MES_CONSUME", "order-intake", "orders.inbound"], /queue|consum/i),
      },
      (edited) => (edited.variable("Deployment", "order-intake", "MES_CONSUME").value = "orders.inbuond=20"),
    ),
    plan(
      {
        id: "relay-told-an-unknown-exchange",
        harm: "the relay is told an exchange that is not there: each publish closes its channel",
        cause: cause(["MES_PUBLISH_EXCHANGES", "outbox-relay"], /exchange|publish/i),
      },
      (edited) => (edited.variable("Deployment", "outbox-relay", "MES_PUBLISH_EXCHANGES").value = "order"),
    ),
    plan(
      {
        id: "role-told-another-vhost",
        harm: "order-intake connects to a virtual host that is not there: it is refused",
        cause: cause(["order-intake", "AMQP_VHOST"], /vhost|virtual host/i),
      },
      (edited) => (edited.variable("Deployment", "order-intake", "AMQP_VHOST").value = "mes-prod"),
    ),
    plan(
      {
        id: `deployment-dropped:${none}`,
        harm: `nobody declares the Deployment of ${none}: ${ROLES[none]}`,
        cause: cause([none], /target|select|no pod|Deployment|missing|consum|publish|backend|nothing|not in the plan/i),
      },
      (edited) => edited.drop("Deployment", none),
    ),
  ];
};

const outside: Generator<Harmful> = ({ random }) => {
  const stack = random.one(["prod", "dev"] as const);
  const queue = random.one(["orders.status", "orders.public"]);
  const path = random.one(["order-api", "pricing"]);
  return [
    file(
      {
        id: `crm-does-not-consume:${queue}`,
        stack,
        harm: `nobody consumes ${queue}: ${CONTENT[queue]}`,
        cause: cause([queue], /consum|nobody|take|read/i),
      },
      (edited) => {
        const others = (edited.get("mes:broker/externalClients/crm/consumes") as string[]).filter((one) => one !== queue);
        edited.set("mes:broker/externalClients/crm/consumes", others);
      },
    ),
    file(
      {
        id: "crm-does-not-publish",
        harm: "nobody may publish orders for orders.inbound: the CRM is refused",
        cause: cause(["crm", "orders.inbound", "orders"], /publish|nobody|write/i),
      },
      (edited) => edited.remove("mes:broker/externalClients/crm/publishes"),
    ),
    file(
      {
        id: "crm-removed",
        stack,
        harm: "the CRM has no user any more: no order comes in, and no status is taken",
        cause: cause(
          ["orders.status", "orders.public", "orders.inbound", "externalClients", "external"],
          /consum|publish|nobody|client|open/i,
        ),
      },
      (edited) => edited.remove("mes:broker/externalClients/crm"),
    ),
    file(
      {
        id: "crm-without-way-in",
        harm: "the CRM is outside of the cluster, and the broker has no load balancer any more",
        cause: cause(["crm", "external"], /load ?balancer|external|outside|reach|hostname|way|cidrs/i),
      },
      (edited) => edited.remove("mes:broker/external"),
    ),
    file(
      {
        id: "api-without-route",
        stack,
        harm: "no path leads to order-api, and no role calls it: partners and shops get 404",
        cause: cause(["order-api"], /route|path|caller|call|reach|lead/i),
      },
      (edited) => edited.remove("mes:roles/order-api/routes"),
    ),
    plan(
      {
        id: `route-dropped:${path}`,
        harm: `the route of ${path} is left out: requests to its paths get another role's answer`,
        cause: cause([path, "/api/orders", "/api/prices"], /route|path|lead/i),
      },
      (edited) => edited.drop("HTTPRoute", path),
    ),
    plan(
      {
        id: "route-to-another-role",
        harm: "requests to /api/orders are led to the dashboard, which takes no orders",
        cause: cause(["order-api", "/api/orders"], /route|path|lead|backend|dashboard/i),
      },
      (edited) => (edited.spec("HTTPRoute", "order-api").rules[0].backendRefs[0].name = "dashboard"),
    ),
    plan(
      {
        id: "route-of-another-host",
        harm: "the route is for a host that the gateway does not listen for: requests to /api/orders get 404",
        cause: cause(["order-api"], /host|listener|parent|mes\.example\.org/i),
      },
      (edited) => (edited.spec("HTTPRoute", "order-api").hostnames = ["mes.example.org"]),
    ),
    plan(
      {
        id: "route-of-unknown-listener",
        harm: "the route hangs on a listener that the gateway does not have: it is not accepted, requests get 404",
        cause: cause(["order-api"], /listener|section|parent|gateway/i),
      },
      (edited) => (edited.spec("HTTPRoute", "order-api").parentRefs[0].sectionName = "https"),
    ),
    plan(
      {
        id: "listener-shut-for-routes",
        harm: "the gateway's listener takes routes of another namespace only: no route is accepted, and every request gets 404",
        cause: cause(["gateway", "order-api", "dashboard", "pricing"], /namespace|allowed|listener|attach|accept/i),
      },
      (edited) => {
        const [listener] = edited.spec("Gateway", "gateway").listeners;
        listener.allowedRoutes.namespaces.selector.matchExpressions[0].values = ["mes-apps"];
      },
    ),
    plan(
      {
        id: "route-path-exact",
        harm: "the route matches the one path /api/orders exactly: requests for a single order get the dashboard's answer",
        cause: cause(["order-api", "/api/orders"], /Exact|prefix|path|lead/i),
      },
      (edited) => (edited.spec("HTTPRoute", "order-api").rules[0].matches[0].path.type = "Exact"),
    ),
    file(
      {
        id: "gateway-removed",
        harm: "there is no gateway any more: nobody outside of the cluster reaches order-api",
        cause: cause(["order-api", "gateway", "/api/orders"], /route|gateway|lead|reach/i),
      },
      (edited) => edited.remove("mes:gateway"),
    ),
    plan(
      {
        id: "migrations-dropped",
        harm: "the outbox' tables are never made: no order is written",
        cause: cause(["outbox", "migrations", "messaging"], /migrat|table|outbox|job|schema/i),
      },
      (edited) => edited.drop("Job", edited.every("Job")[0]?.inputs.metadata.name),
    ),
  ];
};

export const orderPaths: readonly Generator<Harmful>[] = [bindings, exchanges, roles, outside];
