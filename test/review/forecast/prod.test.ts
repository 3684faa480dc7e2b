import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { capacityOf } from "../../../review/forecast/capacity";
import { costOf } from "../../../review/forecast/cost";
import { busiestDay, demandOf } from "../../../review/forecast/demand";
import { modelOf } from "../../../review/forecast/model";
import { LIST_PRICES, readPrices } from "../../../review/forecast/prices";
import type { ForecastFacts } from "../../../review/plan/forecast-facts";
import type { Plan } from "../../../review/plan/plan";
import { totals } from "../../../review/report/totals";
import { planned } from "../../helpers/plans";

/* The forecast of prod, against its plan. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const facts = () => plan.facts?.forecast ?? fail();
function fail(): never {
  throw new Error("prod has no forecast");
}
/** The plan with another forecast. */
const expecting = (change: (facts: ForecastFacts) => Partial<ForecastFacts>): Plan => ({
  ...plan,
  facts: { ...(plan.facts ?? fail()), forecast: { ...facts(), ...change(facts()) } },
});
const times = (factor: number) => (all: ForecastFacts) => ({
  channels: all.channels.map((one) => ({ ...one, hours: one.hours.map((orders) => orders * factor) })),
});

test("roles are those of the plan: pods, requests, queues, connections, autoscalers", () => {
  const intake = modelOf(plan).roles.find(({ name }) => name === "order-intake");
  expect(intake).toMatchObject({ min: 3, max: 20, cpu: 0.5, database: "readwrite", connections: 5 });
  expect(intake?.queues).toEqual([{ name: "orders.inbound", maxLength: 500_000, maxBytes: 8 * 2 ** 30 }]);
  expect(intake?.autoscaler).toMatchObject({ target: "order-intake", keda: { minReplicas: 3, cooldown: 300 } });
  expect(intake?.autoscaler?.metrics.map(({ kind, target }) => [kind, target])).toEqual([
    ["utilization", 75],
    ["average", 100],
    ["average", 15],
  ]);
});

test("a day has the orders of its hours, peaks included", () => {
  const curve = busiestDay(facts(), "2026-11-26");
  expect(curve.title).toBe("the busiest day, Monday 2026-11-30");
  for (const { name, hours } of facts().channels) {
    let orders = 0;
    for (let second = 0; second < 86_400; second += 60) orders += curve.rate(name, second) * 60;
    expect(orders).toBeCloseTo(
      hours.reduce((a, b) => a + b, 0),
      3,
    );
  }
});

test("what a role is asked for in its busiest hour is that of all its channels together", () => {
  // 9 o'clock: 6,000 of the CRM and 4,000 of partners; 8 o'clock: 4,500 and 9,000.
  expect(demandOf(facts(), "outbox-relay").hour).toBeCloseTo(13_500 / 3600, 6);
  expect(demandOf(facts(), "order-intake").peak).toBeCloseTo((6500 / 3600) * 3, 6);
  expect(demandOf(facts(), "dashboard")).toEqual({ hour: 30, peak: 30, week: expect.closeTo(30, 9) });
});

test("the first limit is what has the least headroom, and is overrun just beyond it", () => {
  const { first, capacities } = capacityOf(plan, modelOf(plan));
  expect(first?.name).toBe("pricing");
  const headroom = first?.headroom ?? 0;
  expect(Math.min(...capacities.map((one) => one.headroom))).toBe(headroom);
  const grown = (factor: number) => {
    const other = expecting(times(factor));
    return capacityOf(other, modelOf(other)).capacities.find(({ name }) => name === "pricing");
  };
  expect(grown(headroom * 0.99)?.headroom).toBeGreaterThan(1);
  expect(grown(headroom * 1.01)?.headroom).toBeLessThan(1);
});

test("poolers and database have what their programs ask for", () => {
  const { capacities } = capacityOf(plan, modelOf(plan));
  const of = (name: string) => capacities.find((one) => one.name === name);
  expect(of("postgres-pooler-rw")).toMatchObject({ servers: 3 * 60 });
  expect(of("postgres-pooler-ro")).toMatchObject({ servers: 3 * 30, rate: expect.closeTo(90, 6) });
  expect(of("postgres, CPU of the replicas")).toMatchObject({ servers: 8, utilization: expect.closeTo((90 * 0.003) / 8, 6) });
});

test("a queue is full when its consumer has been away for so many orders", () => {
  const { fillings } = capacityOf(plan, modelOf(plan));
  const queue = fillings.find(({ name, unit }) => name === "orders.inbound" && unit === "messages");
  expect(queue?.fullAfter).toBeCloseTo(500_000 / (6500 / 3600), 3);
});

describe("cost", () => {
  const cost = (prices = LIST_PRICES, expected = new Map<string, number>()) => costOf(plan, expected, prices);

  test("is that of the plan's totals, pods of charts aside", () => {
    const { min, max } = totals(plan);
    const volumes = cost().lines.find(({ what }) => what === "volumes");
    expect(volumes?.amount.minimum).toBeCloseTo(min.volumes / 2 ** 30, 6);
    expect(volumes?.monthly?.minimum).toBeCloseTo((min.volumes / 2 ** 30) * 0.08, 6);
    const gpus = cost().lines.find(({ what }) => what === "GPUs");
    expect(gpus?.amount).toEqual({ minimum: min.gpus, expected: min.gpus, "full scale": max.gpus });
  });

  test("of the expected pods is between that of the fewest and the most", () => {
    const { monthly } = cost(LIST_PRICES, new Map([["order-intake", 7.5]]));
    expect(monthly.expected).toBeGreaterThan(monthly.minimum);
    expect(monthly.expected).toBeLessThan(monthly["full scale"]);
  });

  test("that is not known says on what it depends, and is in no sum", () => {
    const { lines, unknown, monthly } = cost();
    expect(lines.find(({ what }) => what === "GPUs")?.monthly).toBeUndefined();
    expect(unknown.join("\n")).toMatch(/GPUs: depends on the nodes.*\n3 buckets: depends on what is stored \(0.023 USD/);
    const priced = cost({ ...LIST_PRICES, gpuHour: { price: 1, source: "a contract" } });
    expect(priced.monthly.minimum - monthly.minimum).toBeCloseTo(2 * 730, 6);
  });
});

describe("a file of prices", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-prices-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const read = (name: string, text: string) => {
    fs.writeFileSync(path.join(folder, name), text);
    return readPrices(path.join(folder, name));
  };

  test("is YAML or JSON, and says what it knows", () => {
    const yaml = 'currency: EUR\ndate: "2026-11-01"\nregion: ours\ncpuHour: { price: 0.02, source: list }\n';
    const json = '{"currency":"EUR","date":"2026-11-01","region":"ours","cpuHour":{"price":0.02,"source":"list"}}';
    const expected = { currency: "EUR", date: "2026-11-01", region: "ours", cpuHour: { price: 0.02, source: "list" } };
    expect(read("prices.yaml", yaml)).toEqual(expected);
    expect(read("prices.json", json)).toEqual(expected);
  });

  test("that is wrong is told with its places", () => {
    const wrong =
      'currency: euro\ndate: "2026-11-01"\nregion: ours\ncpuHours: { price: 1, source: list }\ngpuHour: { price: -1, source: list }\n';
    expect(() => read("prices.yaml", wrong)).toThrow(
      /prices\.yaml:1:11 .*three letters[^]*:4:1 .*did you mean cpuHour[^]*:5:19 /,
    );
  });
});
