import { decide, type Observed } from "../../../../review/forecast/autoscaling/controller";
import { firstMemory } from "../../../../review/forecast/autoscaling/pace";
import type { SeenPod } from "../../../../review/forecast/autoscaling/proposals";
import { CONTROLLER, DEFAULT_RULES, type AutoscalerSpec, type Metric } from "../../../../review/forecast/autoscaling/spec";

const NOW = 1000;
const requests: Metric = { kind: "average", source: { from: "prometheus", name: "requests" }, target: 10, activation: 0 };
const cpu: Metric = { kind: "utilization", resource: "cpu", target: 50 };

const spec = (metrics: readonly Metric[], min = 2, max = 20): AutoscalerSpec => ({
  target: "api",
  min,
  max,
  metrics,
  up: DEFAULT_RULES.up,
  down: { ...DEFAULT_RULES.down, window: 0 },
});

/** So many pods, each using so much of its core. */
const pods = (count: number, percent: number): SeenPod[] =>
  Array.from({ length: count }, () => ({
    phase: "Running",
    ready: true,
    readySince: 0,
    startedAt: 0,
    request: 1000,
    usage: { value: percent * 10, at: NOW, window: 15 },
  }));

function decided(of: AutoscalerSpec, seen: Partial<Observed> & Pick<Observed, "wanted" | "pods">) {
  const { pods: result, active } = decide(
    of,
    firstMemory(0, seen.wanted),
    { now: NOW, read: () => undefined, ...seen },
    CONTROLLER,
  );
  return { pods: result, active };
}

test("the metric counts that asks for the most", () => {
  const seen = { wanted: 4, pods: pods(4, 75) };
  expect(decided(spec([cpu, requests]), { ...seen, read: () => 30 })).toEqual({ pods: 6, active: true });
  expect(decided(spec([cpu, requests]), { ...seen, read: () => 75 })).toEqual({ pods: 8, active: true });
});

test("a metric that cannot be had lets pods come and none go", () => {
  expect(decided(spec([cpu, requests]), { wanted: 4, pods: pods(4, 75) })).toEqual({ pods: 6, active: true });
  expect(decided(spec([cpu, requests]), { wanted: 4, pods: pods(4, 10) })).toEqual({ pods: 4, active: false });
});

test("without any metric nothing changes", () => {
  expect(decided(spec([cpu, requests]), { wanted: 4, pods: pods(4, 100), resourcesKnown: false })).toEqual({
    pods: 4,
    active: false,
  });
});

test("bounds hold before anything is measured", () => {
  expect(decided(spec([requests], 2, 3), { wanted: 9, pods: pods(9, 0) })).toEqual({ pods: 3, active: true });
  expect(decided(spec([requests], 5, 9), { wanted: 2, pods: pods(2, 0) })).toEqual({ pods: 5, active: true });
});

test("a target with no pod is left alone", () => {
  expect(decided(spec([requests], 1), { wanted: 0, pods: [], read: () => 500 })).toEqual({ pods: 0, active: false });
});

test("a value from outside is held against the pods that are there, those that go left out", () => {
  const going = pods(4, 0).map((pod, i) => ({ ...pod, deleted: i < 2 }));
  expect(decided(spec([requests]), { wanted: 2, pods: going, read: () => 21 })).toEqual({ pods: 2, active: true });
  expect(decided(spec([requests]), { wanted: 2, pods: going, read: () => 23 })).toEqual({ pods: 3, active: true });
});
