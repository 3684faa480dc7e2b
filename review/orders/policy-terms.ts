import { entryOf } from "../kubernetes/value";

/*
 * What the broker takes in policies and in arguments of queues. One wrong term, or one that it does not know, and it refuses the whole policy.
 * Source: rabbit_policies.erl, rabbit_quorum_queue.erl, rabbit_classic_queue.erl and declare_args() of rabbit_amqqueue.erl of RabbitMQ 4.3
 */

type Term = { readonly least: number } | { readonly words: readonly string[] } | "text" | "boolean";

const COUNT: Term = { least: 0 };
const OVERFLOW: Term = { words: ["drop-head", "reject-publish", "reject-publish-dlx"] };
const LOCATOR: Term = { words: ["client-local", "balanced", "random", "least-leaders"] };

const SHARED: Readonly<Record<string, Term>> = {
  "consumer-disconnected-timeout": COUNT,
  "consumer-timeout": COUNT,
  "dead-letter-exchange": "text",
  "dead-letter-routing-key": "text",
  "dead-letter-strategy": { words: ["at-most-once", "at-least-once"] },
  expires: { least: 1 },
  "initial-cluster-size": COUNT,
  "max-age": "text",
  "max-in-memory-bytes": COUNT,
  "max-in-memory-length": COUNT,
  "max-length": COUNT,
  "max-length-bytes": COUNT,
  "member-placement-tag": "text",
  "message-ttl": COUNT,
  overflow: OVERFLOW,
  "queue-leader-locator": LOCATOR,
  "queue-mode": { words: ["default", "lazy"] },
  "queue-version": { least: 1 },
  "stream-filter-size-bytes": { least: 16 },
  "stream-max-segment-size-bytes": COUNT,
};

const IN_POLICIES: Readonly<Record<string, Term>> = {
  ...SHARED,
  "alternate-exchange": "text",
  "delayed-retry-max": COUNT,
  "delayed-retry-min": COUNT,
  "delayed-retry-type": { words: ["disabled", "all", "failed", "returned"] },
  "delivery-limit": { least: Number.NEGATIVE_INFINITY },
  "federation-upstream": "text",
  "federation-upstream-pattern": "text",
  "federation-upstream-set": "text",
  "queue-master-locator": "text",
  "target-group-size": { least: 1 },
};

/** Those that an operator policy takes. */
const IN_OPERATOR_POLICIES: ReadonlySet<string> = new Set([
  "delayed-retry-max",
  "delayed-retry-min",
  "delayed-retry-type",
  "delivery-limit",
  "expires",
  "max-in-memory-bytes",
  "max-in-memory-length",
  "max-length",
  "max-length-bytes",
  "member-placement-tag",
  "message-ttl",
  "overflow",
  "queue-master-locator",
  "queue-version",
  "target-group-size",
]);

const IN_ARGUMENTS: Readonly<Record<string, Term>> = {
  ...Object.fromEntries(Object.entries(SHARED).filter(([term]) => term !== "queue-mode")),
  "max-priority": { least: 1 },
  "queue-type": { words: ["classic", "quorum", "stream"] },
  "quorum-initial-group-size": { least: 1 },
  "single-active-consumer": "boolean",
};

/**
 * Why the broker refuses a term of a policy, or an argument of a queue; undefined if it takes it.
 * @param where what it is declared in; unknown arguments are the business of plug-ins, unknown terms of a policy are refused
 */
export function termProblem(where: "Policy" | "OperatorPolicy" | "Queue", term: string, value: unknown): string | undefined {
  const known = entryOf(where === "Queue" ? IN_ARGUMENTS : IN_POLICIES, where === "Queue" ? term.replace(/^x-/, "") : term);
  if (known === undefined) return where === "Queue" ? undefined : "is no setting that a policy of the broker may have";
  if (where === "OperatorPolicy" && !IN_OPERATOR_POLICIES.has(term)) return "is no setting that an operator policy may have";
  if (value === undefined || (typeof value === "string" && value.startsWith("["))) return undefined;
  const shown = JSON.stringify(value);
  if (known === "text") return typeof value === "string" ? undefined : `is ${shown}; expected a text`;
  if (known === "boolean") return typeof value === "boolean" ? undefined : `is ${shown}; expected true or false`;
  if ("words" in known) {
    return known.words.includes(value as string) ? undefined : `is ${shown}; expected ${known.words.join(", ")}`;
  }
  if (typeof value !== "number" || !Number.isInteger(value)) return `is ${shown}; expected a whole number, without quotes`;
  return value >= known.least ? undefined : `is ${shown}; expected ${known.least} or more`;
}
