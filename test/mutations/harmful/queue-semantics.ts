import { without, type EditedPlan } from "../edited-plan";
import { cause, harmful } from "../making";
import type { Generator, Harmful } from "../mutation";

const { plan, file } = harmful("queue semantics");

const QUEUES = ["orders.inbound", "orders.status", "orders.public"];

/** RabbitMQ 4.3, quorum queues: https://www.rabbitmq.com/docs/quorum-queues */
const policies: Generator<Harmful> = ({ random }) => {
  const queue = () => random.one(QUEUES);
  /** On a laptop a short queue is long enough. */
  const ofProdAlone = ["holds-next-to-nothing", "holds-few-bytes"];
  const stackOf = (slip: string) => (ofProdAlone.includes(slip) ? "prod" : random.one(["prod", "prod", "dev"] as const));
  const slips: readonly [
    slip: string,
    harm: string,
    says: RegExp,
    edit: (spec: any, queue: string, edited: EditedPlan) => void,
  ][] = [
    [
      "dead-letter-key-mistyped",
      "what fails is dead-lettered with a key that no parking queue is bound with, and stays in front for ever",
      /dead|key|rout|park/i,
      (spec) => (spec.definition["dead-letter-routing-key"] += "s"),
    ],
    [
      "dead-letter-key-of-another-queue",
      "what fails is parked in another queue's parking queue, and is moved back to the wrong programs",
      /dead|key|rout|park/i,
      (spec, of) => (spec.definition["dead-letter-routing-key"] = QUEUES.find((one) => one !== of)),
    ],
    [
      "dead-letter-exchange-unknown",
      "the exchange of dead letters is not there: with at-least-once nothing that failed ever leaves the queue",
      /dead|exchange/i,
      (spec) => (spec.definition["dead-letter-exchange"] = "dead-letter"),
    ],
    [
      "dead-letter-exchange-is-orders",
      "what fails is published again as an order and comes back for ever",
      /dead|exchange|loop|circle|park/i,
      (spec) => (spec.definition["dead-letter-exchange"] = "orders"),
    ],
    [
      "dead-letters-dropped",
      "what fails too often is deleted: the order is lost",
      /dead|lost|delet|park/i,
      (spec) => without(spec.definition, "dead-letter-exchange"),
    ],
    [
      "dead-letters-at-most-once",
      "a dead letter that the parking queue cannot take at that moment is lost",
      /at-least-once|at-most-once|strategy|dead/i,
      (spec) => (spec.definition["dead-letter-strategy"] = "at-most-once"),
    ],
    [
      "dead-letter-strategy-dropped",
      "the default strategy is at-most-once: dead letters get lost",
      /at-least-once|at-most-once|strategy|dead/i,
      (spec) => without(spec.definition, "dead-letter-strategy"),
    ],
    [
      "drops-the-oldest",
      "a full queue throws the oldest orders away",
      /overflow|drop-head|reject-publish|full|oldest/i,
      (spec, _, edited) => {
        edited.drop("OperatorPolicy", "never-drop");
        spec.definition.overflow = "drop-head";
      },
    ],
    [
      "overflow-dropped",
      "a full queue throws the oldest orders away, which is the default, and at-least-once dead-lettering is off",
      /overflow|drop-head|reject-publish|full|oldest/i,
      (spec, _, edited) => {
        edited.drop("OperatorPolicy", "never-drop");
        without(spec.definition, "overflow");
      },
    ],
    [
      "never-gives-up",
      "a message that can never be handled is delivered again without an end, in front of all others",
      /delivery-limit|deliver|limit|poison|redeliver/i,
      (spec) => (spec.definition["delivery-limit"] = -1),
    ],
    [
      "gives-up-at-once",
      "one failure of the database parks every message in hand",
      /delivery-limit|deliver|limit|attempt|retr/i,
      (spec) => (spec.definition["delivery-limit"] = 0),
    ],
    [
      "forgets-after-a-minute",
      "an order that waits for a minute, as in every failover, is taken out of the queue",
      /ttl|expire|age|drain/i,
      (spec) => (spec.definition["message-ttl"] = 60_000),
    ],
    [
      "deletes-itself",
      "the queue deletes itself with all orders once nobody has consumed it for an hour",
      /expires|delet|unused/i,
      (spec) => (spec.definition.expires = 3_600_000),
    ],
    [
      "holds-next-to-nothing",
      "the queue refuses orders at the hundredth message",
      /max-length|length|full|hold|threshold/i,
      (spec) => (spec.definition["max-length"] = 100),
    ],
    [
      "holds-few-bytes",
      "the queue refuses orders at one megabyte, a few hundred orders",
      /bytes|length|full|hold/i,
      (spec) => (spec.definition["max-length-bytes"] = 1_048_576),
    ],
    [
      "larger-than-the-disk",
      "the queue may grow beyond the node's disk: the disk alarm stops every publisher of the broker",
      /bytes|disk|volume|storage|capacity/i,
      (spec) => (spec.definition["max-length-bytes"] = 2 ** 40),
    ],
    [
      "applies-to-classic-queues",
      "the policy is for classic queues: the quorum queue has neither bound nor dead letters",
      /appl|classic|policy|quorum|dead|overflow|delivery/i,
      (spec) => (spec.applyTo = "classic_queues"),
    ],
    [
      "pattern-mistyped",
      "the policy's pattern matches no queue: the queue has neither bound nor dead letters",
      /pattern|policy|match|dead|overflow|delivery/i,
      (spec) => (spec.pattern = spec.pattern.replace("orders", "order")),
    ],
    [
      "policy-in-another-vhost",
      "the policy is in another virtual host: the queue has neither bound nor dead letters",
      /vhost|virtual host|policy|dead|overflow|delivery/i,
      (spec) => (spec.vhost = "/"),
    ],
    [
      "waits-a-day-between-attempts",
      "a message that failed once waits a day for its next attempt: the order is late",
      /retry|delay|attempt|wait|drain/i,
      (spec) => Object.assign(spec.definition, { "delayed-retry-min": 86_400_000, "delayed-retry-max": 86_400_000 }),
    ],
  ];
  return random.some(17, slips).map(([slip, harm, says, edit]) => {
    const of = queue();
    return plan(
      { id: `${slip}:${of}`, stack: stackOf(slip), harm: `${of}: ${harm}`, cause: cause([of, "queues may hold"], says) },
      (edited) => edit(edited.spec("Policy", of), of, edited),
    );
  });
};

