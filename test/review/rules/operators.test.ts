import type { Plan } from "../../../review/plan/plan";
import { madeInOrder } from "../../../review/rules/made-in-order";
import { operatorsAct } from "../../../review/rules/operators-act";
import { planned } from "../../helpers/plans";
import { line } from "../fixtures";
import { changedIn, planWithout, type Change, type Inputs } from "./changed-plan";

/* Operators: there with their definitions, running, and before what they act on. In the real plan, one change at a time. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const OPERATORS = ["barman-cloud", "cert-manager", "cloudnative-pg", "keda", "metrics-server", "prometheus-operator", "rabbitmq"];
const acts = (changed: Plan) => operatorsAct.check(changed).map(line);
const order = (changed: Plan) => madeInOrder.check(changed).map(line);
const release = (of: string, change: (values: Inputs, inputs: Inputs) => unknown): Plan =>
  changedIn(
    plan,
    "Release",
    (inputs) => void change(inputs.values, inputs),
    ({ name }) => name === of,
  );
describe("an operator", () => {
  it("of the plan has nothing wrong with it", () => {
    expect(acts(plan)).toEqual([]);
    expect(order(plan)).toEqual([]);
  });

  it.each(OPERATORS)("%s that is left out leaves its objects to nobody, unless the cluster has it", (operator) => {
    const without = planWithout(plan, "Release", ({ name }) => name === operator);
    expect(acts(without).join("\n")).toMatch(`mes:operators.${operator}.install`);
    const operators = plan.facts?.operators?.map((one) => ({ ...one, installed: one.name !== operator }));
    expect(acts({ ...without, facts: { ...plan.facts, operators } as NonNullable<Plan["facts"]> })).toEqual([]);
  });

  it("is not judged where the plan does not say which there are", () => {
    const facts = { ...plan.facts, operators: undefined } as unknown as NonNullable<Plan["facts"]>;
    expect(acts({ ...planWithout(plan, "Release", () => true), facts })).toEqual([]);
  });

  it.each([
    ["keda", (values: Inputs) => (values.crds.install = false), /values.crds.install: .*CRDs.* no TriggerAuthentication/],
    ["cloudnative-pg", (values: Inputs) => (values.crds.create = false), /no Cluster can be made/],
    ["cert-manager", (values: Inputs) => (values.crds.enabled = false), /no ClusterIssuer can be made/],
    ["rabbitmq", (values: Inputs) => delete values.extraDeploy, /skipCrds: .* can be made; remove it/],
    ["cloudnative-pg", (values: Inputs) => (values.replicaCount = 0), /values.replicaCount: is 0: no pod/],
    ["keda", (values: Inputs) => (values.metricsServer.replicaCount = 0), /values.metricsServer.replicaCount: is 0/],
    ["prometheus-operator", (values: Inputs) => (values.prometheusOperator.enabled = false), /switches prometheusOperator/],
    ["cert-manager", (values: Inputs) => (values.webhook.enabled = false), /switches webhook/],
    ["cloudnative-pg", (values: Inputs) => (values.priorityClassName = "mes-operators"), /priority class mes-operators/],
    ["cert-manager", (values: Inputs) => (values.global.priorityClassName = "low"), /priority class low/],
    ["keda", (values: Inputs) => (values.imagePullSecrets = [{ name: "login" }]), /Secret mes-operators\/login/],
    [
      "rabbitmq",
      (values: Inputs) => (values.msgTopologyOperator.extraVolumes[0].secret.secretName = "ca"),
      /Secret mes-operators\/ca, which nothing makes/,
    ],
    ["rabbitmq", (values: Inputs) => delete values.msgTopologyOperator.extraVolumes, /does not trust the broker/],
    ["rabbitmq", (values: Inputs) => delete values.msgTopologyOperator.extraEnvVars, /does not trust the broker/],
    ["cloudnative-pg", (values: Inputs) => (values.resources.limits.memory = "16Mi"), /16 MiB of memory, in which/],
    ["keda", (values: Inputs) => (values.resources.operator.limits.memory = "64Mi"), /with a limit of 64 MiB/],
    ["keda", (values: Inputs) => (values.resources.operator.limits.memory = "1GB "), /is no quantity/],
  ])("%s: a slip in its values is found", (operator, change, expected) => {
    expect(acts(release(operator, change)).join("\n")).toMatch(expected);
  });

  it("may have its definitions in a chart of their own", () => {
    const without = planWithout(plan, "Release", ({ name }) => name === "prometheus-operator-crds");
    expect(acts(without).join("\n")).toMatch(/does not install its definitions \(CRDs\), and nothing else does/);
  });
});

describe("an object", () => {
  const free = (kind: string, of: string, on: RegExp, alone: boolean): Plan => {
    const change: Change = (_, resource) => {
      resource.dependsOn = alone ? [] : resource.dependsOn.filter((urn) => !on.test(urn));
      if (alone) resource.propertyDependencies = {};
    };
    return changedIn(plan, kind, change, (inputs, { name }) => [inputs.metadata?.name, name].includes(of));
  };

  it.each([
    ["Cluster", "postgres", /Cluster mes-data\/postgres does not depend on Release cloudnative-pg, the operator of its kind/],
    ["ScaledObject", "order-api", /Release keda/],
    ["Queue", "orders.inbound", /Release rabbitmq/],
    ["ServiceAccount", "order-api", /does not depend on Namespace apps, its namespace/],
    ["Release", "keda", /Release keda does not depend on Namespace operators/],
  ])("%s %s that may be declared too early is found", (kind, of, expected) => {
    expect(order(free(kind, of, /./, true)).join("\n")).toMatch(expected);
  });

  it("that comes after what it needs by way of others only is warned of", () => {
    expect(order(free("Cluster", "postgres", /:Release::/, false))).toEqual([
      expect.stringMatching(/^warning .*by way of other objects only/),
    ]);
  });
});
