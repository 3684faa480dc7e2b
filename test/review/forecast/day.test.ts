import fc from "fast-check";
import { play } from "../../../review/forecast/day";
import { follows, model, parts, role, WORK } from "./models";

const HOUR = 3600;

describe("two pods that handle an order a second each", () => {
  const two = model([role("intake")]);

  test("as much as they can do waits for nobody", () => {
    const { orders, late, roles } = play(two, parts([2], HOUR));
    expect({ orders, late }).toEqual({ orders: 7200, late: 0 });
    expect(roles[0]).toMatchObject({ longestWait: 0, waiting: { most: 0 }, pods: { least: 2, mean: 2, most: 2 } });
  });

  test("half an hour with an order a second too much makes a backlog of it, and of it the wait", () => {
    const { late, roles } = play(two, parts([1, 3, 0, 0], HOUR / 2));
    expect(late).toBe(lateOf(roles));
    expect(roles[0]?.waiting.most).toBeCloseTo(1800, -1);
    // The last of them finds 1,800 others and two pods.
    expect(roles[0]?.longestWait).toBeCloseTo(900, -1);
  });

  test("late are those that come when the backlog takes longer than the time they have", () => {
    // After t seconds t wait, for t / 2; 599 seconds and one of work are there. So all that come from 1,198 s on are late, until
    // the backlog is down to as much again.
    const { late } = play(two, parts([3, 0], 1800));
    expect(late).toBeCloseTo(3 * (1800 - 1198), -2);
  });

  test("orders that are never handled are late, too", () => {
    const none = model([role("intake", { min: 0, max: 0 })]);
    const { orders, late } = play(none, parts([1], HOUR));
    expect(late).toBeCloseTo(orders, 6);
  });
});

function lateOf(roles: readonly { late: number; givenUp: number }[]): number {
  return roles.reduce((sum, { late, givenUp }) => sum + late + givenUp, 0);
}

test("an order is late once, at the role where its time was over", () => {
  const chain = model([role("intake", { min: 1, max: 1 }), role("relay", { min: 1, max: 1 })], { lateAfter: 60 });
  const { orders, late, roles } = play(chain, parts([1.5, 0, 0], HOUR));
  expect(late).toBeLessThanOrEqual(orders);
  expect(late).toBe(lateOf(roles));
  // Of the relay's are those few that came to it within their last second.
  const [intake, relay] = roles;
  expect(relay?.late).toBeLessThan((intake?.late ?? 0) / 50);
});

test("the time of work counts", () => {
  const slow = { ...WORK, seconds: 40, parallel: 100 };
  const chain = model([role("a", { work: slow }), role("b", { work: slow })], { lateAfter: 60 });
  const { orders, late, roles } = play(chain, parts([1], HOUR));
  expect(late).toBeCloseTo(orders, 6);
  expect(roles[1]?.late).toBeCloseTo(orders, 6);
});

test("who waits for an answer gives up, and does not come back", () => {
  const api = model([role("api", { givesUpAfter: 30 })]);
  const { late, roles } = play(api, parts([4], HOUR));
  expect(roles[0]?.longestWait).toBe(30);
  expect(late).toBeCloseTo(2 * HOUR, -3);
  expect(roles[0]?.late).toBe(0);
});

describe("an autoscaler", () => {
  const scaled = (max: number, startup = 30) =>
    model([role("intake", { min: 2, max, autoscaler: follows("intake", 2, max, 1), work: { ...WORK, startup } })]);
  const rush = parts([1, 10, 1], HOUR);

  test("brings the pods that the load needs, and takes them away", () => {
    const [intake] = play(scaled(20), rush).roles;
    expect(intake?.pods.most).toBe(10);
    expect(intake?.quarters.map(({ pods }) => pods).slice(0, 12)).toEqual([2, 2, 2, 2, 2, 10, 10, 10, 10, 2, 2, 2]);
  });

  test("that may not have enough pods lets orders be late", () => {
    const { late, roles } = play(scaled(6), rush);
    expect(late).toBeGreaterThan(0);
    expect(roles[0]?.atLimit).toBeGreaterThan(HOUR);
  });

  test("whose pods take long to start leaves more waiting", () => {
    const most = (startup: number) => play(scaled(20, startup), rush).roles[0]?.waiting.most ?? 0;
    expect(most(30)).toBeLessThan(most(120));
    expect(most(120)).toBeLessThan(most(600));
  });
});

const rates = fc.array(fc.double({ min: 0, max: 8, noNaN: true }), { minLength: 1, maxLength: 4 });

test("all that comes is done, given up or left", () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 6 }), fc.boolean(), (curve, pods, impatient) => {
      const own = role("intake", { min: pods, max: pods, ...(impatient ? { givesUpAfter: 60 } : {}) });
      const { orders, late, roles } = play(model([own, role("relay")]), parts(curve, 900));
      for (const { pieces } of roles) expect(pieces.done + pieces.givenUp + pieces.left).toBeCloseTo(pieces.came, 3);
      expect(late).toBeLessThanOrEqual(orders + 1e-6);
    }),
    { numRuns: 12 },
  );
});

test("one pod more never makes more orders late", () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 6 }), (curve, pods) => {
      const late = (count: number) => play(model([role("intake", { min: count, max: count })]), parts(curve, 900)).late;
      expect(late(pods + 1)).toBeLessThanOrEqual(late(pods) + 1e-6);
    }),
    { numRuns: 12 },
  );
});

test("one order a second more never makes fewer late", () => {
  fc.assert(
    fc.property(rates, (curve) => {
      const late = (more: number) =>
        play(
          model([role("intake")]),
          parts(
            curve.map((rate) => rate + more),
            900,
          ),
        ).late;
      expect(late(1)).toBeGreaterThanOrEqual(late(0) - 1e-6);
    }),
    { numRuns: 12 },
  );
});
