import { FIRST_KEDA_MEMORY, polled, type KedaMemory } from "../../../../review/forecast/autoscaling/keda";
import { firstState, look, nextLook, type ScalerState } from "../../../../review/forecast/autoscaling/simulation";
import { DEFAULT_RULES, type AutoscalerSpec, type Keda } from "../../../../review/forecast/autoscaling/spec";

const FALLBACK = { behavior: "currentReplicasIfHigher", replicas: 6, failureThreshold: 3 } as const;
const awake: Keda = { minReplicas: 2, pollingInterval: 15, cooldown: 300, fallback: FALLBACK };
const sleepy: Keda = { ...awake, minReplicas: 0 };

/** What KEDA's loop makes of it. Source: https://github.com/kedacore/keda/blob/v2.21.0/pkg/scaling/executor/scale_executor_test.go */
const round = (keda: Keda, current: number, triggers: readonly (boolean | undefined)[], memory: KedaMemory = FIRST_KEDA_MEMORY) =>
  polled(keda, memory, { now: 1000, current, triggers }).pods;

test.each<[string, number, number]>([
  ["something to do starts the first pod", round(sleepy, 0, [false, true]), 1],
  ["or as many as there are at least", round({ ...awake }, 0, [true]), 2],
  ["beyond the first the controller decides", round(sleepy, 3, [true]), 3],
  ["nothing to do, and never had: no pod", round(sleepy, 3, [false]), 0],
  ["nothing to do, but within the cooldown", round(sleepy, 3, [false], { failures: {}, activeAt: 700 }), 3],
  ["nothing to do, and the cooldown is over", round(sleepy, 3, [false], { failures: {}, activeAt: 699 }), 0],
  ["a role that may not sleep has its least number", round(awake, 1, [false]), 2],
  ["a source that fails stops nobody", round(sleepy, 3, [false, undefined]), 3],
  ["nor one without a fallback", round({ ...sleepy, fallback: undefined }, 3, [undefined]), 3],
  ["CPU alone keeps a role awake", round(sleepy, 3, []), 3],
])("%s", (_, pods, expected) => {
  expect(pods).toBe(expected);
});

const spec = (keda: Keda): AutoscalerSpec => ({
  target: "intake",
  min: Math.max(1, keda.minReplicas),
  max: 20,
  metrics: [{ kind: "average", source: { from: "queue", queue: "orders", what: "length" }, target: 100, activation: 5 }],
  up: DEFAULT_RULES.up,
  down: { ...DEFAULT_RULES.down, window: 0 },
  keda,
});

/** Plays seconds of a role whose pods are there at once. Returns every number of pods that it is told to have, and when. */
function play(of: AutoscalerSpec, from: number, seconds: number, messages: (at: number) => number | undefined) {
  const steps: [at: number, pods: number][] = [];
  let state: ScalerState = firstState(0, from);
  for (let now = nextLook(of, state); now < seconds; now = nextLook(of, state)) {
    const pods = Array.from({ length: state.wanted }, () => ({
      phase: "Running" as const,
      ready: true,
      readySince: 0,
      startedAt: 0,
      request: 1000,
    }));
    const before = state.wanted;
    state = look(of, state, now, { pods, read: () => messages(now) });
    if (state.wanted !== before) steps.push([now, state.wanted]);
  }
  return steps;
}

test("a queue that fills is followed by the declared steps", () => {
  expect(play(spec(awake), 2, 60, (at) => (at < 15 ? 0 : 1100))).toEqual([
    [15, 6],
    [30, 11],
  ]);
});

test("more messages than the activation value wake a role that sleeps, and it sleeps again after the cooldown", () => {
  const wakes = play(spec(sleepy), 0, 600, (at) => (at < 30 ? 5 : at < 60 ? 6 : 0));
  expect(wakes[0]).toEqual([30, 1]);
  // Last seen active at 45; the cooldown has to be over, not only reached.
  expect(wakes[1]).toEqual([360, 0]);
});

test("while nothing can be measured the number stays, then the fallback comes", () => {
  // The controller asks every 15 s and, told of a failure, leaves KEDA's own loop to ask as well: both count.
  const [first] = play(spec(awake), 2, 300, () => undefined);
  expect(first).toEqual([30, 6]);
  // More pods than the fallback has stay.
  expect(play(spec(awake), 9, 300, () => undefined)).toEqual([]);
  // Without a fallback nothing happens at all.
  expect(play(spec({ ...awake, fallback: undefined }), 2, 300, () => undefined)).toEqual([]);
});
