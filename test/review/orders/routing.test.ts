import fc from "fast-check";
import { brokerModel } from "../../../review/orders/broker";
import { deadLetterQueues, keysOf, queuesOf, queuesOfSome } from "../../../review/orders/routing";
import { planOf } from "../fixtures";
import { bind, exchange, queue } from "../orders";

const SCOPE = "mes/broker mes";

/** Names of the queues that a message gets to. */
function routed(type: string, routingKey: string, key: string, spec = {}): string[] {
  const broker = brokerModel(planOf([exchange("in", type), queue("q"), bind("in", routingKey, "q", spec)]));
  return [...queuesOf(broker, SCOPE, "in", key)].map(({ name }) => name);
}

/**
 * The same by a regular expression: each word with a dot behind it, so that no word and the empty word differ.
 * RabbitMQ takes the empty key for no word at all (split_topic_key in rabbit_db_topic_exchange).
 */
function topic(pattern: string): RegExp {
  const words = pattern === "" ? [] : pattern.split(".");
  const parts = words.map((word) =>
    word === "#" ? "(?:[^.]*\\.)*" : word === "*" ? "[^.]*\\." : `${word.replaceAll(/[^\w]/g, String.raw`\$&`)}\\.`,
  );
  return new RegExp(`^${parts.join("")}$`);
}

const dotted = (key: string) => (key === "" ? "" : `${key}.`);
const word = fc.constantFrom("a", "b", "order", "");
const words = (one: fc.Arbitrary<string>) => fc.array(one, { maxLength: 4 }).map((list) => list.join("."));
const pattern = words(fc.oneof(word, fc.constantFrom("*", "#")));
/** What a program says that it sends: nobody means an empty word, and one alone cannot be written. */
const sent = words(fc.constantFrom("a", "b", "order", "*", "#"));

describe("a topic exchange", () => {
  it("matches as the broker does", () => {
    fc.assert(
      fc.property(pattern, words(word), (routingKey, key) => {
        expect(routed("topic", routingKey, key)).toEqual(topic(routingKey).test(dotted(key)) ? ["q"] : []);
      }),
      { numRuns: 400 },
    );
  });

  it("knows patterns of which some key is bound, and no others", () => {
    fc.assert(
      fc.property(pattern, sent, words(word), (routingKey, sends, key) => {
        const broker = brokerModel(planOf([exchange("in", "topic"), queue("q"), bind("in", routingKey, "q")]));
        const both = topic(routingKey).test(dotted(key)) && topic(sends).test(dotted(key));
        if (both) expect(queuesOfSome(broker, SCOPE, "in", sends).size).toBe(1);
        // All that stand for the pattern are of it.
        for (const sample of keysOf(sends)) expect(topic(sends).test(dotted(sample))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe("another exchange", () => {
  it.each<[string, string, string, object, string[]]>([
    ["direct", "order.#", "order.new", {}, []],
    ["direct", "order.new", "order.new", {}, ["q"]],
    ["fanout", "whatever", "order.new", {}, ["q"]],
    ["headers", "", "order.new", {}, ["q"]],
    ["headers", "", "order.new", { arguments: { "x-match": "any" } }, []],
    ["headers", "", "order.new", { arguments: { "x-match": "any", channel: "b2b" } }, ["q"]],
    ["x-consistent-hash", "1", "order.new", {}, ["q"]],
  ])("of type %s bound with %j takes %s", (type, routingKey, key, spec, expected) => {
    expect(routed(type, routingKey, key, spec)).toEqual(expected);
  });

  it("without a name hands to the queue of that name", () => {
    const broker = brokerModel(planOf([queue("q")]));
    expect([...queuesOf(broker, SCOPE, "", "q")].map(({ name }) => name)).toEqual(["q"]);
    expect(queuesOf(broker, SCOPE, "", "other").size).toBe(0);
  });

  it("bound in a circle ends all the same", () => {
    const circle = [exchange("in", "fanout"), exchange("out", "fanout"), queue("q"), bind("out", "", "q")];
    const both = [bind("in", "", "out", { destinationType: "exchange" }), bind("out", "", "in", { destinationType: "exchange" })];
    const broker = brokerModel(planOf([...circle, ...both]));
    expect([...queuesOf(broker, SCOPE, "in", "x")].map(({ name }) => name)).toEqual(["q"]);
  });
});

describe("dead letters", () => {
  const targets = (args: Record<string, unknown>, type: string, parked: string) => {
    const resources = [
      exchange("in", "topic"),
      exchange("dead", type),
      queue("q", args),
      queue("parked"),
      bind("in", "order.#", "q"),
      bind("dead", parked, "parked"),
    ];
    const broker = brokerModel(planOf(resources));
    const found = deadLetterQueues(broker, broker.queue(SCOPE, "q")!);
    return found === undefined ? undefined : [...found].map(({ name }) => name);
  };

  it("go where their own key leads, or the one that they came with", () => {
    const own = { "x-dead-letter-exchange": "dead", "x-dead-letter-routing-key": "q" };
    expect(targets(own, "direct", "q")).toEqual(["parked"]);
    expect(targets(own, "direct", "other")).toEqual([]);
    expect(targets({ "x-dead-letter-exchange": "dead" }, "topic", "order.#")).toEqual(["parked"]);
    expect(targets({ "x-dead-letter-exchange": "dead" }, "topic", "order.*")).toEqual([]);
    expect(targets({}, "fanout", "")).toBeUndefined();
  });
});
