import { cause, harmful } from "../../making";
import type { Harmful } from "../../mutation";

const { plan, file } = harmful("queue semantics");

export const queueSemantics: readonly Harmful[] = [
  plan(
    {
      id: "parking-policy-catches-all",
      harm: "the policy of the parking queue matches orders.inbound too and counts first: it has no dead letters any more",
      cause: cause(["orders.inbound"], /policy|pattern|priority|dead|limit/i),
    },
    (edited) => Object.assign(edited.spec("Policy", "orders.inbound.parked"), { pattern: "orders\\.inbound", priority: 20 }),
  ),
  plan(
    {
      id: "parked-goes-round",
      harm: "what is parked comes back into the parking queue by its dead letters for ever",
      cause: cause(["orders.inbound.parked", "orders.inbound"], /dead|circle|loop|cycle|itself|park/i),
    },
    (edited) =>
      Object.assign(edited.spec("Policy", "orders.inbound.parked").definition, {
        "dead-letter-exchange": "dead-letters",
        "dead-letter-routing-key": "orders.inbound",
        "delivery-limit": 3,
      }),
  ),
  plan(
    {
      id: "argument-bounds-the-queue",
      harm: "an argument of the queue bounds it to ten messages: publishers are refused all the time",
      cause: cause(["orders.public"], /max-length|length|bound|hold|argument/i),
    },
    (edited) => (edited.spec("Queue", "orders.public").arguments = { "x-max-length": 10 }),
  ),
  plan(
    {
      id: "unused-queues-deleted",
      harm: "an operator policy deletes every queue that nobody consumed for a minute, with its orders",
      cause: cause(["never-drop", "orders."], /expires|delet|unused/i),
    },
    (edited) => (edited.spec("OperatorPolicy", "never-drop").definition.expires = 60000),
  ),
  plan(
    {
      id: "text-for-a-number",
      harm: "the broker refuses a policy whose limit is a text: the queue has none",
      cause: cause(["orders.status"], /number|text|delivery-limit|type|invalid/i),
    },
    (edited) => (edited.spec("Policy", "orders.status").definition["delivery-limit"] = "ten"),
  ),
  plan(
    {
      id: "expires-by-argument",
      harm: "orders that waited five minutes are dead-lettered, and a backlog may take ten",
      cause: cause(["orders.public"], /ttl|drain|age|expire|argument/i),
    },
    (edited) => (edited.spec("Queue", "orders.public").arguments = { "x-message-ttl": 300000 }),
  ),
  file(
    {
      id: "parking-holds-nothing",
      harm: "a parking queue of a kilobyte is full at once: failed orders stay in their queue and block it",
      cause: cause(["parking", "parked"], /bytes|length|full|hold|small|park/i),
    },
    (edited) => edited.set("mes:broker/parking/maxLengthBytes", "1Ki"),
  ),
];
