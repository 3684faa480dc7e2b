import { SHORTEST_RATE } from "../../components/observability/rates";
import { parseDuration } from "../../components/schema";
import { longRunning, readyPods, scaled, seen, type SimulatedPod } from "./autoscaling/pods";
import { firstState, look, nextLook, type Measured, type ScalerState } from "./autoscaling/simulation";
import type { Source } from "./autoscaling/spec";
import { openTimes } from "./calendar";
import type { Curve } from "./demand";
import { Line, type Batch, type Taken } from "./line";
import type { RoleModel } from "./model";

/** What happened at a role. Times in seconds. */
export interface RoleOutcome {
  readonly name: string;
  readonly pods: { readonly least: number; readonly mean: number; readonly most: number };
  /** Pods at the beginning of each quarter of an hour, and most pieces that waited in it. */
  readonly quarters: readonly { readonly after: number; readonly pods: number; readonly waiting: number }[];
  /** Most pieces that waited, and when. */
  readonly waiting: { readonly most: number; readonly after: number };
  /** Longest time that a piece has waited for its turn. */
  readonly longestWait: number;
  /** Orders whose time was over while they waited or were worked on here. */
  readonly late: number;
  /** Orders whose request was given up by who sent it, before their time was over; they are late, too. */
  readonly givenUp: number;
  /** Pieces: those that came are those that were done, were given up and are left. */
  readonly pieces: { readonly came: number; readonly done: number; readonly givenUp: number; readonly left: number };
  /** Seconds in which all pods that there may be were not enough. */
  readonly atLimit: number;
}

/** metrics-server measures so long. Source: its flag --metric-resolution */
const MEASURED = 15;
/** Seconds. */
export const QUARTER = 900;
const RATE_WINDOW = parseDuration(SHORTEST_RATE);

/** A role at work: its line, its pods, its autoscaler. */
export class Station {
  readonly #role: RoleModel;
  readonly #lateAfter: number;
  readonly #step: number;
  #line = new Line();
  readonly #isOpen = new Map<Source, (at: number) => boolean>();
  readonly #begins: number;
  #pods: readonly SimulatedPod[];
  #scaler: ScalerState;
  /** Pieces that came and were done in the last steps, the newest last. */
  #came = 0;
  #done: number[] = [];
  #arriving = 0;
  #busy = 0;
  #seen = { steps: 0, pods: 0, least: Infinity, most: 0, waiting: 0, waitingAfter: 0, longest: 0, atLimit: 0 };
  #late = 0;
  #givenUp = 0;
  #pieces = { came: 0, done: 0, givenUp: 0 };
  readonly #quarters: { after: number; pods: number; waiting: number }[] = [];

  /** @param begins seconds before the curve's beginning */
  constructor(role: RoleModel, curve: Curve, { begins, step, lateAfter }: { begins: number; step: number; lateAfter: number }) {
    this.#role = role;
    this.#step = step;
    this.#lateAfter = lateAfter;
    this.#begins = curve.begins;
    this.#pods = longRunning(role.min);
    this.#scaler = firstState(begins, role.min);
    for (const metric of role.autoscaler?.metrics ?? []) {
      if (metric.kind !== "average" || metric.source.from !== "schedule") continue;
      this.#isOpen.set(metric.source, openTimes(metric.source, curve.begins + begins, curve.seconds - begins));
    }
  }

  /** The beginning of what is watched: nothing waits, pods are as they are. */
  begin(): void {
    this.#line = new Line();
    this.#arriving = 0;
    this.#pieces = { came: 0, done: 0, givenUp: 0 };
  }

  arrive(batch: Batch, pieces: number, now: number): void {
    this.#line.add(batch, pieces, now);
    this.#arriving += pieces;
    this.#pieces.came += pieces;
  }

