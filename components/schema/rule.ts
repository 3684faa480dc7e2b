import { z } from "zod";

/** What a rule that reads a wrong value meets. */
class NotValid extends Error {}

type Path = readonly PropertyKey[];

/** Where a rule tells what is wrong. */
type RuleContext = Pick<z.core.$RefinementCtx, "addIssue">;

/**
 * A rule between the values of an object or a list. zod skips those of `refine` and `superRefine` while anything in the object is
 * wrong, so that a second mistake is told only when the first is fixed. This one runs always, and sees of what is wrong nothing: it
 * ends where it would read such a value, and what it told before counts.
 * @example z.object({ min: z.number(), max: z.number() }).check(rule(({ min, max }, context) => { … context.addIssue(…) }))
 */
export function rule<T>(check: (value: T, context: RuleContext) => void): z.core.$ZodCheck<T> {
  return z.superRefine<T>(
    (value, context) => {
      const wrong = wrongPaths(context.issues);
      if (wrong.length === 0) return check(value, context);
      if (wrong.some((path) => path.length === 0)) return;
      try {
        check(withoutWrong(value, wrong), context);
      } catch {
        // It has read a wrong value, or what followed from one.
      }
    },
    { when: () => true },
  );
}

/** Paths within the value that hold something else than their schema says. Broken rules do not count: their values are of the right kind. */
function wrongPaths(issues: readonly z.core.$ZodRawIssue[]): Path[] {
  return issues
    .filter((issue) => issue.code !== "unrecognized_keys" && !(issue.code === "custom" && issue.continue === true))
    .map((issue) => issue.path ?? []);
}

/** The value, where reading any of the paths throws. */
function withoutWrong<T>(value: T, wrong: readonly Path[]): T {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const below = wrong.filter((path) => String(path[0]) === String(key)).map((path) => path.slice(1));
      if (below.some((path) => path.length === 0)) throw new NotValid();
      const child: unknown = Reflect.get(target, key, receiver);
      return below.length === 0 ? child : withoutWrong(child, below);
    },
  });
}

/** A rule that is one condition. @param problem what is wrong where it does not hold: the message, and the path from the value */
export function holds<T>(
  condition: (value: T) => boolean,
  problem: string | { readonly path: readonly PropertyKey[]; readonly message: string },
): z.core.$ZodCheck<T> {
  const { path, message } = typeof problem === "string" ? { path: [], message: problem } : problem;
  return rule<T>((value, context) => {
    if (!condition(value)) context.addIssue({ code: "custom", path: [...path], message });
  });
}
