import { z } from "zod";
import type { AssessedChange, Assessment } from "../assessment/assess";
import { SEVERITIES } from "../effects/effect";
import { formatLeafPath, type Leaf } from "../diff/leaf";
import type { Outlook, OutlookSide } from "../forecast/outlook";
import { shortName } from "../rules/rule";

/*
 * What `mes plan --against … --format json` prints. `mes schema --of changes` prints the JSON Schema of it. New fields may come; those that are there
 * keep their meaning within a version.
 */

const place = z.strictObject({ file: z.string(), line: z.int() });

const leaf = z.strictObject({
  path: z.string().describe("as `spec.template.spec.containers[name=app].image`; of an option, below `options`"),
  change: z.enum(["add", "remove", "set", "order"]),
  before: z.unknown().optional().describe("absent for what is added, and for an order"),
  after: z.unknown().optional().describe("absent for what is removed, and for an order"),
  noise: z
    .enum(["order", "place", "notation", "text", "ignored"])
    .optional()
    .describe("why nobody notices it; absent for what counts"),
  uncertain: z.literal(true).optional().describe("one side is secret or not known yet, so nobody can say whether it differs"),
  forces: z.literal(true).optional().describe("it forces a replacement"),
});

const effect = z.strictObject({
  severity: z.enum(SEVERITIES),
  what: z.string(),
  fields: z.array(z.string()).describe("fields that it comes from, with any item of a list as `[*]`"),
});

const setting = z.strictObject({
  key: z.string().describe("as `mes:roles.order-api.scale.min`"),
  ...{ before: z.string().optional(), after: z.string().optional(), default: z.string().optional() },
  ...place.shape,
});

const cause = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("settings"), settings: z.array(setting), paths: z.array(z.string()) }),
  z.strictObject({ by: z.literal("program"), source: place, paths: z.array(z.string()) }),
  z.strictObject({
    by: z.literal("nearest"),
    setting: z.strictObject({ key: z.string(), ...place.shape, column: z.int() }),
    paths: z.array(z.string()),
  }),
]);

const change = z.strictObject({
  verdict: z.enum(["create", "update", "replace", "destroy", "move", "metadata", "options", "uncertain", "noise"]),
  ...{ urn: z.string(), type: z.string(), title: z.string().describe("as `Deployment order-api`") },
  custom: z.boolean().describe("false for components, of which there is nothing but what is in them"),
  former: z.string().optional().describe("URN before, where an alias leads to it"),
  severity: z.enum(SEVERITIES).optional().describe("the worst of its effects; absent where it has none"),
  holds: z.string().optional().describe("what would be lost with it"),
  sameObject: z.string().optional().describe("URN under which the same object is there without an alias"),
  ...{ protected: z.boolean(), retained: z.boolean() },
  forcedBy: z.array(z.string()).describe("fields that force a replacement"),
  ...{ leaves: z.array(leaf), effects: z.array(effect) },
  reach: z.array(z.string()).describe("who depends on it, as far as the orders"),
  causes: z.array(cause),
  step: z.int().optional().describe("when the engine gets to it, from 1"),
  source: place.optional().describe("line of the program"),
});

const perLevel = z.strictObject({ minimum: z.number(), expected: z.number(), "full scale": z.number() });

const outlookSide = z.strictObject({
  unknown: z.string().optional().describe("why there is no forecast, where one is asked for"),
  orders: z
    .strictObject({
      late: z.number(),
      roles: z.array(
        z.strictObject({
          name: z.string(),
          late: z.number().describe("orders whose time was over here, or whose request was given up"),
          pods: z.strictObject({ least: z.number(), mean: z.number(), most: z.number() }),
        }),
      ),
      headroom: z
        .array(z.strictObject({ name: z.string(), factor: z.number() }))
        .describe("times as many orders until a role, a pooler or a database is overrun, the least first"),
    })
    .optional()
    .describe("absent without a forecast"),
  cost: perLevel.describe("of a month, of what has a price"),
});

const outlook = z.strictObject({
  curve: z.string().optional().describe("what was played, as `the busiest day, Monday 2026-11-30`"),
  orders: z.number().optional().describe("orders that came"),
  currency: z.string(),
  unpriced: z.array(z.string()).describe("what costs more than nothing, and how much nobody can tell"),
  before: outlookSide.optional(),
  after: outlookSide,
});

