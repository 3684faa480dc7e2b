import fc from "fast-check";
import { drainSeconds, erlangC, waitingOf } from "../../../review/forecast/queueing";

/*
 * Figures of published tables of Erlang C.
 * Sources: L. Kleinrock, Queueing Systems I (1975), M/M/1 and M/M/2 in closed form; H. Tijms, A First Course in Stochastic Models
 * (2003), table of delay probabilities by utilization
 */
test.each([
  [1, 0.5, 0.5],
  [1, 0.9, 0.9],
  [2, 1, 1 / 3],
  [2, 1.8, 0.8526],
  [5, 2.5, 0.1304],
  [5, 4, 0.5541],
  [5, 4.5, 0.7625],
  [10, 5, 0.0361],
  [10, 8, 0.4092],
  [10, 9, 0.6687],
  [20, 18, 0.5508],
])("%d servers with %d Erlang: %d wait", (servers, load, expected) => {
  expect(erlangC(servers, load)).toBeCloseTo(expected, 3);
});

const ONE = { rate: 0.8, servers: 1, seconds: 1, spread: 1 };

test("one server at 80 %: four times the service, as M/M/1 has it", () => {
  expect(waitingOf(ONE)).toMatchObject({ utilization: 0.8, waiting: expect.closeTo(3.2, 9), wait: expect.closeTo(4, 9) });
});

test("work that takes always alike waits half as long, as Pollaczek and Khinchine have it", () => {
  expect(waitingOf({ ...ONE, spread: 0 }).wait).toBeCloseTo(2);
});

test("95 of 100 wait no longer than the tail of M/M/1 says", () => {
  // P(W > t) = 0.8 · e^(−0.2 t)
  const { wait95 } = waitingOf(ONE);
  expect(0.8 * Math.exp(-0.2 * wait95)).toBeCloseTo(0.05);
});

test("an outage takes as long again as what came in it needs beside what comes", () => {
  expect(drainSeconds(10, 15, 600)).toBe(1200);
  expect(drainSeconds(10, 10, 600)).toBe(Infinity);
  expect(drainSeconds(0, 0, 600)).toBe(0);
});

const station = fc.record({
  rate: fc.double({ min: 0.001, max: 1000, noNaN: true }),
  servers: fc.integer({ min: 1, max: 300 }),
  seconds: fc.double({ min: 0.001, max: 60, noNaN: true }),
  spread: fc.double({ min: 0, max: 5, noNaN: true }),
});

test("what is used in part waits for a time, what is overrun for ever", () => {
  fc.assert(
    fc.property(station, (one) => {
      const { utilization, wait } = waitingOf(one);
      expect(Number.isFinite(wait)).toBe(utilization < 1);
      expect(wait).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("as many wait as come while one waits (Little's law)", () => {
  fc.assert(
    fc.property(station, (one) => {
      const { wait, waiting } = waitingOf(one);
      if (Number.isFinite(wait)) expect(waiting).toBeCloseTo(one.rate * wait, 6);
    }),
  );
});

test("one server more never makes anybody wait longer", () => {
  fc.assert(
    fc.property(station, (one) => {
      expect(waitingOf({ ...one, servers: one.servers + 1 }).wait).toBeLessThanOrEqual(waitingOf(one).wait * (1 + 1e-9));
    }),
  );
});

/** A seeded queue, served one by one in the order of coming: what no formula has a part in. */
test("the wait is that of a queue that is played", () => {
  const [rate, servers, seconds] = [0.75, 3, 3.2];
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const exponential = (mean: number) => -Math.log(random()) * mean;
  const freeAt = new Array<number>(servers).fill(0);
  let [now, waited] = [0, 0];
  const pieces = 300_000;
  for (let i = 0; i < pieces; i += 1) {
    now += exponential(1 / rate);
    const first = freeAt.indexOf(Math.min(...freeAt));
    const begins = Math.max(now, freeAt[first] ?? 0);
    waited += begins - now;
    freeAt[first] = begins + exponential(seconds);
  }
  const { wait } = waitingOf({ rate, servers, seconds, spread: 1 });
  expect(Math.abs(waited / pieces / wait - 1)).toBeLessThan(0.05);
});
