import fc from "fast-check";
import { afterStep, firstMemory, limited, paced, stabilized } from "../../../../review/forecast/autoscaling/pace";
import { DEFAULT_RULES, type Policy, type Rules } from "../../../../review/forecast/autoscaling/spec";

/*
 * Figures are those of the controller's own tables of tests.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/controller/podautoscaler/horizontal_test.go
 */

const NOW = 100_000;

/** Events in the middle of equal parts of the last seconds. */
const spread = (changes: readonly number[], seconds: number) =>
  changes.map((change, i) => ({ change, at: NOW - (seconds / changes.length) * (changes.length - i - 0.5) }));

const rules = (pods?: [number, number], percent?: [number, number]): Rules => ({
  ...DEFAULT_RULES.up,
  policies: [
    ...(pods === undefined ? [] : [{ type: "Pods", value: pods[0], period: pods[1] } as const]),
    ...(percent === undefined ? [] : [{ type: "Percent", value: percent[0], period: percent[1] } as const]),
  ],
});

interface Limit {
  readonly from: number;
  readonly wanted: number;
  readonly min?: number;
  readonly max?: number;
  readonly up?: Rules;
  readonly down?: Rules;
  readonly ups?: ReturnType<typeof spread>;
  readonly downs?: ReturnType<typeof spread>;
  readonly expected: number;
}

test.each<[string, Limit]>([
  ["within the bounds", { from: 5, wanted: 7, min: 3, max: 8, expected: 7 }],
  ["not below the least", { from: 3, wanted: 1, min: 2, max: 8, expected: 2 }],
  ["none where none is allowed", { from: 1, wanted: 0, min: 0, max: 10, expected: 0 }],
  ["down to the most", { from: 20, wanted: 1000, max: 10, expected: 10 }],
  ["not above the most", { from: 100, wanted: 1000, min: 100, max: 150, expected: 150 }],
  ["a small percentage is one pod", { from: 3, wanted: 1000, max: 2000, up: rules(undefined, [1, 60]), expected: 4 }],
  ["twice as many by default", { from: 10, wanted: 50, expected: 20 }],
  ["the policy that allows more: pods", { from: 10, wanted: 500, up: rules([100, 60], [100, 60]), expected: 110 }],
  ["the policy that allows more: percent", { from: 10, wanted: 500, up: rules([2, 60], [100, 60]), expected: 20 }],
  ["more is allowed than wanted", { from: 10, wanted: 50, up: rules([100, 60]), expected: 50 }],
  ["so many pods up", { from: 10, wanted: 50, up: rules([30, 60]), expected: 40 }],
  ["so many percent up", { from: 10, wanted: 50, up: rules(undefined, [200, 60]), expected: 30 }],
  ["down by the policy that allows more", { from: 100, wanted: 2, down: rules([20, 60], [1, 60]), expected: 80 }],
  ["down by two, which is more than a percent", { from: 100, wanted: 2, down: rules([2, 60], [1, 60]), expected: 98 }],
  ["down to the least", { from: 10, wanted: 0, down: rules([100, 60]), expected: 1 }],
  ["down by all percent", { from: 10, wanted: 2, min: 5, down: rules(undefined, [100, 60]), expected: 5 }],
  ["so many pods down", { from: 10, wanted: 2, down: rules([5, 60]), expected: 5 }],
  ["so many percent down", { from: 10, wanted: 5, down: rules(undefined, [50, 60]), expected: 5 }],
  [
    "the most, with what came before",
    { from: 100, wanted: 500, max: 200, ups: spread([1, 5, 9], 120), up: rules([300, 60]), expected: 200 },
  ],
  ["all is used up", { from: 100, wanted: 500, ups: spread([1, 5, 9], 120), up: rules([5, 120]), expected: 100 }],
  ["what is left of pods", { from: 100, wanted: 500, ups: spread([1, 5, 9], 120), up: rules([150, 120]), expected: 235 }],
  [
    "what is left of percent",
    { from: 100, wanted: 500, ups: spread([1, 5, 9], 120), up: rules(undefined, [200, 120]), expected: 255 },
  ],
  [
    "what went gives room again",
    { from: 6, wanted: 24, ups: spread([4], 120), downs: spread([2], 120), up: rules(undefined, [300, 300]), expected: 16 },
  ],
  ["down, nothing is left", { from: 100, wanted: 2, downs: spread([1, 5, 9], 120), down: rules([5, 120]), expected: 100 }],
  [
    "down, half of what there was",
    { from: 100, wanted: 0, downs: spread([2, 4, 6], 120), down: rules(undefined, [50, 120]), expected: 56 },
  ],
  [
    "down, after pods came",
    { from: 10, wanted: 1, ups: spread([2], 120), downs: spread([4], 120), down: rules(undefined, [50, 180]), expected: 6 },
  ],
  [
    "down, more went than is allowed",
    { from: 100, wanted: 0, downs: spread([10, 10, 10], 120), down: rules(undefined, [10, 120]), expected: 100 },
  ],
  [
    "down, more than all is allowed",
    { from: 10, wanted: 5, downs: spread([10, 10, 10], 120), down: rules(undefined, [1000, 120]), expected: 5 },
  ],
])(
  "%s",
  (
    _,
    { from, wanted, expected, min = 1, max = 1000, ups = [], downs = [], up = DEFAULT_RULES.up, down = DEFAULT_RULES.down },
  ) => {
    expect(limited({ ups, downs }, { now: NOW, current: from, wanted, min, max, up, down })).toBe(expected);
  },
);

