import type { Plan } from "../../../review/plan/plan";
import { scalingActs } from "../../../review/rules/scaling-acts";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

/* Triggers as KEDA reads them, and targets that a load can get to: in the real plan, one change at a time. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const INTAKE = ["ScaledObject", "order-intake"] as const;
const API = ["ScaledObject", "order-api"] as const;
const RELAY = ["HorizontalPodAutoscaler", "outbox-relay"] as const;

const trigger = (name: string, change: (metadata: Inputs, trigger: Inputs) => void): Change => {
  return ({ spec }) => {
    const one = spec.triggers.find((each: Inputs) => each.name === name);
    change(one.metadata, one);
  };
};
const length = (change: (metadata: Inputs, trigger: Inputs) => void) => trigger("orders-inbound-length", change);
const requests = (change: (metadata: Inputs) => void) => trigger("requests", change);
const spec = (change: (spec: Inputs) => void): Change => {
  return (inputs) => change(inputs.spec);
};
const target = (change: (target: Inputs) => void) => spec(({ metrics }) => change(metrics[0].containerResource.target));

const REFUSED: readonly Edit[] = [
  ["a mode of nobody", ...INTAKE, length((m) => (m.mode = "Length")), /metadata.mode: Length is refused by KEDA/],
  ["no mode", ...INTAKE, length((m) => delete m.mode), /has no mode, without which/],
  ["a protocol of nobody", ...INTAKE, length((m) => (m.protocol = "https")), /https is refused.*use auto, http, amqp/],
  [
    "rates by AMQP",
    ...INTAKE,
    trigger("orders-inbound-rate", (m) => (m.protocol = "amqp")),
    /by which MessageRate cannot be asked for/,
  ],
  ["no authentication", ...INTAKE, length((_, t) => delete t.authenticationRef), /authenticationRef: has no host/],
  [
    "a misspelt key",
    ...INTAKE,
    length((m) => (m.queuename = m.queueName)),
    /knows no queuename and passes it over; use queueName/,
  ],
  ["a text for a truth", ...INTAKE, length((m) => (m.excludeUnacknowledged = "no")), /no is refused/],
  ["a number of nobody", ...INTAKE, length((m) => (m.activationValue = "few")), /few is no number/],
  ["a scaler of nobody", ...INTAKE, length((_, t) => (t.type = "rabbit-mq")), /no scaler rabbit-mq.*use rabbitmq/],
  [
    "two of one name",
    ...INTAKE,
    length((_, t) => (t.name = "orders-inbound-rate")),
    /two triggers are called orders-inbound-rate/,
  ],
  ["no trigger", ...INTAKE, spec((s) => (s.triggers = [])), /is empty: nothing adds a pod/],
  ["an absolute target", ...INTAKE, length((_, t) => (t.metricType = "Value")), /compares all pods' work with the target of one/],
  ["a share of a queue", ...INTAKE, length((_, t) => (t.metricType = "Utilization")), /refuses for rabbitmq; use AverageValue/],
  ["CPU in cores", ...INTAKE, trigger("cpu", (_, t) => (t.metricType = "AverageValue")), /75 of cpu .* never uses/],
  ["CPU of no type", ...INTAKE, trigger("cpu", (_, t) => delete t.metricType), /is not there, which KEDA refuses for cpu/],
  ["a zone of nobody", ...API, trigger("schedule-0", (m) => (m.timezone = "Europe/Berln")), /no time zone Europe\/Berln/],
  ["no zone", ...API, trigger("schedule-0", (m) => delete m.timezone), /has no timezone/],
  [
    "a server of nobody",
    ...API,
    requests((m) => (m.serverAddress = "http://prometheus.monitoring.svc:9090")),
    /no Service is called/,
  ],
  [
    "a short name of one",
    ...API,
    requests((m) => (m.serverAddress = "http://prometheus:9090")),
    /no Service is called prometheus/,
  ],
  ["no address", ...API, requests((m) => (m.serverAddress = "prometheus:9090")), /is no address/],
  ["a range of one scrape", ...API, requests((m) => (m.query = m.query.replace("[2m]", "[10s]"))), /range of 10s/],
  ["a threshold of nobody", ...API, requests((m) => (m.threshold = "1000000")), /out of reach/],
  ["its own requests, from none", ...API, spec((s) => (s.minReplicaCount = 0)), /nothing starts the first one/],
  [
    "CPU alone, from none",
    ...API,
    spec((s) => Object.assign(s, { minReplicaCount: 0, triggers: s.triggers.slice(0, 1) })),
    /CPU and memory of no pod/,
  ],
  ["a fallback of CPU", ...API, spec((s) => (s.triggers = s.triggers.slice(0, 1))), /spec.fallback: .*KEDA refuses it/],
  [
    "a target of another type",
    ...RELAY,
    target((t) => Object.assign(t, { type: "AverageValue" })),
    /does not go with type, averageUtilization/,
  ],
  [
    "more CPU than a pod has",
    ...RELAY,
    spec((s) => (s.metrics[0].containerResource.target = { type: "AverageValue", averageValue: "70" })),
    /70 of cpu/,
  ],
];

it.each(REFUSED)("finds %s", (...edit) => {
  expect(errorsAfter(plan, scalingActs, edit).join("\n")).toMatch(edit[4]);
});

const FINE: readonly (readonly [string, string, string, Change])[] = [
  ["an address outside", ...API, requests((m) => (m.serverAddress = "https://prometheus.example.com"))],
  ["an address known after apply", ...API, requests((m) => (m.serverAddress = "[known after apply]"))],
  ["an address of its own", ...INTAKE, length((m, t) => (delete t.authenticationRef, (m.hostFromEnv = "BROKER_URL")))],
  [
    "an authentication that is somewhere else",
    ...INTAKE,
    length((_, t) => (t.authenticationRef.kind = "ClusterTriggerAuthentication")),
  ],
  ["a scaler without a table", ...INTAKE, length((m, t) => ((t.type = "kafka"), (m.topic = "orders")))],
  [
    "an amount of CPU below the limit",
    ...INTAKE,
    trigger("cpu", (m, t) => ((t.metricType = "AverageValue"), (m.value = "400m"))),
  ],
];
it.each(FINE)("takes %s", (_, kind, name, change) => {
  expect(scalingActs.check(changedIn(plan, kind, change, named(name))).map(line)).toEqual([]);
});

it("warns where a backlog is not counted", () => {
  const changed = changedIn(
    plan,
    "ScaledObject",
    length((m) => (m.excludeUnacknowledged = "true")),
    named("order-intake"),
  );
  expect(scalingActs.check(changed).map(line)).toEqual([expect.stringMatching(/^warning .*fetched and not handled/)]);
});
