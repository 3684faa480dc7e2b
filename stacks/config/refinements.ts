import type { z } from "zod";
import { within } from "./schema-walk";

/**
 * zod skips the rules of an object (`refine`, `superRefine`) while anything in the object is wrong, so that a second mistake
 * is only told when the first is mended. Here a rule runs as soon as the values that it reads are right: it sees the object
 * through a view that stops it at the first value that is not.
 */

/** What a rule that reads a wrong value meets. */
class NotValid extends Error {}

type Check = z.core.$ZodCheck<unknown>;
type Payload = z.core.ParsePayload<unknown>;
type Path = readonly PropertyKey[];

const unskipped = new WeakSet<Check>();
const prepared = new WeakSet<z.core.$ZodType>();

/** Makes every rule within a schema run wherever what it reads is valid, and nowhere else. */
export function runAllRules(schema: z.core.$ZodType): void {
  if (prepared.has(schema)) return;
  prepared.add(schema);
  for (const inner of within(schema)) {
    for (const check of inner._zod.def.checks ?? []) if (check._zod.def.check === "custom") unskip(check as Check);
  }
}

function unskip(check: Check): void {
  if (unskipped.has(check) || check._zod.def.when !== undefined) return;
  unskipped.add(check);
  const rule = check._zod.check.bind(check._zod);
  check._zod.def.when = () => true;
  check._zod.check = (payload) => {
    if (payload.issues.length === 0) return rule(payload);
    const wrong = wrongPaths(payload);
    if (wrong.some((path) => path.length === 0)) return;
    const view: Payload = { ...payload, value: viewOf(payload.value, wrong), issues: [] };
    try {
      void rule(view);
    } catch {
      // It has read a wrong value, or what followed from one. What it told before that counts.
    }
    payload.issues.push(...view.issues.map((issue) => ({ ...issue, input: undefined })));
  };
}

/** Paths within the value that hold something else than their schema says. Broken rules do not count: their values are of the right kind. */
function wrongPaths(payload: Payload): Path[] {
  return payload.issues
    .filter((issue) => issue.code !== "unrecognized_keys" && !(issue.code === "custom" && issue.continue === true))
    .map((issue) => issue.path ?? []);
}

/** The value, where reading any of the paths throws. */
function viewOf(value: unknown, wrong: readonly Path[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const below = wrong.filter((path) => String(path[0]) === String(key)).map((path) => path.slice(1));
      if (below.some((path) => path.length === 0)) throw new NotValid();
      const child: unknown = Reflect.get(target, key, receiver);
      return below.length === 0 ? child : viewOf(child, below);
    },
  });
}
