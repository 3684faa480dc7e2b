import { findingsOf } from "../../../review/rules";
import { withSettings } from "../../../review/rules/places/settings";
import { reporter, type Rule } from "../../../review/rules/rule";
import { suppressionsValid } from "../../../review/rules/suppressions-valid";
import type { Facts, Plan } from "../../../review/plan/plan";
import { planned } from "../../helpers/plans";
import { object, planOf } from "../fixtures";

const { error, warning } = reporter("orders-kept");
const ordersKept: Rule = {
  name: "orders-kept",
  title: "Orders are kept.",
  why: "They would be lost.",
  check: ({ resources }) =>
    resources.filter(({ name }) => name.startsWith("lossy")).map((one) => error(one, "spec", "loses orders")),
};
const RULES = [ordersKept, suppressionsValid];
const reason = "is replaced in January";

function judged(suppressions: NonNullable<Facts["suppressions"]>) {
  const objects = ["lossy-a", "lossy-b"].map((name) => object("apps/v1", "Deployment", name));
  return findingsOf(planOf([object("v1", "ConfigMap", "stack"), ...objects], { suppressions, today: "2026-11-26" }), RULES).map(
    ({ rule, severity, urn, message, suppressed }) =>
      [rule, severity, suppressed?.until ?? "open", urn.split("::").at(-1), message] as const,
  );
}

describe("a finding that is borne for a time", () => {
  it("is kept, marked, and comes last", () => {
    expect(
      judged([{ rule: "orders-kept", object: "Deployment lossy-a", reason, until: "2026-11-26" }]).map((one) => one.slice(0, 4)),
    ).toEqual([
      ["orders-kept", "error", "open", "lossy-b"],
      ["orders-kept", "error", "2026-11-26", "lossy-a"],
    ]);
    expect(
      judged([{ rule: "orders-kept", object: "Deployment lossy-*", reason, until: "2027-01-01" }]).filter(
        ([, , until]) => until === "open",
      ),
    ).toEqual([]);
  });

  it("is named as the object, or as the resource", () => {
    for (const about of ["Deployment mes/lossy-a", "Deployment lossy-a"]) {
      const found = judged([{ rule: "orders-kept", object: about, reason, until: "2027-01-01" }]);
      expect(found.map((one) => one[2])).toEqual(["open", "2027-01-01"]);
    }
  });

  it.each<[string, NonNullable<Facts["suppressions"]>[number], string, string]>([
    [
      "whose day is over",
      { rule: "orders-kept", object: "Deployment lossy-a", reason, until: "2026-11-25" },
      "error",
      "was suppressed until 2026-11-25; fix it",
    ],
    [
      "of a rule that there is not",
      { rule: "orders-keep", object: "Deployment lossy-a", reason, until: "2027-01-01" },
      "error",
      "there is no rule orders-keep",
    ],
    [
      "that is not found",
      { rule: "orders-kept", object: "Deployment other", reason, until: "2027-01-01" },
      "warning",
      "suppresses nothing; take it out",
    ],
  ])("is told again %s", (_, suppression, severity, message) => {
    const all = judged([suppression]);
    expect(all.filter(([rule, , until]) => rule === "orders-kept" && until === "open")).toHaveLength(2);
    expect(all).toEqual(
      expect.arrayContaining([["suppressions-valid", severity, "open", "mes-test", expect.stringContaining(message)]]),
    );
  });

  it("cannot be that a suppression is wrong", () => {
    const both = ["orders-kept", "suppressions-valid"].map((rule) => ({
      rule,
      object: "ConfigMap stack",
      reason,
      until: rule === "orders-kept" ? "2026-01-01" : "2027-01-01",
    }));
    expect(
      judged(both).some(([rule, severity, until]) => rule === "suppressions-valid" && severity === "error" && until === "open"),
    ).toBe(true);
  });
});

describe("the setting that a finding is about", () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planned("prod");
  }, 60_000);

  it.each<[string, string, string, string]>([
    // By the message.
    [
      "mes:broker:Broker$kubernetes:rabbitmq.com/v1beta1:Queue::q",
      "spec",
      'too long (mes:broker.queues["orders.status"].maxLengthBytes)',
      'mes:broker.queues["orders.status"].maxLengthBytes',
    ],
    [
      "mes:broker:Broker$kubernetes:rabbitmq.com/v1beta1:Queue::q",
      "spec",
      "too few; raise mes:postgres.instances.",
      "mes:postgres.instances",
    ],
    // By the component and the field.
    [
      "mes:postgres:Postgres$kubernetes:postgresql.cnpg.io/v1:Cluster::postgres",
      "spec.instances",
      "too few",
      "mes:postgres.instances",
    ],
    [
      "mes:postgres:Postgres$kubernetes:postgresql.cnpg.io/v1:Cluster::postgres",
      "spec.resources.limits.memory",
      "too little",
      "mes:postgres.resources.memory",
    ],
    ["mes:postgres:Postgres$kubernetes:postgresql.cnpg.io/v1:Cluster::postgres", "spec.affinity", "none", "mes:postgres"],
    ["mes:cache:Cache$mes:workload:Workload$kubernetes:apps/v1:Deployment::cache", "", "x", "mes:cache"],
  ])("%s, %s: %s", (name, path, message, key) => {
    const urn = `urn:pulumi:prod::mes::${name}`;
    const [found] = withSettings(plan, [{ ...warning(plan.resources[0]!, path, message), urn }]);
    expect(found?.setting).toMatchObject({ key });
    expect(found?.setting?.line).toBeGreaterThan(12);
  });

  it("is of the role whose resource it is", () => {
    const deployment = plan.resources.find(({ type, name }) => type.endsWith(":Deployment") && name === "order-api")!;
    const [found] = withSettings(plan, [warning(deployment, "spec.template.spec.containers[0].resources.limits.memory", "x")]);
    expect(found?.setting?.key).toBe("mes:roles.order-api.resources.memory");
  });

  it("is not told of what no stack file has", () => {
    expect(
      withSettings(planOf([]), [warning(object("v1", "ConfigMap", "a"), "", "mes:postgres.instances")])[0]?.setting,
    ).toBeUndefined();
  });
});
