import { autoscalerSpec } from "../../../../review/forecast/autoscaling/read";
import type { AutoscalerSpec } from "../../../../review/forecast/autoscaling/spec";
import { kubeObjects } from "../../../../review/kubernetes/objects";
import { simulated, type LoadPart } from "./played";
import { IDLE, type Load } from "../../../controllers/load";
import { FASTER, stairsDown, stairsUp } from "../../../controllers/pace";
import { planned } from "../../../helpers/plans";

/*
 * The loads that test/controllers plays to the real autoscalers of prod, and what these were seen to do: the simulation does the same.
 * Time goes by as fast as there.
 */

let specs: AutoscalerSpec[];
beforeAll(async () => {
  const plan = await planned("prod");
  specs = kubeObjects(plan)
    .flatMap((object) => autoscalerSpec(object) ?? [])
    .map(faster);
}, 60_000);

/** Cores that the container of a role requests. */
const REQUESTS: Readonly<Record<string, number>> = {
  "order-intake": 0.5,
  "order-api": 0.5,
  dashboard: 0.25,
  pricing: 4,
  "outbox-relay": 0.2,
};

function faster(spec: AutoscalerSpec): AutoscalerSpec {
  const rules = (own: AutoscalerSpec["up"]) => ({
    ...own,
    window: own.window / FASTER,
    policies: own.policies.map((policy) => ({ ...policy, period: policy.period / FASTER })),
  });
  const { keda } = spec;
  const quick = keda && { ...keda, pollingInterval: keda.pollingInterval / FASTER, cooldown: keda.cooldown / FASTER };
  return { ...spec, up: rules(spec.up), down: rules(spec.down), ...(quick && { keda: quick }) };
}

/** The rules as `pace.ts` reads them. */
const asDeclared = ({ window, select, policies }: AutoscalerSpec["up"]) => ({
  stabilizationWindowSeconds: window,
  selectPolicy: select,
  policies: policies.map(({ type, value, period }) => ({ type, value, periodSeconds: period })),
});

/** Numbers of pods, and when, of a role that begins with so many. */
const told = (spec: AutoscalerSpec, from: number, parts: readonly LoadPart[]) =>
  simulated(spec, REQUESTS[spec.target] ?? 1, from, parts, 0);
const pods = (spec: AutoscalerSpec, from: number, load: Load) =>
  told(spec, from, [{ seconds: 60, load }]).map(({ replicas }) => replicas);

const halfway = ({ min, max }: AutoscalerSpec) => Math.ceil((min + max) / 2);

/** As much as asks for half of the pods between least and most: messages that wait, requests, GPUs, CPU. */
const HALF: Load = {
  roles: {
    "order-api": { requests: 50 * 12 },
    dashboard: { requests: 30 * 6 },
    pricing: { gpu: 70 * 3 },
    "outbox-relay": { cpu: 0.7 * 0.2 * 4 },
  },
  queues: { "orders.inbound": { messages: 100 * 12, rate: 0 } },
};
/** More than all pods are enough for, each by another metric. */
const MOST: Load = {
  roles: {
    "order-api": { requests: 50, cpu: 0.65 * 0.5 * 30 },
    dashboard: { requests: 30, cpu: 0.7 * 0.25 * 30 },
    pricing: { gpu: 70, requests: 5 * 30 },
    "outbox-relay": { cpu: 0.7 * 0.2 * 30 },
  },
  queues: { "orders.inbound": { messages: 100, rate: 15 * 30 } },
};

test("prod has five autoscalers", () => {
  expect(specs.map(({ target }) => target).sort()).toEqual(Object.keys(REQUESTS).sort());
});

test("up by the declared steps, to as many as the load asks for", () => {
  for (const spec of specs) expect(pods(spec, spec.min, HALF)).toEqual(stairsUp(spec.min, halfway(spec), asDeclared(spec.up)));
});

test("up by the metric that asks for the most, to the declared number", () => {
  for (const spec of specs)
    expect(pods(spec, halfway(spec), MOST)).toEqual(stairsUp(halfway(spec), spec.max, asDeclared(spec.up)));
});

test("no pod less for a pause that is shorter than the window", () => {
  for (const spec of specs) {
    const pause = [
      { seconds: 5, load: MOST },
      { seconds: spec.down.window / 2, load: IDLE },
      { seconds: 20, load: MOST },
    ];
    expect(told(spec, spec.max, pause).map(({ replicas }) => replicas)).toEqual([spec.max]);
  }
});

test("down by the declared steps, the first not before the window is over, the last not before the periods of the others", () => {
  for (const spec of specs) {
    const [first, ...steps] = told(spec, spec.max, [
      { seconds: 5, load: MOST },
      { seconds: 200, load: IDLE },
    ]);
    expect([first, ...steps].map((step) => step?.replicas)).toEqual(stairsDown(spec.max, spec.min, asDeclared(spec.down)));
    const period = Math.max(...spec.down.policies.map((policy) => policy.period));
    const earliest = (5 + spec.down.window - 1) * 1000;
    expect(steps[0]?.at).toBeGreaterThanOrEqual(earliest);
    expect(steps.at(-1)?.at).toBeGreaterThanOrEqual(earliest + (steps.length - 1) * period * 1000);
    // And no later than the syncs make it.
    expect(steps.at(-1)?.at).toBeLessThanOrEqual(earliest + (2 + (steps.length - 1) * (period + 1)) * 1000);
  }
});
