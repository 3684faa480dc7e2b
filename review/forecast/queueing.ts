/** Work that comes to servers who are alike. */
export interface Station {
  /** Pieces of work a second. */
  readonly rate: number;
  /** Pieces that are worked on at the same time. */
  readonly servers: number;
  /** Mean seconds of one piece. */
  readonly seconds: number;
  /** Standard deviation of that time divided by its mean: 0 always alike, 1 exponential. */
  readonly spread: number;
  /** The same of the time between two pieces. @default 1: they come one by one, independently */
  readonly burstiness?: number;
}

export interface Waiting {
  /** Part of the servers' time that is used; 1 and more: work comes faster than it can be done. */
  readonly utilization: number;
  /** Mean seconds until work on a piece begins; Infinity where more comes than can be done. */
  readonly wait: number;
  /** Pieces that wait, in the mean. */
  readonly waiting: number;
  /** Seconds within which work has begun on 95 of 100 pieces. */
  readonly wait95: number;
}

/**
 * Probability that all servers are busy when a piece comes, for exponential times (M/M/c).
 * Source: A. K. Erlang, 1917; the recursion over servers of Erlang B is that of Jagerman, Bell System Technical Journal 53 (1974)
 * @param load servers that would be busy if there were enough (Erlang)
 */
export function erlangC(servers: number, load: number): number {
  if (load <= 0) return 0;
  if (servers <= 0 || load >= servers) return 1;
  let blocked = 1;
  for (let n = 1; n <= servers; n += 1) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/**
 * How long work waits in the long run. The approximation of Allen and Cunneen for G/G/c: the wait of M/M/c times half the sum of the squared
 * spreads; exact for M/M/c and M/G/1. That of 95 in 100 takes the wait of those that wait for exponential, as it is in M/M/c.
 * Source: A. O. Allen, Probability, Statistics, and Queueing Theory, 2nd edition (1990), chapter 5
 */
export function waitingOf({ rate, servers, seconds, spread, burstiness = 1 }: Station): Waiting {
  const load = rate * seconds;
  if (load === 0) return { utilization: 0, wait: 0, waiting: 0, wait95: 0 };
  const utilization = servers > 0 ? load / servers : Infinity;
  if (utilization >= 1) return { utilization, wait: Infinity, waiting: Infinity, wait95: Infinity };
  const busy = erlangC(servers, load);
  const whenBusy = ((seconds / (servers - load)) * (burstiness ** 2 + spread ** 2)) / 2;
  const wait = busy * whenBusy;
  return { utilization, wait, waiting: rate * wait, wait95: busy > 0.05 ? whenBusy * Math.log(busy / 0.05) : 0 };
}

/** Seconds until all that came while nothing was done, and all that has come since, is done; Infinity where it never is. */
export function drainSeconds(rate: number, capacity: number, outage: number): number {
  if (rate === 0) return 0;
  return capacity > rate ? (rate * outage) / (capacity - rate) : Infinity;
}
