import fc from "fast-check";
import { diffPlans } from "../../../review/diff/changes";
import { isRecord } from "../../../review/kubernetes/value";
import type { Plan, Resource } from "../../../review/plan/plan";
import { planned } from "../../helpers/plans";
import { applied } from "./apply";

/*
 * Edits of the real plan of prod that know nothing of what is compared: a value anywhere is changed, removed or doubled, lists are shuffled, resources
 * come and go. Whatever is done, the changes must make the second plan out of the first.
 */

type Edit = (value: unknown, seed: number) => unknown;

const EDITS: readonly Edit[] = [
  (value, seed) =>
    typeof value === "number" ? value + 1 + (seed % 3) : typeof value === "boolean" ? !value : `${String(value)}x`,
  (value, seed) => (Array.isArray(value) ? value.map((_, i) => value[(i + seed) % value.length] as unknown) : value),
  (value) => (Array.isArray(value) ? value.slice(1) : undefined),
  (value) => (Array.isArray(value) ? [...value, ...value.slice(0, 1)] : { added: value }),
  (value, seed) => (typeof value === "string" ? value.replace(/\d+/, String(seed)) : null),
];

/** A value with one edit somewhere in it, led there by numbers. */
function edited(value: unknown, way: readonly number[], edit: Edit, seed: number): unknown {
  const [turn, ...rest] = way;
  const parts = Array.isArray(value) ? [...value.keys()] : isRecord(value) ? Object.keys(value) : [];
  if (turn === undefined || parts.length === 0) return edit(value, seed);
  const part = parts[turn % parts.length]!;
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === part ? edited(item, rest, edit, seed) : item));
  const record = value as Record<string, unknown>;
  const inner = edited(record[part], rest, edit, seed);
  const others = Object.entries(record).filter(([key]) => key !== part);
  return Object.fromEntries(inner === undefined ? others : [...others, [part, inner]]);
}

describe("no false negative", () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planned("prod");
  });

  const way = fc.array(fc.nat(1000), { minLength: 1, maxLength: 9 });
  const change = fc.record({ which: fc.nat(), way, edit: fc.constantFrom(...EDITS), seed: fc.nat(99) });

  test("whatever is edited in a real plan, the changes make it out of what it was", () => {
    const whole = fc.property(
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 3 }),
      (edits, gone) => {
        const resources = [...plan.resources];
        for (const { which, way: turns, edit, seed } of edits) {
          const place = which % resources.length;
          const one = resources[place]!;
          resources[place] = { ...one, inputs: edited(one.inputs, turns, edit, seed) as Resource["inputs"] };
        }
        const removed = new Set(gone.map((place) => resources[1 + (place % (resources.length - 1))]!.urn));
        const after = { ...plan, resources: resources.filter(({ urn }) => !removed.has(urn)) };
        if (after.resources.some(({ inputs }) => !isRecord(inputs))) return;
        const byUrn = new Map(diffPlans(plan.resources, after).changes.map((one) => [one.urn, one]));
        for (const urn of removed) expect(byUrn.get(urn)?.verdict).toBe("destroy");
        const were = new Map(plan.resources.map((one) => [one.urn, one]));
        for (const { urn, inputs } of after.resources) {
          const was = were.get(urn)!.inputs;
          // What no change tells of is what it was, to the letter; only these are compared deeply.
          if (inputs === was) continue;
          expect(applied(was, byUrn.get(urn)?.leaves ?? [])).toEqual(inputs);
        }
      },
    );
    fc.assert(whole, { numRuns: 40 });
  });

  test("and nothing is told of a plan and its copy", () => {
    const copy = JSON.parse(JSON.stringify(plan)) as Plan;
    expect(diffPlans(plan.resources, copy).changes).toEqual([]);
  });
});
