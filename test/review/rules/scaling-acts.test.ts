import type { Plan } from "../../../review/plan/plan";
import { scalingActs } from "../../../review/rules/scaling-acts";
import { planned } from "../../helpers/plans";
import { changedIn, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

/* Autoscalers that look healthy and add no pod: in the real plan, one change at a time, and the nearest changes that do no harm. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const trigger = (name: string, change: (metadata: Inputs) => void) =>
  spec(({ triggers }) => change(triggers.find((one: Inputs) => one.name === name).metadata));
const behavior = (change: (behavior: Inputs) => void) => spec((s) => change(s.advanced.horizontalPodAutoscalerConfig.behavior));
const query = (from: string, to: string) => trigger("requests", (m) => (m.query = m.query.replaceAll(from, to)));
const pause = (key: string, value: string): Change => {
  return (inputs) => (inputs.metadata.annotations = { ...inputs.metadata.annotations, [`autoscaling.keda.sh/${key}`]: value });
};

const INTAKE = ["ScaledObject", "order-intake"] as const;
const API = ["ScaledObject", "order-api"] as const;

describe("an autoscaler", () => {
  const IDLE: readonly Edit[] = [
    ["it is paused", ...INTAKE, pause("paused", "true"), /pauses it/],
    ["at a number", ...INTAKE, pause("paused-replicas", "3"), /pauses it/],
    ["its fewest are its most", ...INTAKE, spec((s) => (s.maxReplicaCount = 3)), /both 3: it scales nothing/],
    ["it adds nothing", ...INTAKE, behavior((b) => (b.scaleUp.selectPolicy = "Disabled")), /no pod is ever added/],
    [
      "it adds one an hour",
      ...INTAKE,
      behavior((b) => (b.scaleUp.policies = [{ type: "Pods", value: 1, periodSeconds: 1800 }])),
      /minutes from 3 to 20/,
    ],
    [
      "it adds none of a hundred",
      ...INTAKE,
      behavior((b) => (b.scaleUp.policies = [{ type: "Percent", value: 0, periodSeconds: 15 }])),
      /for ever/,
    ],
    ["it waits for an hour", ...INTAKE, behavior((b) => (b.scaleUp.stabilizationWindowSeconds = 3600)), /3600 s/],
    ["it looks twice an hour", ...INTAKE, spec((s) => (s.pollingInterval = 1800)), /seen that late/],
    [
      "a fallback for the kubelets",
      ...INTAKE,
      spec((s) => (s.triggers = s.triggers.filter((one: Inputs) => one.type === "cpu"))),
      /all triggers are cpu or memory/,
    ],
    ["a fallback below nothing", ...INTAKE, spec((s) => (s.fallback.failureThreshold = -1)), /below 0, which KEDA refuses/],
    ["idle is as many", ...INTAKE, spec((s) => (s.idleReplicaCount = 3)), /not below the fewest pods \(3\)/],
    ["two triggers of a name", ...INTAKE, spec((s) => s.triggers.push({ ...s.triggers.at(-1) })), /as another trigger's/],
    ["its fallback is nobody", ...INTAKE, spec((s) => (s.fallback.replicas = 0)), /0 pods while nothing can be measured/],
    [
      "no such queue",
      ...INTAKE,
      trigger("orders-inbound-length", (m) => (m.queueName = "orders.inbond")),
      /no queue orders.inbond/,
    ],
    ["no such virtual host", ...INTAKE, trigger("orders-inbound-rate", (m) => (m.vhostName = "/")), /in the virtual host \//],
    [
      "another role's queue",
      ...INTAKE,
      trigger("orders-inbound-length", (m) => (m.queueName = "orders.status")),
      /does not consume orders.status/,
    ],
    ["no number", ...INTAKE, trigger("orders-inbound-rate", (m) => (m.value = "many")), /no number of pods/],
    [
      "nothing starts for a few",
      ...INTAKE,
      spec((s) =>
        Object.assign(s, {
          minReplicaCount: 0,
          triggers: [{ ...s.triggers[1], metadata: { ...s.triggers[1].metadata, activationValue: "50" } }],
        }),
      ),
      /50 messages wait for ever/,
    ],
    ["another role's requests", ...API, query('job="order-api"', 'job="dashboard"'), /job="dashboard", which is not/],
    ["another namespace's", ...API, query('namespace="mes"', 'namespace="prod"'), /namespace="prod"/],
    [
      "nobody's pods",
      "ScaledObject",
      "pricing",
      trigger("gpu", (m) => (m.query = m.query.replace("pricing-", "princing-"))),
      /princing/,
    ],
    ["more than a whole GPU", "ScaledObject", "pricing", trigger("gpu", (m) => (m.threshold = "140")), /140 % of use/],
    ["an outage is no load", ...API, trigger("requests", (m) => delete m.ignoreNullValues), /no answer counts as no load/],
    ["a share above the limit", ...API, trigger("cpu", (m) => (m.value = "650")), /never uses more than 300 %/],
    ["hours that never come", ...API, trigger("schedule-0", (m) => (m.start = "30 6 31 2 *")), /never comes/],
    ["hours that have no end", ...API, trigger("schedule-0", (m) => (m.end = m.start)), /never holds/],
    ["hours that change nothing", ...API, trigger("schedule-0", (m) => (m.desiredReplicas = "3")), /changes nothing/],
    [
      "hours beyond the most",
      ...API,
      trigger("schedule-0", (m) => (m.desiredReplicas = "30")),
      /more than maxReplicaCount \(20\)/,
    ],
    [
      "a share of a limited CPU",
      "Deployment",
      "order-api",
      (d) => (d.spec.template.spec.containers[0].resources.limits.cpu = "250m"),
      /50 %, its limit/,
    ],
    [
      "of the relay",
      "HorizontalPodAutoscaler",
      "",
      spec((s) => s.metrics.forEach((m: Inputs) => ((m.resource ?? m.containerResource).target.averageUtilization = 500))),
      /500 % of the cpu/,
    ],
    [
      "of the relay, which adds nothing",
      "HorizontalPodAutoscaler",
      "",
      spec((s) => (s.behavior = { scaleUp: { selectPolicy: "Disabled" } })),
      /no pod is ever added/,
    ],
  ];

  it.each(IDLE)("does nothing, or too late: %s", (...edit) => {
    expect(errorsAfter(plan, scalingActs, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  const ACTIVE: readonly (readonly [string, string, string, Change])[] = [
    ["as it is", ...INTAKE, () => undefined],
    ["paused no more", ...INTAKE, pause("paused", "false")],
    ["from nothing", ...INTAKE, spec((s) => Object.assign(s, { minReplicaCount: 0 }))],
    ["slowly", ...INTAKE, behavior((b) => (b.scaleUp.policies = [{ type: "Pods", value: 2, periodSeconds: 60 }]))],
    ["by a longer queue", ...INTAKE, trigger("orders-inbound-length", (m) => (m.value = "5000"))],
    ["by several jobs", ...API, query('job="order-api"', 'job=~"order-api|dashboard"')],
    ["at a higher share", ...API, trigger("cpu", (m) => (m.value = "110"))],
    ["at other hours", ...API, trigger("schedule-0", (m) => (m.start = "0 5 * * MON-FRI"))],
  ];

  it.each(ACTIVE)("acts: %s", (...edit) => {
    expect(errorsAfter(plan, scalingActs, edit)).toEqual([]);
  });
});

it.each<[string, Change, RegExp]>([
  ["no fallback", spec((s) => delete s.fallback), /pods stay as few as they are/],
  ["a fallback after hours", spec((s) => (s.fallback.failureThreshold = 500)), /500: that many measurements fail/],
  [
    "a source that has no time",
    spec((s) => s.triggers.forEach((one: Inputs) => (one.metadata.timeout = "50"))),
    /50 ms: a busy source/,
  ],
])("warns of %s", (_, change, expected) => {
  const warnings = scalingActs
    .check(changedIn(plan, "ScaledObject", change, named("order-intake")))
    .map(({ message }) => message);
  expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
});
