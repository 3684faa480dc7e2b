import type { Conditions } from "./conditions";

/** Messages that one pod of a consumer handles at once. */
const PREFETCH = 20;
/** Messages a second that one relay sends. */
const RELAYED = 50;
/** Failed attempts after which a quorum queue parks a message: `deliveryLimit` of the stack file. */
const ATTEMPTS = 10;

/** What has happened to orders between two moments, in orders or messages. */
export interface Steps {
  confirmed: number;
  sent: number;
  unroutable: number;
  received: number;
  retried: number;
  rejected: number;
  accepted: number;
  acceptedAsked: number;
  published: number;
  statusesPublished: number;
  statusesTaken: number;
  statusesApplied: number;
  publicTaken: number;
  refused: number;
  relayed: number;
}

interface Queue {
  ready: number;
  unacked: number;
  parked: number;
}

/** Makes whole ones of a flow: nobody counts a third of an order. */
class Whole {
  private rest = 0;

  of(flow: number): number {
    // Sums that are exact in decimals are not in binary ones.
    const whole = Math.floor(this.rest + flow + 1e-6);
    this.rest += flow - whole;
    return whole;
  }
}

/** Where orders are: in queues, in the outbox, on their way. Flows are real numbers; who counts them counts whole ones. */
export class Orders {
  readonly queues: Record<"orders.inbound" | "orders.status" | "orders.public", Queue> = {
    "orders.inbound": { ready: 0, unacked: 0, parked: 0 },
    "orders.status": { ready: 0, unacked: 0, parked: 0 },
    "orders.public": { ready: 0, unacked: 0, parked: 0 },
  };
  readonly outbox = { status: 0, public: 0, dead: 0, oldest: 0, sentTimes: [] as { at: number; count: number }[] };
  private readonly whole = new Map<string, Whole>();
  /** What the CRM could not send yet. */
  waitingAtCrm = 0;

  step(now: number, seconds: number, is: Conditions, pods: { intake: number; api: number; relay: number }): Steps {
    const open = is.brokerTakes && is.brokerAlarm === "none" && !is.brokerRefuses && is.brokerDown < 2;
    const stored = is.primary && is.standbys > 0 && is.walUsed < 1 && is.dataUsed < 1;
    const confirmed = is.crmRate * seconds;
    this.waitingAtCrm += confirmed * (1 - is.crmForgets);
    const tried = open ? this.waitingAtCrm : 0;
    this.waitingAtCrm -= tried;
    const unroutable = tried * is.brokerUnroutable;
    if (is.brokerReturns) this.waitingAtCrm += unroutable;
    this.queues["orders.inbound"].ready += (tried - unroutable) * (1 - is.brokerLoses);

    const inbound = this.consume(
      "orders.inbound",
      is.brokerDown < 2 && !is.hung.has("order-intake") ? pods.intake : 0,
      seconds,
      is.intakeSeconds,
    );
    const failing = stored ? is.intakeFails : 1;
    const failed = inbound * failing;
    this.queues["orders.inbound"].ready += failed;
    const rejected = inbound * (1 - failing) * is.intakeRejects;
    const written = inbound * (1 - failing) * (1 - is.intakeRejects);
    const received = written * (1 - is.intakeLoses);
    // What never succeeds is tried a few times and then parked.
    const parked = (failing >= 1 ? failed / ATTEMPTS : 0) + rejected;
    this.queues["orders.inbound"].parked += parked;
    this.queues["orders.inbound"].ready -= Math.min(this.queues["orders.inbound"].ready, failing >= 1 ? failed / ATTEMPTS : 0);

    const acceptedAsked = is.reachable ? is.apiRate * seconds : 0;
    const accepted = pods.api > 0 && stored ? acceptedAsked * (1 - is.apiFails) : 0;
    this.outbox.status += received * (1 - is.intakeForgetsStatus);
    this.outbox.public += accepted;

    const capacity = stored && open && !is.hung.has("outbox-relay") ? pods.relay * RELAYED * seconds : 0;
    const waiting = this.outbox.status + this.outbox.public;
    const relayed = Math.min(waiting, capacity);
    const share = waiting > 0 ? relayed / waiting : 0;
    const status = this.outbox.status * share;
    const published = this.outbox.public * share;
    this.outbox.status -= status;
    this.outbox.public -= published;
    this.outbox.dead += relayed * is.relayGivesUp;
    const kept = (1 - is.relayGivesUp) * (1 - is.relayLoses);
    this.queues["orders.status"].ready += status * kept;
    this.queues["orders.public"].ready += published * kept;
    this.outbox.oldest = this.outbox.status + this.outbox.public >= 1 ? this.outbox.oldest + seconds : 0;
    if (relayed > 0) this.outbox.sentTimes.push({ at: now, count: relayed });
    while ((this.outbox.sentTimes[0]?.at ?? now) < now - 300) this.outbox.sentTimes.shift();

    const listening = is.crmConsumes && is.brokerDown < 2 ? 2 : 0;
    const statusesTaken = this.consume("orders.status", listening, seconds, 0.05);
    const publicTaken = this.consume("orders.public", listening, seconds, 0.05);
    const whole = (name: string, flow: number) => {
      const kept = this.whole.get(name) ?? new Whole();
      this.whole.set(name, kept);
      return kept.of(flow);
    };
    return {
      confirmed: whole("confirmed", confirmed),
      sent: tried,
      unroutable,
      received: whole("received", received),
      retried: failed,
      rejected,
      accepted: whole("accepted", accepted),
      acceptedAsked,
      published: whole("published", published * (1 - is.relayGivesUp)),
      statusesPublished: whole("statuses", status * (1 - is.relayGivesUp)),
      statusesTaken,
      statusesApplied: whole("applied", statusesTaken * (1 - is.crmLosesStatuses)),
      publicTaken,
      refused: is.brokerRefuses ? is.crmRate * seconds : 0,
      relayed,
    };
  }

  /** Somebody has looked at what was parked and given up, and sent it again. */
  tidy(): void {
    for (const queue of Object.values(this.queues)) queue.parked = 0;
    this.outbox.dead = 0;
  }

  get sentLately(): number {
    return this.outbox.sentTimes.reduce((sum, { count }) => sum + count, 0);
  }

  private consume(name: keyof Orders["queues"], pods: number, seconds: number, each: number): number {
    const queue = this.queues[name];
    const handled = Math.min(queue.ready, (pods * PREFETCH * seconds) / Math.max(each, 0.01) / 10);
    queue.ready -= handled;
    queue.unacked = pods === 0 ? 0 : Math.min(queue.ready, pods * PREFETCH);
    return handled;
  }
}