const finding = z.looseObject({
  rule: z.string(),
  severity: z.enum(["error", "warning"]),
  urn: z.string(),
  path: z.string(),
  message: z.string(),
});

/** The changes of one stack. */
export const changesSchema = z
  .strictObject({
    version: z.literal(1),
    ...{ stack: z.string(), against: z.string() },
    isNew: z.boolean().describe("there is no such stack on the other side"),
    changes: z.array(change).describe("the most dangerous first"),
    same: z.int().describe("resources in which nothing differs"),
    notComparable: z.int().describe("values that are secret or unknown on both sides"),
    findings: z.strictObject({
      new: z.array(finding).describe("those that the other side does not have; all, where it tells none"),
      gone: z.int().optional().describe("how many of the other side are no more; absent where it tells none"),
    }),
    outlook: outlook
      .optional()
      .describe(
        "what becomes of expected orders, and of the cost, on both sides under the same forecast; absent where nothing changes",
      ),
  })
  .describe("What mes plan --against --format json prints of a stack; of several stacks, a list of these");

export type JsonChanges = z.infer<typeof changesSchema>;

/** The changes of a stack for programs. */
export function changesReport({
  stack,
  against,
  isNew,
  changes,
  same,
  notComparable,
  newFindings,
  goneFindings,
  outlook: made,
}: Assessment): JsonChanges {
  return {
    ...{ version: 1, stack, against, isNew, changes: changes.map(changeReport), same, notComparable },
    findings: { new: newFindings.map((one) => ({ ...one })), ...(goneFindings === undefined ? {} : { gone: goneFindings }) },
    ...(made === undefined ? {} : { outlook: outlookReport(made) }),
  };
}

function outlookReport({ before, after }: Outlook): z.infer<typeof outlook> {
  const { forecast, cost } = after;
  return {
    ...(forecast === undefined ? {} : { curve: forecast.curve, orders: forecast.outcome.orders }),
    ...{ currency: cost.currency, unpriced: [...cost.unknown] },
    ...(before === undefined ? {} : { before: sideReport(before) }),
    after: sideReport(after),
  };
}

function sideReport({ forecast, unknown, cost }: OutlookSide): z.infer<typeof outlookSide> {
  return {
    ...(unknown === undefined ? {} : { unknown }),
    ...(forecast === undefined
      ? {}
      : {
          orders: {
            late: forecast.outcome.late,
            roles: forecast.outcome.roles.map(({ name, late, givenUp, pods }) => ({ name, late: late + givenUp, pods })),
            headroom: forecast.capacity.capacities
              .filter(({ headroom }) => Number.isFinite(headroom))
              .map(({ name, headroom }) => ({ name, factor: headroom }))
              .sort((a, b) => a.factor - b.factor),
          },
        }),
    cost: cost.monthly,
  };
}

function changeReport({
  leaves,
  options,
  effects,
  causes,
  reach,
  forcedBy,
  ...change
}: AssessedChange): JsonChanges["changes"][number] {
  return {
    ...change,
    title: shortName(change.urn),
    forcedBy: [...forcedBy],
    leaves: [
      ...leaves.map((one) => leafReport(one, forcedBy)),
      ...options.map((one) => leafReport({ ...one, path: ["options", ...one.path] }, [])),
    ],
    effects: effects.map((one) => ({ ...one, fields: [...one.fields] })),
    reach: [...reach],
    causes: causes.map((one) =>
      one.by === "settings"
        ? { by: one.by, settings: one.settings.map(({ path: _, ...rest }) => rest), paths: [...one.paths] }
        : { ...one, paths: [...one.paths] },
    ),
  };
}

function leafReport(
  { path, change: kind, before, after, noise, uncertain }: Leaf,
  forcedBy: readonly string[],
): JsonChanges["changes"][number]["leaves"][number] {
  const where = formatLeafPath(path);
  return {
    ...{ path: where, change: kind },
    // What may be a secret on one side is not told on the other.
    ...(uncertain || before === undefined ? {} : { before }),
    ...(uncertain || after === undefined ? {} : { after }),
    ...(noise === undefined ? {} : { noise }),
    ...(uncertain ? { uncertain } : {}),
    ...(forcedBy.includes(where) ? { forces: true as const } : {}),
  };
}