test("the policy that allows less", () => {
  const slow = { ...rules([2, 60], [50, 60]), select: "Min" } as const;
  const args = { now: NOW, min: 0, max: 100, up: slow, down: slow };
  expect(limited({ ups: [], downs: [] }, { ...args, current: 1, wanted: 100 })).toBe(2);
  expect(limited({ ups: [], downs: [] }, { ...args, current: 5, wanted: 0 })).toBe(3);
});

test("a direction that is switched off", () => {
  const off = { ...rules([2, 60]), select: "Disabled" } as const;
  const args = { now: NOW, min: 0, max: 100, up: off, down: off, current: 5 };
  expect([100, 0].map((wanted) => limited({ ups: [], downs: [] }, { ...args, wanted }))).toEqual([5, 5]);
});

const minutesAgo = (minutes: number) => NOW - minutes * 60;

test.each<
  [
    string,
    {
      up?: number;
      down?: number;
      from: number;
      wanted: number;
      recommended: [pods: number, minutes: number][];
      expected: number;
    },
  ]
>([
  ["nothing was recommended before", { from: 100, wanted: 5, recommended: [], expected: 5 }],
  [
    "down to the most of the window",
    {
      from: 100,
      wanted: 3,
      down: 180,
      recommended: [
        [4, 2],
        [5, 1],
      ],
      expected: 5,
    },
  ],
  [
    "up to the least of the window",
    {
      from: 1,
      wanted: 7,
      up: 300,
      recommended: [
        [4, 2],
        [5, 1],
      ],
      expected: 4,
    },
  ],
  [
    "no window down",
    {
      from: 100,
      wanted: 3,
      up: 300,
      recommended: [
        [1, 2],
        [2, 1],
      ],
      expected: 3,
    },
  ],
  [
    "no window up",
    {
      from: 1,
      wanted: 3,
      down: 300,
      recommended: [
        [4, 2],
        [5, 1],
      ],
      expected: 3,
    },
  ],
  [
    "older than the window",
    {
      from: 100,
      wanted: 3,
      down: 180,
      recommended: [
        [10, 10],
        [4, 1],
        [5, 2],
        [9, 9],
      ],
      expected: 5,
    },
  ],
  [
    "up, older than the window",
    {
      from: 1,
      wanted: 100,
      up: 300,
      recommended: [
        [10, 100],
        [6, 1],
        [5, 2],
        [9, 3],
      ],
      expected: 5,
    },
  ],
  [
    "no pod comes for a moment in which fewer are wanted",
    {
      from: 2,
      wanted: 1,
      up: 300,
      down: 300,
      recommended: [
        [2, 100],
        [3, 3],
      ],
      expected: 2,
    },
  ],
  [
    "no pod goes for a moment in which more are wanted",
    {
      from: 2,
      wanted: 3,
      up: 300,
      down: 300,
      recommended: [
        [2, 100],
        [1, 3],
      ],
      expected: 2,
    },
  ],
])("stabilization: %s", (_, { up = 0, down = 0, from, wanted, recommended, expected }) => {
  const list = recommended.map(([pods, minutes]) => ({ pods, at: minutesAgo(minutes) }));
  const args = { now: NOW, current: from, wanted, up: { window: up }, down: { window: down } };
  expect(stabilized(list, args).pods).toBe(expected);
});

test("a step is forgotten once a later one in its direction finds it older than that direction's periods", () => {
  const up = rules([4, 15]);
  const down = rules([1, 60]);
  const first = afterStep(firstMemory(0, 3), { now: 0, from: 3, to: 7, up, down });
  const kept = afterStep(first, { now: 15, from: 7, to: 11, up, down });
  expect(kept.ups).toEqual([
    { at: 0, change: 4 },
    { at: 15, change: 4 },
  ]);
  const replaced = afterStep(first, { now: 16, from: 7, to: 11, up, down });
  expect(replaced.ups).toEqual([{ at: 16, change: 4 }]);
});

const policy = fc.record({
  type: fc.constantFrom<Policy["type"]>("Pods", "Percent"),
  value: fc.integer({ min: 1, max: 200 }),
  period: fc.integer({ min: 1, max: 120 }),
});
const someRules = fc.record({
  window: fc.integer({ min: 0, max: 600 }),
  select: fc.constantFrom<Rules["select"]>("Max", "Min", "Disabled"),
  policies: fc.array(policy, { minLength: 1, maxLength: 2 }),
  tolerance: fc.constant(0.1),
});

test("whatever is wanted, pods stay within their bounds, and none goes while more are wanted than there are", () => {
  fc.assert(
    fc.property(
      someRules,
      someRules,
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 }),
      (up, down, wishes) => {
        let memory = firstMemory(0, 5);
        let pods = 5;
        wishes.forEach((wanted, i) => {
          const now = (i + 1) * 15;
          const next = paced(memory, { now, current: pods, wanted, min: 2, max: 40, up, down });
          expect(next.pods).toBeGreaterThanOrEqual(2);
          expect(next.pods).toBeLessThanOrEqual(40);
          if (wanted > pods) expect(next.pods).toBeGreaterThanOrEqual(pods);
          if (wanted < pods) expect(next.pods).toBeLessThanOrEqual(pods);
          memory = afterStep(next.memory, { now, from: pods, to: next.pods, up, down });
          pods = next.pods;
        });
      },
    ),
  );
});
