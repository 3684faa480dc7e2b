import type { Plan } from "../../../review/plan/plan";
import { changesArrive } from "../../../review/rules/changes-arrive";
import { objectsAccepted } from "../../../review/rules/objects-accepted";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, containersOf, errorsAfter, named, type Change, type Edit, type Inputs } from "./changed-plan";

/* What is taken by the API server's schema, and is refused or never runs all the same: in the real plan, one change at a time. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const RELAY = ["Deployment", "outbox-relay"] as const;
const container = (change: (container: Inputs) => void): Change => {
  return (inputs) => change(containersOf(inputs)[0]);
};
const image = (text: string) => container((c) => (c.image = text));
const spec = (change: (spec: Inputs) => void): Change => {
  return (inputs) => change(inputs.spec);
};

const REFUSED: readonly Edit[] = [
  ["an image with a space", ...RELAY, image("registry.example.com/mes/mes:2.14.0 "), /is no name of an image/],
  ["an image in capitals", ...RELAY, image("registry.example.com/MES/mes:2.14.0"), /is no name of an image/],
  ["two tags", ...RELAY, image("registry.example.com/mes/mes:2.14:0"), /is no name of an image/],
  ["an address", ...RELAY, image("https://registry.example.com/mes/mes:2.14.0"), /is no name of an image/],
  [
    "next to no memory",
    ...RELAY,
    container((c) => (c.resources.limits.memory = "8Mi")),
    /8 MiB of memory is less than the program/,
  ],
  [
    "of a pooler",
    "Pooler",
    "postgres-pooler-rw",
    spec((s) => (s.template.spec.containers[0].resources.limits.memory = "4Mi")),
    /4 MiB of memory/,
  ],
  ["of the broker", "RabbitmqCluster", "broker", spec((s) => (s.resources.requests.memory = "64Mi")), /use at least 256 MiB/],
  ["nowhere to write", ...RELAY, container((c) => (c.volumeMounts = c.volumeMounts.slice(0, 1))), /mounted at \/tmp/],
  [
    "a field of a pod that there is not",
    ...RELAY,
    container((c) => (c.env[0].valueFrom.fieldRef.fieldPath = "metadata.podName")),
    /no metadata.podName/,
  ],
  ["a scheduler of nobody", ...RELAY, spec((s) => (s.template.spec.schedulerName = "fast")), /no scheduler is called fast/],
  ["a rollout of no time", ...RELAY, spec((s) => (s.progressDeadlineSeconds = 5)), /progressDeadlineSeconds: is 5 s/],
  ["a certificate of nobody", "Certificate", "cache-tls", spec((s) => (s.dnsNames = [])), /names nobody/],
  [
    "another owner than its Secret's",
    "Cluster",
    "postgres",
    spec((s) => (s.bootstrap.initdb.owner = "mes_admin")),
    /is mes_admin, and its Secret postgres-owner is of the user mes_owner/,
  ],
  [
    "a certificate that is not read again",
    "Certificate",
    "postgres-tls",
    spec((s) => delete s.secretTemplate),
    /has no label cnpg.io\/reload/,
  ],
  [
    "a password that is not read again",
    "Secret",
    "postgres-user-order-api",
    (o) => delete o.metadata.labels["cnpg.io/reload"],
    /order-api has no label/,
  ],
  [
    "a LimitRange below the database",
    "LimitRange",
    "defaults",
    spec((s) => (s.limits[0].max = { memory: "2Gi" })),
    /Cluster postgres spec.resources: 16 GiB of memory is more than the 2 GiB/,
  ],
];

it.each(REFUSED)("finds %s", (...edit) => {
  expect(errorsAfter(plan, objectsAccepted, edit).join("\n")).toMatch(edit[4]);
});

it.each([
  "mes:2.14",
  "registry.example.com:5000/mes/mes:2.14.0",
  `docker.io/library/rabbitmq:4.3@sha256:${"0a".repeat(32)}`,
  "ghcr.io/a/b_c/d-e__f.g:V1",
])("takes the image %s", (text) => {
  expect(errorsAfter(plan, objectsAccepted, ["", ...RELAY, image(text), /./])).toEqual([]);
});

it("finds changes that never get there", () => {
  const ignoring = (path: string) =>
    changesArrive
      .check(changedIn(plan, "RabbitmqCluster", (_, resource) => (resource.ignoreChanges = [path]), named("broker")))
      .map(line);
  expect(ignoring("spec")).toEqual([expect.stringMatching(/^error .*ignores all changes of spec/)]);
  expect(ignoring("*")).toEqual([expect.stringMatching(/^error .*ignores all changes of everything/)]);
  expect(ignoring("spec.rabbitmq")).toEqual([expect.stringMatching(/^warning .*name the one field/)]);
  expect(ignoring("spec.replicas")).toEqual([]);
  expect(changesArrive.check(plan)).toEqual([]);
});
