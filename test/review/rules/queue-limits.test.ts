import type { Program, Resource } from "../../../review/plan/plan";
import { queueLimits } from "../../../review/rules/queue-limits";
import { deployment, found, object } from "../fixtures";
import { bind, exchange, orders, program, queue, rabbit } from "../orders";

const RIGHT = {
  "x-delivery-limit": 10,
  "x-delayed-retry-type": "failed",
  "x-delayed-retry-min": 5_000,
  "x-delayed-retry-max": 60_000,
  "x-dead-letter-exchange": "dead",
  "x-max-length": 500_000,
  "x-max-length-bytes": 4 * 2 ** 30,
};
const PARKED = { "x-delivery-limit": -1, "x-max-length": 100_000, "x-max-length-bytes": 2 ** 30 };

const others = (parked: Record<string, unknown> = PARKED) => [
  exchange("dead", "fanout"),
  bind("dead", "", "new.parked"),
  queue("new.parked", parked),
];

const consumer = program("intake", { consumes: [{ queue: "new", prefetch: 20, handlingSeconds: 2 }] });

/** Three to twenty pods by the queue: 100 messages each, 15 a second. */
const scaler = (value = "100") =>
  object("keda.sh/v1alpha1", "ScaledObject", "intake", {
    spec: {
      scaleTargetRef: { name: "intake" },
      minReplicaCount: 3,
      maxReplicaCount: 20,
      triggers: [
        { type: "rabbitmq", metadata: { queueName: "new", mode: "QueueLength", value } },
        { type: "rabbitmq", metadata: { queueName: "new", mode: "MessageRate", value: "15" } },
      ],
    },
  });

const broker = (storage: string, config = "disk_free_limit.absolute = 2GiB\n") =>
  object("rabbitmq.com/v1beta1", "RabbitmqCluster", "broker", {
    spec: { replicas: 3, persistence: { storage }, rabbitmq: { additionalConfig: config } },
  });

const findings = (resources: readonly Resource[], programs: readonly Program[] = [consumer]) =>
  found(queueLimits, [deployment("intake"), scaler(), ...resources], orders(programs, { waiting: { new: 600 } }));
const withQueue = (args: Record<string, unknown>) => findings([queue("new", { ...RIGHT, ...args }), ...others()]);

describe("a queue bears an outage", () => {
  it("with attempts, room and a disk", () => {
    expect(findings([queue("new", RIGHT), ...others(), broker("50Gi")])).toEqual([]);
  });

  it.each([
    ["the last attempt comes after a failover", { "x-delivery-limit": 3 }],
    ["messages expire after a day, into the parking queue", { "x-message-ttl": 86_400_000 }],
    ["it is bounded by bytes alone", { "x-max-length": undefined, "x-max-length-bytes": 2 ** 30 }],
  ])("where %s", (_, args) => {
    expect(withQueue(args)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["failed messages go round for ever", { "x-delivery-limit": -1 }, "without an end"],
    ["there are thousands of attempts", { "x-delivery-limit": 5_000 }, "tries a message 5000 times"],
    ["there is one attempt", { "x-delivery-limit": 1 }, "gives a message up after 5 s of trying (1 attempt)"],
    ["there is no pause between attempts", { "x-delayed-retry-type": "disabled" }, "10 times within milliseconds"],
    ["a failed message waits too long", { "x-delayed-retry-min": 3_600_000 }, "after 1 h, although one may wait 10 min only"],
    ["messages are parked before they are late", { "x-message-ttl": 60_000 }, "although they may wait 10 min (drainWithin)"],
    [
      "messages are deleted after a day",
      { "x-message-ttl": 86_400_000, "x-dead-letter-exchange": undefined },
      "deletes messages",
    ],
    ["nothing bounds it", { "x-max-length": undefined, "x-max-length-bytes": undefined }, "until the disk of the broker is full"],
    ["it is shorter than what its consumers fetch", { "x-max-length": 300 }, "its consumers fetch 400"],
    ["it is full before anybody is told", { "x-max-length": 20_000 }, "7.4 min at 45 messages a second"],
    ["it is full by bytes", { "x-max-length-bytes": 2 ** 20 }, "holds 1 MiB, 1024 messages of 1 KiB"],
    ["its autoscaler never wakes", { "x-max-length": 300 }, "adds pods to 3 pods when more than 300 messages wait"],
    ["one consumer gets all, and pods are added", { "x-single-active-consumer": true }, "of which only one gets messages"],
    ["it is given priorities that it has not", { "x-max-priority": 5 }, "a quorum queue has no priorities of this kind"],
  ])("but not where %s", (_, args, message) => {
    expect(withQueue(args)).toContainEqual(expect.stringMatching(new RegExp(`^error .*${escaped(message)}`)));
  });

  it("is warned of a time to live that is shorter than an outage", () => {
    expect(withQueue({ "x-message-ttl": 1_800_000 })).toEqual([expect.stringMatching(/^warning .* parks messages after 30 min/)]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["are deleted once people have looked at them too often", { "x-delivery-limit": 20 }, "has looked at it 21 times"],
    ["are deleted so where nothing is said", { "x-delivery-limit": undefined }, "has looked at it 21 times"],
    ["are deleted after a week", { "x-message-ttl": 604_800_000 }, "deletes parked orders after 7 d"],
    ["have no room", { "x-max-length": 10 }, "new.parked holds 10 messages"],
  ])("but not where parked orders %s", (_, args, message) => {
    expect(findings([queue("new", RIGHT), ...others({ ...PARKED, ...args })])).toContainEqual(expect.stringContaining(message));
  });

  it("fits the disks of the broker together with the others", () => {
    const all = [queue("new", RIGHT), ...others()];
    expect(findings([...all, broker("8Gi")])).toContainEqual(
      expect.stringMatching(/^error RabbitmqCluster broker spec.persistence.storage: 2 queues may hold 5 GiB, but of the 8 GiB/),
    );
  });

  it("knows fewer limits where the plan does not know its consumers", () => {
    const resources = [queue("new", { ...RIGHT, "x-max-length": 5_000 }), ...others()];
    expect(found(queueLimits, resources)).toEqual([]);
    expect(found(queueLimits, [...resources, scaler()])).toEqual([expect.stringContaining("111.1 s at 45 messages a second")]);
  });
});

describe("a policy", () => {
  const policy = (name: string, pattern: string, spec = {}) =>
    rabbit("Policy", name, {
      pattern,
      applyTo: "quorum_queues",
      priority: 1,
      definition: { overflow: "reject-publish" },
      ...spec,
    });

  it("applies to a queue, and to no other by chance", () => {
    expect(findings([queue("new", RIGHT), ...others(), policy("keep", "^new$")])).toEqual([]);
    expect(findings([queue("new", RIGHT), ...others(), policy("keep", "^new$"), policy("all", "^new", { priority: 0 })])).toEqual(
      [],
    );
  });

  it.each<[string, Resource[], string]>([
    ["of a misspelt pattern", [policy("keep", "^nwe$")], "its pattern ^nwe$ matches no queue"],
    ["of another type", [policy("keep", "^new$", { applyTo: "classic_queues" })], "it is for classic_queues, and new is quorum"],
    ["of another virtual host", [policy("keep", "^new$", { vhost: "other" })], "matches no queue of the virtual host"],
    [
      "of the same priority as another",
      [policy("keep", "^new$"), policy("bound", "new")],
      "keep and bound match new with the same priority",
    ],
  ])("is refused where it is one %s", (_, policies, message) => {
    expect(findings([queue("new", RIGHT), ...others(), ...policies])).toContainEqual(expect.stringContaining(message));
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
