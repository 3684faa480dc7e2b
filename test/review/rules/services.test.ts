import type { Plan } from "../../../review/plan/plan";
import { servicesReachPods } from "../../../review/rules/services-reach-pods";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, errorsAfter, named, type Edit } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

it("finds the pods of every Service of prod", () => {
  expect(servicesReachPods.check(prod)).toEqual([]);
});

it.each<Edit>([
  [
    "pods of the sender's node alone",
    "Service",
    "order-api",
    ({ spec }) => (spec.internalTrafficPolicy = "Local"),
    /internalTrafficPolicy: Local leads to pods of the sender's own node only, and Deployment mes\/order-api is not on every node/,
  ],
  [
    "a name that leads out of the cluster",
    "Service",
    "pricing",
    ({ spec }) => Object.assign(spec, { type: "ExternalName", externalName: "pricing.example.com" }),
    /ExternalName: the name leads to pricing.example.com/,
  ],
  [
    "a name that leads out of the cluster, and no selector",
    "Service",
    "pricing",
    (inputs) => (inputs.spec = { type: "ExternalName", externalName: "pricing.example.com" }),
    /where policies for pods open nothing/,
  ],
  ["no selector", "Service", "cache", ({ spec }) => delete spec.selector, /selects no pods, so that nobody answers/],
  [
    "pods that are not ready",
    "Service",
    "order-api",
    ({ spec }) => (spec.publishNotReadyAddresses = true),
    /leads requests to pods of Deployment mes\/order-api that are not ready yet/,
  ],
  [
    "no address, and another port",
    "Service",
    "pricing",
    ({ spec }) => (spec.clusterIP = "None"),
    /clients connect to port 80 of Deployment mes\/pricing, which listens on 8080/,
  ],
])("is told of %s", (...edit) => {
  expect(errorsAfter(prod, servicesReachPods, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
});

it("warns of requests that stay with one pod where there may be more of them", () => {
  const changed = changedIn(prod, "Service", ({ spec }) => (spec.sessionAffinity = "ClientIP"), named("order-api"));
  expect(servicesReachPods.check(changed).map(line)).toEqual([
    expect.stringMatching(
      /^warning .*sessionAffinity: sends all requests of one address to one pod of Deployment mes\/order-api/,
    ),
  ]);
});

it("lets pods on every node answer their own node", () => {
  const changed = changedIn(prod, "Service", ({ spec }) => (spec.internalTrafficPolicy = "Local"), named("otel-agent"));
  expect(servicesReachPods.check(changed)).toEqual([]);
});