  /** Seconds of one step; returns what goes on to the next role. */
  serve(now: number): Batch[] {
    const { work, givesUpAfter } = this.#role;
    this.#scale(now);
    const ready = readyPods(this.#pods, now);
    const room = (ready * work.parallel * this.#step) / work.seconds;
    this.#came = this.#arriving / this.#step;
    this.#arriving = 0;
    if (givesUpAfter !== undefined) for (const taken of this.#line.takeOlder(now - givesUpAfter)) this.#giveUp(taken);
    const taken = this.#line.take(room);
    const done = taken.reduce((sum, { pieces }) => sum + pieces, 0);
    this.#done.push(done);
    if (this.#done.length > RATE_WINDOW / this.#step) this.#done.shift();
    this.#busy = room === 0 ? 0 : done / room;
    this.#pieces.done += done;
    this.#watch(now, ready);
    return taken.map(({ batch, since }) => this.#finish(batch, since, now));
  }

  outcome(until: number): RoleOutcome {
    const left = this.#line.pieces;
    for (const { batch, since } of this.#line.takeOlder(Infinity)) this.#finish(batch, since, until);
    const { steps, pods, least, most, waiting, waitingAfter, longest, atLimit } = this.#seen;
    return {
      name: this.#role.name,
      pods: { least, mean: pods / steps, most },
      quarters: this.#quarters,
      waiting: { most: waiting, after: waitingAfter },
      longestWait: longest,
      late: this.#late,
      givenUp: this.#givenUp,
      pieces: { ...this.#pieces, left },
      atLimit,
    };
  }

  #scale(now: number): void {
    const spec = this.#role.autoscaler;
    if (spec === undefined) return;
    while (nextLook(spec, this.#scaler) <= now) this.#scaler = look(spec, this.#scaler, now, this.#measured(now));
    this.#pods = scaled(this.#pods, this.#scaler.wanted, now, this.#role.work.startup);
  }

  #measured(now: number): Measured {
    const { work, cpu } = this.#role;
    const last = (this.#done.at(-1) ?? 0) / this.#step;
    return {
      pods: seen(this.#pods, now, { request: cpu * 1000, used: last * work.cpuSeconds * 1000, window: MEASURED }),
      read: ({ source }) => this.#value(source, now, last),
    };
  }

  #value(source: Source, now: number, last: number): number {
    switch (source.from) {
      case "schedule":
        return this.#isOpen.get(source)?.(this.#begins + now) === true ? source.pods : 0;
      case "queue":
        // What is being worked on is not acknowledged yet, and counts.
        return source.what === "rate" ? this.#came : this.#line.pieces + last * this.#role.work.seconds;
      case "prometheus":
        if (source.name === "gpu") return readyPods(this.#pods, now) * this.#busy * 100;
        return this.#done.reduce((sum, done) => sum + done, 0) / RATE_WINDOW;
    }
  }

  #watch(now: number, ready: number): void {
    if (now < 0) return;
    const waiting = this.#line.pieces;
    const seenSoFar = this.#seen;
    seenSoFar.steps += 1;
    seenSoFar.pods += this.#pods.length;
    seenSoFar.least = Math.min(seenSoFar.least, this.#pods.length);
    seenSoFar.most = Math.max(seenSoFar.most, this.#pods.length);
    if (waiting > seenSoFar.waiting) Object.assign(seenSoFar, { waiting, waitingAfter: now });
    if (waiting > 0 && ready >= this.#role.max) seenSoFar.atLimit += this.#step;
    const index = Math.floor(now / QUARTER);
    const quarter = (this.#quarters[index] ??= { after: index * QUARTER, pods: this.#pods.length, waiting });
    quarter.waiting = Math.max(quarter.waiting, waiting);
  }

  #finish(batch: Batch, since: number, now: number): Batch {
    const worked = batch.worked + this.#role.work.seconds;
    if (now >= 0) this.#seen.longest = Math.max(this.#seen.longest, now - since);
    if (batch.late || now - batch.born + worked <= this.#lateAfter) return { ...batch, worked };
    if (batch.counts) this.#late += batch.orders;
    return { ...batch, worked, late: true };
  }

  #giveUp({ batch, pieces, since }: Taken): void {
    this.#pieces.givenUp += pieces;
    this.#seen.longest = Math.max(this.#seen.longest, this.#role.givesUpAfter ?? since);
    if (batch.counts && !batch.late) this.#givenUp += batch.orders;
  }
}
