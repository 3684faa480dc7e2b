import fc from "fast-check";
import { averageProposal, utilizationProposal, type SeenPod } from "../../../../review/forecast/autoscaling/proposals";

/*
 * Figures are those of the controller's own tables of tests.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/podautoscaler/replica_calculator_test.go
 */

const NOW = 10_000;
const TIMES = { syncPeriod: 15, initialReadinessDelay: 10, cpuInitializationPeriod: 120 };
const both = (up: number, down = up) => ({ up: { tolerance: up }, down: { tolerance: down } });

type Change = Partial<SeenPod>;
const unready: Change = { ready: false };
const hot: Change = { startedAt: NOW, readySince: NOW };
const pending: Change = { phase: "Pending", ready: false };
const failed: Change = { phase: "Failed" };
const deleted: Change = { deleted: true };
const core = (cores: number): Change => ({ request: cores * 1000 });

/** Pods of one core each that have been there for long. Pods without a level are not measured. */
function pods(
  levels: readonly number[],
  changes: readonly Change[] = [],
  count = Math.max(levels.length, changes.length),
): SeenPod[] {
  return Array.from({ length: count }, (_, i) => {
    const level = levels[i];
    const usage = level === undefined ? {} : { usage: { value: level, at: NOW, window: 60 } };
    return { phase: "Running", ready: true, readySince: 0, startedAt: 0, request: 1000, ...usage, ...changes[i] };
  });
}

interface Case {
  readonly current: number;
  readonly target: number;
  readonly pods: readonly SeenPod[];
  readonly expected: number | undefined;
  readonly tolerances?: ReturnType<typeof both>;
}

const none: Change = {};

