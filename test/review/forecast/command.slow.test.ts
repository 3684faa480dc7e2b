import * as fs from "node:fs";
import * as path from "node:path";
import { Factory, mes } from "../command";

const factory = new Factory();
const forecast = (...args: string[]) => mes(["forecast", ...args]);
const written = (name: string, text: string): string => {
  const file = path.join(factory.folder, name);
  fs.writeFileSync(file, text);
  return file;
};

test("prod: who is late, what is overrun first, what it costs", async () => {
  const { code, stdout, stderr } = await forecast();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^prod ─/);
  expect(stdout).toMatch(/orders late: none of 105,400\nfirst limit: pricing, at 2 × as many orders/);
  expect(stdout).toMatch(/order-api +3–6 /);
  expect(stdout).toMatch(/known together +[\d,]+ +[\d,]+ +[\d,]+/);
});

test("the same for programs", async () => {
  const { outcome, capacity, cost } = JSON.parse((await forecast("--stack", "prod", "--format", "json")).stdout) as Record<
    string,
    any
  >;
  expect(outcome).toMatchObject({ late: 0 });
  expect(capacity.first.name).toBe("pricing");
  expect(cost.currency).toBe("USD");
});

test("a recorded day that is too much ends with 1, and says where orders wait", async () => {
  const rush = written("rush.csv", "time,partners\n08:00,60000\n09:00,0\n");
  const { code, stdout } = await forecast("--stack", "prod", "--curve", rush);
  expect(code).toBe(1);
  expect(stdout).toMatch(/orders late: [\d,]+ of 60,000, at pricing/);
});

test("mistakes of a recorded day end with 2, each with its place", async () => {
  const wrong = written("wrong.csv", "time,partners\n08:00,many\n");
  const { code, stderr, stdout } = await forecast("--stack", "prod", "--curve", wrong);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`${wrong}:2:7: "many" is no number of orders; write it as 120`);
});

test("a stack without a forecast says what to add", async () => {
  const { code, stderr } = await forecast("--stack", "dev");
  expect(code).toBe(2);
  expect(stderr).toMatch(/Pulumi\.dev\.yaml has no mes:forecast: say how many orders are expected/);
});

test("a file of prices that is not there", async () => {
  const text = fs.readFileSync(path.join(__dirname, "..", "..", "..", "Pulumi.prod.yaml"), "utf8");
  const file = written("Pulumi.factory.yaml", text.replace("  mes:forecast:\n", "  mes:forecast:\n    prices: ours.yaml\n"));
  const { code, stderr } = await forecast("--stack-file", file);
  expect(code).toBe(2);
  expect(stderr).toContain("ours.yaml, which mes:forecast.prices names, is not there");
});
