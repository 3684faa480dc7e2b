import fc from "fast-check";
import * as path from "node:path";
import type { Plan, Resource } from "../../review/plan/plan";
import { planStack } from "../../review/plan/stack";
import { jsonReport } from "../../review/report/json";
import { manifestsOf } from "../../review/report/manifests";
import { NO_COLOURS } from "../../review/report/palette";
import { textReport } from "../../review/report/text";
import { findingsOf } from "../../review/rules";
import { PROJECT_DIRECTORY } from "../helpers/record";

/** Values that stand where something else is expected. */
const ODD: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    "[secret]",
    "[known after apply]",
    {},
    [],
    [null],
    [[]],
    0,
    -1,
    1e9,
    NaN,
    "50%",
    "x",
    true,
  ),
  fc.constantFrom<unknown>(
    { name: 7 },
    { matchLabels: "x" },
    { matchLabels: null },
    { $: { $: [] } },
    "__proto__",
    "constructor",
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Replaces what a path of random choices leads to. */
function mutate(value: unknown, choices: readonly number[], odd: unknown): unknown {
  const [choice, ...rest] = choices;
  if (choice === undefined || typeof value !== "object" || value === null) return odd;
  const keys = Object.keys(value);
  if (keys.length === 0) return odd;
  const key = keys[choice % keys.length] ?? "";
  const child: unknown = mutate((value as Record<string, unknown>)[key], rest, odd);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === key ? child : item));
  return { ...value, [key]: child };
}

let plan: Plan;

beforeAll(async () => {
  const file = path.join(PROJECT_DIRECTORY, "Pulumi.prod.yaml");
  plan = await planStack({ stack: "prod", file, projectDirectory: PROJECT_DIRECTORY });
}, 60_000);

const mutation = fc.record({
  resource: fc.nat(),
  choices: fc.array(fc.nat(50), { minLength: 0, maxLength: 9 }),
  odd: ODD,
});

describe("however odd a plan is", () => {
  it("rules find, and reports show, but neither crashes", () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 12 }), (mutations) => {
        const resources: Resource[] = [...plan.resources];
        const odd = new Set<number>();
        for (const { resource, choices, odd: value } of mutations) {
          const i = resource % resources.length;
          odd.add(i);
          const one = resources[i];
          if (one === undefined) continue;
          const inputs = mutate(one.inputs, choices, value);
          resources[i] = { ...one, inputs: (typeof inputs === "object" && inputs !== null ? inputs : {}) as Resource["inputs"] };
        }
        const mutated = { ...plan, resources };
        const findings = findingsOf(mutated);
        for (const finding of findings) expect(finding.message).not.toMatch(/undefined|\[object Object\]|NaN/);
        textReport(mutated, findings, { palette: NO_COLOURS, details: true });
        const mutants = { ...plan, resources: [...odd].map((i) => resources[i]!) };
        manifestsOf(mutants);
        JSON.stringify(jsonReport(mutants, findings));
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 6) },
    );
  });

  it("an empty one too", () => {
    const empty: Plan = { version: 1, stack: "empty", resources: [], outputs: {} };
    expect(findingsOf(empty)).toEqual([]);
    expect(textReport(empty, [], { palette: NO_COLOURS })).toContain("empty: 0 resources");
  });
});