test.each<[string, Case]>([
  ["use above the target", { current: 3, target: 30, pods: pods([300, 500, 700]), expected: 5 }],
  ["a pod that is not ready counts as idle", { current: 3, target: 30, pods: pods([300, 500, 700], [unready]), expected: 4 }],
  ["a pod that has just started counts as idle", { current: 3, target: 30, pods: pods([300, 500, 700], [hot]), expected: 4 }],
  [
    "two that are not ready keep a third from coming",
    { current: 3, target: 30, pods: pods([400, 500, 700], [none, unready, unready]), expected: 3 },
  ],
  ["failed pods are none", { current: 2, target: 30, pods: pods([500, 700], [none, none, failed, failed]), expected: 4 }],
  ["pods that go are none", { current: 2, target: 30, pods: pods([500, 700], [none, none, deleted, deleted]), expected: 4 }],
  ["use below the target", { current: 5, target: 50, pods: pods([100, 300, 500, 250, 250]), expected: 3 }],
  [
    "pods that are not ready are left out on the way down",
    { current: 5, target: 50, pods: pods([100, 300, 500, 250, 250], [none, none, none, unready, unready]), expected: 2 },
  ],
  [
    "pods without a node are left out on the way down",
    { current: 5, target: 50, pods: pods([100], [none, pending, pending, pending, pending]), expected: 1 },
  ],
  [
    "pods that have just started are left out on the way down",
    { current: 5, target: 50, pods: pods([100, 300, 500, 250, 250], [none, none, none, hot, hot]), expected: 2 },
  ],
  [
    "failed pods are none on the way down",
    {
      current: 5,
      target: 50,
      pods: pods([100, 300, 500, 250, 250], [none, none, none, none, none, failed, failed]),
      expected: 3,
    },
  ],
  [
    "within the tolerance",
    { current: 3, target: 100, pods: pods([1010, 1030, 1020], [core(0.9), core(1), core(1.1)]), expected: 3 },
  ],
  [
    "beyond a tolerance of nothing",
    { current: 3, target: 100, tolerances: both(0), pods: pods([909, 1010, 1111], [core(0.9), core(1), core(1.1)]), expected: 4 },
  ],
  [
    "within a tolerance of 200 %",
    {
      current: 3,
      target: 100,
      tolerances: both(2, 0.1),
      pods: pods([1890, 1910, 1900], [core(0.9), core(1), core(1.1)]),
      expected: 3,
    },
  ],
  [
    "beyond 8 % upwards",
    {
      current: 3,
      target: 100,
      tolerances: both(0.08, 2),
      pods: pods([1100, 1080, 1090], [core(0.9), core(1), core(1.1)]),
      expected: 4,
    },
  ],
  [
    "within 36 % downwards",
    {
      current: 3,
      target: 100,
      tolerances: both(0.1, 0.36),
      pods: pods([660, 640, 650], [core(0.9), core(1), core(1.1)]),
      expected: 3,
    },
  ],
  [
    "beyond 34 % downwards",
    {
      current: 3,
      target: 100,
      tolerances: both(0.1, 0.34),
      pods: pods([660, 640, 650], [core(0.9), core(1), core(1.1)]),
      expected: 2,
    },
  ],
  ["what is not measured counts as busy on the way down", { current: 4, target: 100, pods: pods([400, 95], [], 4), expected: 3 }],
  ["nothing is measured", { current: 4, target: 100, pods: pods([], [], 3), expected: undefined }],
  ["there is no pod", { current: 4, target: 100, pods: [], expected: undefined }],
  ["one measured at the target, one not", { current: 2, target: 100, pods: pods([1000], [], 2), expected: 2 }],
  ["one measured above it, one not", { current: 2, target: 100, pods: pods([1900], [], 2), expected: 2 }],
  ["one measured below it, one not", { current: 2, target: 100, pods: pods([600], [], 2), expected: 2 }],
  ["one unready, one not measured, hardly below", { current: 3, target: 50, pods: pods([100, 450], [unready], 3), expected: 3 }],
  ["one hot, one not measured, hardly below", { current: 3, target: 50, pods: pods([100, 450], [hot], 3), expected: 3 }],
  ["one unready, one not measured, far above", { current: 3, target: 50, pods: pods([100, 2000], [unready], 3), expected: 4 }],
  [
    "one hot and unready, one not measured, far above",
    { current: 3, target: 50, pods: pods([100, 2000], [{ ...hot, ...unready }], 3), expected: 4 },
  ],
  [
    "one unready, one not measured, far below",
    { current: 4, target: 50, pods: pods([100, 100, 100], [unready], 4), expected: 3 },
  ],
  [
    "targets above 100 % count in full",
    {
      current: 4,
      target: 300,
      pods: pods([200, 100, 100], [{ ...core(1), ...unready }, core(1), core(2), core(2)], 4),
      expected: 2,
    },
  ],
  ["a rollout's surge that is not measured", { current: 2, target: 50, pods: pods([100, 100], [], 3), expected: 2 }],
])("%s", (_, { current, target, pods, expected, tolerances = both(0.1) }) => {
  expect(utilizationProposal({ now: NOW, resource: "cpu", target, current, pods, tolerances, times: TIMES })).toBe(expected);
});

test("readiness does not matter to memory", () => {
  const args = { now: NOW, target: 30, current: 3, tolerances: both(0.1), times: TIMES };
  const seen = pods([300, 500, 700], [unready]);
  expect(utilizationProposal({ ...args, resource: "memory", pods: seen })).toBe(5);
});

test("a pod that was ready before counts although it is not ready now", () => {
  const args = { now: NOW, resource: "cpu", target: 30, current: 3, tolerances: both(0.1), times: TIMES } as const;
  expect(utilizationProposal({ ...args, pods: pods([300, 500, 700], [{ ...unready, readySince: 5000 }]) })).toBe(5);
});

test.each([
  { running: 3, value: 8.6, target: 2.15, expected: 4 },
  { running: 5, value: 8.6, target: 2.867, expected: 3 },
  { running: 3, value: 8.6, target: 2.9, expected: 3 },
  { running: 0, value: 250, target: 100, expected: 3 },
  { running: 0, value: 0, target: 100, expected: 0 },
])("$value for $running pods, $target each: $expected", ({ expected, ...args }) => {
  expect(averageProposal({ ...args, tolerances: both(0.1) })).toBe(expected);
});

test("what is proposed covers the value, and one pod less would not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 1, max: 1000 }),
      (running, value, target) => {
        const pods = averageProposal({ running, value, target, tolerances: both(0) });
        expect(pods * target).toBeGreaterThanOrEqual(value);
        expect((pods - 1) * target).toBeLessThan(Math.max(value, 1));
      },
    ),
  );
});
