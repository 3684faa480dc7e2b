import { schemaTable } from "../../../review/kubernetes/schemas/table";
import type { Plan } from "../../../review/plan/plan";
import { objectsAccepted } from "../../../review/rules/objects-accepted";
import { planned } from "../../helpers/plans";
import { MODULES, requiredVersions } from "../../schemas/sources";
import { line } from "../fixtures";
import { changedIn, errorsAfter, type Edit } from "./changed-plan";

/* The schema of each object's kind, as the API server has it. `npm run schemas` derives the table; test/schemas holds it against its sources. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const errors = (changed: Plan) =>
  objectsAccepted
    .check(changed)
    .filter(({ severity }) => severity === "error")
    .map(line);

describe("the schema of a kind", () => {
  const REFUSED: readonly Edit[] = [
    [
      "a misspelt field of a pod",
      "Deployment",
      "order-api",
      ({ spec }) => (spec.template.spec.terminationGracePeriodSecond = 5),
      /terminationGracePeriodSecond: is no field that there is; use terminationGracePeriodSeconds/,
    ],
    ["a field of nobody", "Service", "order-api", ({ spec }) => (spec.color = "red"), /spec.color: .*remove it/],
    [
      "a type that there is not",
      "NetworkPolicy",
      "allow-order-api",
      ({ spec }) => (spec.policyTypes = ["Incoming"]),
      /policyTypes\[0\]: Incoming is none of the values that are taken: Ingress, Egress/,
    ],
    ["a field of a custom resource", "Cluster", "", ({ spec }) => (spec.instanses = 3), /spec.instanses: .*use instances/],
    ["one below it", "Cluster", "", ({ spec }) => (spec.storage.syze = "1Gi"), /spec.storage.syze: .*use size/],
    ["a text for a number", "Cluster", "", ({ spec }) => (spec.instances = "three"), /three is no whole number/],
    [
      "a number for a text",
      "PriorityClass",
      "",
      (inputs) => (inputs.description = 5),
      /description: 5 is no text; put it in quotes/,
    ],
    ["a mapping for a list", "HTTPRoute", "", ({ spec }) => (spec.rules = {}), /spec.rules: \{\} is no list/],
    [
      "a name that is missing",
      "Certificate",
      "",
      ({ spec }) => delete spec.secretName,
      /spec: has no secretName, without which it is refused/,
    ],
    ["too few", "Cluster", "", ({ spec }) => (spec.instances = 0), /spec.instances: is 0, and 1 is the least/],
    [
      "a version that is gone",
      "HorizontalPodAutoscaler",
      "",
      (inputs) => (inputs.apiVersion = "autoscaling/v2beta2"),
      /does not serve autoscaling\/v2beta2 HorizontalPodAutoscaler; use autoscaling\/v2/,
    ],
    [
      "a kind that is gone",
      "PodDisruptionBudget",
      "",
      (inputs) => Object.assign(inputs, { apiVersion: "policy/v1beta1", kind: "PodSecurityPolicy" }),
      /there is no such kind/,
    ],
  ];
  it.each(REFUSED)("refuses %s", (...edit) => {
    expect(errorsAfter(plan, objectsAccepted, edit).join("\n")).toMatch(edit[4]);
  });

  it("takes all of the plan, what is not known yet, and what is null", () => {
    expect(errors(plan)).toEqual([]);
    const late = changedIn(plan, "Cluster", ({ spec }) => {
      spec.instances = "[known after apply]";
      spec.primaryUpdateStrategy = "[known after apply]";
      spec.superuserSecret = null;
    });
    expect(errors(late)).toEqual([]);
  });

  it("does not judge kinds of other operators, nor what a controller says of its work", () => {
    const foreign = changedIn(plan, "Certificate", (inputs) => {
      inputs.apiVersion = "certs.example.com/v1";
      inputs.status = { any: "thing" };
    });
    expect(errors(foreign)).toEqual([]);
  });

  /** A field that nobody knows, put into each mapping of each object in turn, is found wherever the API server knows its fields. */
  it("finds a field of nobody in every mapping that has fields of its own", () => {
    const table = schemaTable();
    const seen = { found: 0, free: 0 };
    for (const one of plan.resources) {
      const { apiVersion, kind } = one.inputs as { apiVersion?: string; kind?: string };
      if (!one.type.startsWith("kubernetes:") || one.type.endsWith("Patch") || kind === undefined) continue;
      expect(table.kinds).toHaveProperty([`${apiVersion ?? ""} ${kind}`]);
      if (typeof (one.inputs as { spec?: unknown }).spec !== "object") continue;
      const copy = structuredClone(one) as any;
      copy.inputs.spec.nobodyKnowsThis = 1;
      if (objectsAccepted.check({ ...plan, resources: [copy] }).some(({ message }) => message.includes("no field that there is")))
        seen.found += 1;
      else seen.free += 1;
    }
    expect(seen.free).toBe(0);
    expect(seen.found).toBeGreaterThan(200);
  });
});

test("the table is of the versions that tools/go requires; `npm run schemas` derives it again", () => {
  expect(schemaTable().versions).toEqual(requiredVersions());
  expect(Object.keys(MODULES).length).toBeGreaterThan(8);
});
