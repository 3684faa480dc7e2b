import type { OrderFacts, Plan } from "../plan/plan";
import { brokerModel, type BrokerModel, type Queue } from "./broker";
import { plannedPrograms, type PlannedProgram } from "./programs";
import { keysOf, parkingQueues, queuesOf, queuesOfAny, queuesOfSome } from "./routing";

/** Messages of one kind that a program sends. */
export interface Sending {
  readonly sender: PlannedProgram;
  /** Routing key, or a pattern of them. */
  readonly key: string;
  /** The stack file says so; otherwise the contract with the image does, which an image of another shop need not keep. */
  readonly stated: boolean;
  /** Through the outbox, and sent by these; empty where none of them runs. */
  readonly relays?: readonly PlannedProgram[];
  /** Exchanges that it goes to, each in its virtual host. */
  readonly exchanges: readonly { readonly scope: string; readonly name: string }[];
  /** Queues that take each of these messages. */
  readonly queues: ReadonlySet<Queue>;
  /** Queues that take some of them. */
  readonly some: ReadonlySet<Queue>;
}

/** The way of orders through the broker: who sends what, where it gets to, and who takes it. */
export interface Flow {
  readonly facts: OrderFacts;
  readonly broker: BrokerModel;
  readonly programs: readonly PlannedProgram[];
  /** Those that run. */
  readonly running: readonly PlannedProgram[];
  readonly relays: readonly PlannedProgram[];
  readonly sendings: readonly Sending[];
  /** Programs that run and send messages of which nobody says the keys, with the queues that may get them. */
  readonly unknown: ReadonlyMap<PlannedProgram, ReadonlySet<Queue>>;
  /** Queues of dead letters, for people to look at. */
  readonly parking: ReadonlySet<Queue>;
  readonly consumers: (queue: Queue) => readonly PlannedProgram[];
  /** Seconds that a message may wait in a queue, where the stack file says so. */
  readonly waiting: (queue: Queue) => number | undefined;
}

const cache = new WeakMap<Plan, Flow>();

/** The flow of a plan, computed once; undefined if the plan does not know what programs do with orders. */
export function flowOf(plan: Plan): Flow | undefined {
  const facts = plan.facts?.orders;
  if (facts === undefined) return undefined;
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const flow = computeFlow(facts, brokerModel(plan), plannedPrograms(plan));
  cache.set(plan, flow);
  return flow;
}

function computeFlow(facts: OrderFacts, broker: BrokerModel, programs: readonly PlannedProgram[]): Flow {
  const running = programs.filter(({ off }) => off === undefined);
  const relays = running.filter(({ program }) => isRelay(program) && program.publishes.length > 0);
  const all = running.flatMap((sender) => sendingsOf(sender, relays, broker));
  // An image that keeps none of the contract's keys has keys of its own.
  const contractHolds = all.some(({ stated, queues }) => !stated && queues.size > 0);
  const sendings = all.filter(({ stated }) => stated || contractHolds);
  const unknown = new Map(
    running
      .filter((one) => sendsUnknown(one, contractHolds))
      .map((one) => {
        const exchanges = exchangesOf(one, throughOutbox(one) ? relays : undefined);
        return [one, new Set(exchanges.flatMap(({ scope, name }) => [...queuesOfAny(broker, scope, name)]))] as const;
      }),
  );
  return {
    facts,
    broker,
    programs,
    running,
    relays,
    sendings,
    unknown,
    parking: parkingQueues(broker),
    waiting: ({ name }) => (Object.hasOwn(facts.waiting, name) ? facts.waiting[name] : undefined),
    consumers: (queue) =>
      programs.filter(
        ({ program, scope }) =>
          (scope === undefined || scope === queue.scope) && program.consumes.some((consumed) => consumed.queue === queue.name),
      ),
  };
}

function sendingsOf(sender: PlannedProgram, relays: readonly PlannedProgram[], broker: BrokerModel): Sending[] {
  const { sends, sendsStated } = sender.program;
  const through = throughOutbox(sender) ? relays : undefined;
  const exchanges = exchangesOf(sender, through);
  return sends.map((key) => {
    const all = keysOf(key).map((one) => exchanges.flatMap(({ scope, name }) => [...queuesOf(broker, scope, name, one)]));
    const [first = [], ...others] = all;
    return {
      sender,
      key,
      stated: sendsStated,
      ...(through === undefined ? {} : { relays: through }),
      exchanges,
      // Each of the keys must get to a queue; which queues do not matter more than that.
      queues: all.some((found) => found.length === 0) ? new Set<Queue>() : new Set([...first, ...others.flat()]),
      some: new Set(exchanges.flatMap(({ scope, name }) => [...queuesOfSome(broker, scope, name, key)])),
    };
  });
}

/** A role with a database that publishes nothing itself, or relays the outbox, writes its messages there. */
function throughOutbox({ program }: PlannedProgram): boolean {
  return !program.outside && program.database === "readwrite" && (program.publishes.length === 0 || program.relays === true);
}

/** Whether a program sends what is in the outbox. */
export function isRelay({ database, relays }: PlannedProgram["program"]): boolean {
  return database === "relay" || relays === true;
}

function exchangesOf(sender: PlannedProgram, relays: readonly PlannedProgram[] | undefined): Sending["exchanges"] {
  return (relays ?? [sender]).flatMap(({ scope, program }) =>
    scope === undefined ? [] : program.publishes.map((name) => ({ scope, name })),
  );
}

function sendsUnknown({ program }: PlannedProgram, contractHolds: boolean): boolean {
  if (program.sendsStated || program.database === "relay") return false;
  const may = program.publishes.length > 0 || program.database === "readwrite";
  return may && (program.sends.length === 0 || !contractHolds);
}
