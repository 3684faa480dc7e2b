import { z } from "zod";

/** Findings that are known and borne for a time: of which rule, about what, why, and until when. */
export const suppressionsConfig = z
  .array(
    z.strictObject({
      rule: z
        .string()
        .regex(/^[a-z]+(?:-[a-z]+)*$/, "expected the name of a rule, as images-pinned")
        .describe("Name of the rule, as the plan tells it and docs/rules.md lists it."),
      object: z
        .string()
        .regex(/^[A-Za-z]+(?: \S+|\*)$/, "expected a kind and a name, as the plan tells them: Deployment mes/order-api")
        .describe(
          "What the finding is about, as the plan tells it: `Deployment mes/order-api`; `*` at the end stands for any rest.",
        ),
      reason: z.string().min(10, "expected a sentence: why this may be borne").describe("Why it may be borne, in a sentence."),
      until: z.iso.date().describe('Last day, e.g. `"2026-12-31"`; from the day after, the suppression is an error itself.'),
    }),
  )
  .describe("Findings that are borne for a time. They are counted, and come back when their day is over.");