const others: Generator<Harmful> = ({ random }) => {
  const queue = random.one(QUEUES);
  const stack = random.one(["prod", "dev"] as const);
  return [
    plan(
      {
        id: `policy-dropped:${queue}`,
        stack,
        harm: `${queue} has no bound, no dead letters and the default delivery limit, after which an order is deleted`,
        cause: cause([queue], /policy|dead|overflow|delivery|bound|drop/i),
      },
      (edited) => edited.drop("Policy", queue),
    ),
    plan(
      {
        id: `policy-of-all-in-front:${queue}`,
        stack,
        harm: "a policy of higher priority is the one that counts: no queue has dead letters any more",
        cause: cause([queue, "everything", ...QUEUES], /policy|dead|priority|overflow|delivery/i),
      },
      (edited) =>
        edited.copy("Policy", queue, "everything", ({ spec }) => {
          Object.assign(spec, {
            name: "everything",
            pattern: ".*",
            priority: 100,
            definition: { "max-length": 500000, overflow: "reject-publish" },
          });
        }),
    ),
    plan(
      {
        id: `classic-queue:${queue}`,
        harm: `${queue} is a classic queue on one node: it is gone with the node's disk, and closed while the node is away`,
        cause: cause([queue], /classic|quorum|type/i),
      },
      (edited) => (edited.spec("Queue", queue).type = "classic"),
    ),
    plan(
      {
        id: `stream:${queue}`,
        stack,
        harm: `${queue} is a stream: consumers do not take messages away, and dead letters, limits and rejections mean nothing`,
        cause: cause([queue], /stream|quorum|type/i),
      },
      (edited) => (edited.spec("Queue", queue).type = "stream"),
    ),
    plan(
      {
        id: `one-member:${queue}`,
        harm: `${queue} lives on one node: a lost disk loses its orders`,
        cause: cause([queue], /group-size|member|replica|initial|node/i),
      },
      (edited) => (edited.spec("Queue", queue).arguments = { "x-quorum-initial-group-size": 1 }),
    ),
    plan(
      {
        id: `deletes-itself-with-its-consumer:${queue}`,
        stack,
        harm: `${queue} is deleted with all its orders when its last consumer goes, as in each rollout`,
        cause: cause([queue], /auto-?delete|autoDelete/i),
      },
      (edited) => (edited.spec("Queue", queue).autoDelete = true),
    ),
    plan(
      {
        id: `not-durable:${queue}`,
        harm: `${queue} is not durable: a quorum queue cannot be that, so it is refused and not there`,
        cause: cause([queue], /durable/i),
      },
      (edited) => (edited.spec("Queue", queue).durable = false),
    ),
    plan(
      {
        id: "arguments-against-policy",
        harm: "an argument of the queue counts before the policy: dead letters go to an exchange that is not there",
        cause: cause([queue], /dead|argument|exchange/i),
      },
      (edited) => (edited.spec("Queue", queue).arguments = { "x-dead-letter-exchange": "failed" }),
    ),
    plan(
      {
        id: "parking-drops-the-oldest",
        harm: "the parking queue throws the oldest orders away",
        cause: cause([`${queue}.parked`, queue], /overflow|drop-head|reject-publish|full|oldest/i),
      },
      (edited) => {
        edited.drop("OperatorPolicy", "never-drop");
        edited.spec("Policy", `${queue}.parked`).definition.overflow = "drop-head";
      },
    ),
    plan(
      {
        id: "parking-forgets",
        stack,
        harm: "a parked order is deleted after a day, over a weekend too",
        cause: cause([`${queue}.parked`], /ttl|expire|age|delet/i),
      },
      (edited) => (edited.spec("Policy", `${queue}.parked`).definition["message-ttl"] = 86_400_000),
    ),
    plan(
      {
        id: "parking-gives-up",
        harm: "somebody who looks at a parked order with a reader that gives it back deletes it with the second time",
        cause: cause([`${queue}.parked`], /delivery-limit|deliver|limit/i),
      },
      (edited) => (edited.spec("Policy", `${queue}.parked`).definition["delivery-limit"] = 1),
    ),
    plan(
      {
        id: "dead-letters-by-topic-key",
        harm: "the exchange of dead letters is of type headers: keys mean nothing to it, and nothing is parked",
        cause: cause(["dead-letters"], /headers|type|dead|direct|match/i),
      },
      (edited) => (edited.spec("Exchange", "dead-letters").type = "headers"),
    ),
    plan(
      {
        id: "operator-policy-drops",
        stack,
        harm: "an operator policy makes every queue throw the oldest orders away when it is full",
        cause: cause(["never-drop", ...QUEUES], /overflow|drop-head|reject-publish|full|oldest/i),
      },
      (edited) => (edited.spec("OperatorPolicy", "never-drop").definition.overflow = "drop-head"),
    ),
    plan(
      {
        id: "operator-policy-shortens",
        harm: "an operator policy lowers every queue's bound to ten messages: publishers are refused all the time",
        cause: cause(["never-drop", ...QUEUES], /max-length|length|bound|hold|full/i),
      },
      (edited) => (edited.spec("OperatorPolicy", "never-drop").definition["max-length"] = 10),
    ),
    file(
      {
        id: `ttl-below-drain:${queue}`,
        stack: "prod",
        harm: `orders of ${queue} are parked after 5 m, and a backlog may take longer to be worked off`,
        cause: cause([queue], /ttl|drain|age|park/i),
      },
      (edited) => edited.set(`mes:broker/queues/${queue}/messageTtl`, "5m"),
    ),
    file(
      {
        id: "length-below-threshold",
        stack: "prod",
        harm: "the queue is full and refuses orders before the first pod is added for it",
        cause: cause(["orders.inbound"], /length|threshold|scal|full|hold/i),
      },
      (edited) => edited.set("mes:broker/queues/orders.inbound/maxLength", 50),
    ),
    file(
      {
        id: "bytes-beyond-disks",
        stack: "prod",
        harm: "the queues together may take more than a node's disk leaves: the disk alarm stops every publisher",
        cause: cause(["orders.", "storage", "disk"], /bytes|disk|volume|storage/i),
      },
      (edited) => edited.set("mes:broker/storage", "20Gi"),
    ),
    file(
      {
        id: "one-attempt",
        stack: "prod",
        harm: "a second failure parks an order: a failover of the database takes longer than one retry",
        cause: cause(["orders.inbound"], /deliveryLimit|delivery-limit|attempt|retr|failover/i),
      },
      (edited) =>
        edited.all({
          "mes:broker/queues/orders.inbound/deliveryLimit": 1,
          "mes:broker/queues/orders.inbound/retry": { delay: "1s", longest: "1s" },
        }),
    ),
    file(
      {
        id: "memory-watermark-beyond-limit",
        stack: "prod",
        harm: "the free disk from which the broker stops is so low that its log fills the disk, and the node dies with all its queues",
        cause: cause(["disk"], /free|disk|watermark|memory/i),
      },
      (edited) => edited.set("mes:broker/diskFreeLimit", "50Mi"),
    ),
  ];
};

export const queueSemantics: readonly Generator<Harmful>[] = [policies, others];
