import * as fs from "node:fs";
import * as path from "node:path";
import type { Plan } from "../../../review/plan/plan";
import { planStack } from "../../../review/plan/stack";
import { brokerRights } from "../../../review/rules/broker-rights";
import { metricsExported } from "../../../review/rules/metrics-exported";
import { operatorsAct } from "../../../review/rules/operators-act";
import { orderPaths } from "../../../review/rules/order-paths";
import { queueLimits } from "../../../review/rules/queue-limits";
import { referencesResolve } from "../../../review/rules/references-resolve";
import type { Rule } from "../../../review/rules/rule";
import { scalingActs } from "../../../review/rules/scaling-acts";
import { settingsFit } from "../../../review/rules/settings-fit";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { changedIn, errorsAfter, type Change, type Inputs } from "./changed-plan";

/* A broker that is there already is judged as the platform's own: one change at a time to the plan of a company's RabbitMQ. */

const FILE = path.join(PROJECT_DIRECTORY, "examples/company-rabbitmq.yaml");

let plan: Plan;
beforeAll(async () => {
  plan = await planStack({ stack: "factory", file: FILE, projectDirectory: PROJECT_DIRECTORY });
}, 60_000);

const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const definition = (values: object): Change => spec((of) => Object.assign(of.definition, values));

const CHANGES: readonly (readonly [string, Rule, string, string, Change, RegExp])[] = [
  [
    "a role may not read its queue",
    brokerRights,
    "Permission",
    "existing-mes",
    spec((of) => (of.permissions.read = "^$")),
    /orders\.inbound/,
  ],
  [
    "a user may do everything",
    brokerRights,
    "Permission",
    "existing-mes",
    spec((of) => (of.permissions.configure = ".*")),
    /configure/,
  ],
  [
    "a key is misspelt",
    orderPaths,
    "Binding",
    "existing-orders.inbound-e16e55a4",
    spec((of) => (of.routingKey = "order.inbuond.#")),
    /orders\.inbound/,
  ],
  [
    "parked orders are deleted",
    queueLimits,
    "Policy",
    "existing-orders.inbound.parked",
    definition({ "delivery-limit": 20 }),
    /deletes a parked order/,
  ],
  [
    "a message comes back for ever",
    queueLimits,
    "Policy",
    "existing-orders.inbound",
    definition({ "delivery-limit": -1 }),
    /without an end/,
  ],
  [
    "the operator does not trust the broker's CA",
    operatorsAct,
    "Release",
    "",
    (inputs) => {
      const operator = inputs.values?.msgTopologyOperator;
      if (operator !== undefined) operator.extraEnvVars[0].value = "/etc/ssl/certs:/etc/mes/ca";
    },
    /does not mount the CA of the broker at mq\.factory\.example/,
  ],
  [
    "no pod declares anything",
    operatorsAct,
    "Release",
    "",
    (inputs) => {
      const operator = inputs.values?.msgTopologyOperator;
      if (operator !== undefined) operator.replicaCount = 0;
    },
    /replicaCount.*is 0/,
  ],
  [
    "queues are not asked for",
    metricsExported,
    "ScrapeConfig",
    "broker-queues",
    spec((of) => (of.params.family = ["queue_coarse_metrics"])),
    /not asked for the family/,
  ],
  [
    "the autoscaler asks for another virtual host",
    scalingActs,
    "ScaledObject",
    "mes",
    spec((of) => of.triggers.forEach(({ metadata }: Inputs) => metadata.vhostName && (metadata.vhostName = "/"))),
    /vhostName|virtual host/,
  ],
  [
    "the administrator is in a Secret that nobody knows",
    referencesResolve,
    "Vhost",
    "existing-mes",
    spec((of) => (of.rabbitmqClusterReference.connectionSecret.name = "broker-admin")),
    /broker-admin/,
  ],
];

describe("what is declared in a broker that is there already", () => {
  it.each(CHANGES)("is wrong where %s", (_, rule, kind, name, change, expected) => {
    expect(errorsAfter(plan, rule, ["", kind, name, change]).join("\n")).toMatch(expected);
  });

  it("is right as it is", () => {
    for (const rule of new Set(CHANGES.map(([, one]) => one))) expect([rule.name, rule.check(plan)]).toEqual([rule.name, []]);
  });

  it("needs more connections than it takes, which is said with its setting", () => {
    const elsewhere = plan.facts?.brokerElsewhere;
    if (plan.facts === undefined || elsewhere === undefined) throw new Error("the example names no broker");
    const few = { ...plan, facts: { ...plan.facts, brokerElsewhere: { ...elsewhere, maxConnections: 3 } } };
    expect(settingsFit.check(few).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^the broker at mq\.factory\.example \(mes:broker\.existing\.maxConnections\) may have 3 connections/,
      ),
    ]);
  });

  it("has no pauses between attempts where its version knows none, and is asked for them where it does", () => {
    expect(queueLimits.check(plan)).toEqual([]);
    const elsewhere = plan.facts?.brokerElsewhere;
    if (plan.facts === undefined || elsewhere === undefined) throw new Error("the example names no broker");
    const newer = { ...plan, facts: { ...plan.facts, brokerElsewhere: { ...elsewhere, retries: true } } };
    expect(
      queueLimits
        .check(newer)
        .map(({ message }) => message)
        .join("\n"),
    ).toMatch(/tries a failed message again at once/);
  });

  it("is asked for by a management API behind a proxy as well", async () => {
    const text = fs.readFileSync(FILE, "utf8");
    const proxied = text.replace(
      "      host: mq.factory.example\n",
      (host) => `${host}      management: https://tools.factory.example/rabbit\n`,
    );
    const other = await planStack({ stack: "factory", file: FILE, text: proxied, projectDirectory: PROJECT_DIRECTORY });
    const hosts = JSON.stringify(other.resources.map(({ inputs }) => inputs));
    expect(hosts).toMatch(/https:\/\/autoscaler:[^@]*@tools\.factory\.example\/rabbit\/mes/);
    for (const rule of [brokerRights, scalingActs]) expect([rule.name, rule.check(other)]).toEqual([rule.name, []]);
  });

  it("is no RabbitmqCluster, so that an operator of them without pods is fine", () => {
    const some = changedIn(
      plan,
      "Release",
      (inputs) => expect(inputs.values.clusterOperator.replicaCount).toBe(0),
      ({ name }) => name === "rabbitmq",
    );
    expect(operatorsAct.check(some)).toEqual([]);
  });
});
