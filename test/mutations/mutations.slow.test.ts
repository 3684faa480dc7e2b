import { HARMFUL } from "./harmful";
import { HARMLESS } from "./harmless";
import type { Harmful, Harmless } from "./mutation";
import { readScore } from "./recorded";
import { missesOf } from "./report";
import { generated, hasRightCause, isBlamed, isCaught, lab, tried, type Outcome } from "./score";

/** Shares of harmful changes that have to be caught, and with the right cause: what was recorded, less what a sample of a quarter may differ by. */
const SLACK = 0.04;
const recorded = readScore().harmful.at(-1) ?? { changes: 1, caught: 1, rightCause: 1 };
const CAUGHT = recorded.caught / recorded.changes - SLACK;
const RIGHT_CAUSE = recorded.rightCause / recorded.changes - SLACK;

/** CI tries one in so many: the clusters of the other suites need the cores too. `npm run mutations` tries all. */
const ONE_IN = 4;
const sample = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % ONE_IN === 0);

test("harmful changes are caught, and no harmless one is called an error", async () => {
  const bench = await lab(1);
  const bad: Outcome<Harmful>[] = [];
  for (const mutation of sample(generated(bench.world, HARMFUL))) bad.push(await tried(bench, mutation));
  const good: Outcome<Harmless>[] = [];
  for (const mutation of sample(generated(bench.world, HARMLESS))) good.push(await tried(bench, mutation));
  const share = (part: readonly unknown[]) => part.length / bad.length;
  const enough = share(bad.filter(isCaught)) >= CAUGHT && share(bad.filter(hasRightCause)) >= RIGHT_CAUSE;
  if (!enough || good.some(isBlamed)) throw new Error(missesOf(bad, good));
});

test("another seed makes other changes, of which each one still changes something", async () => {
  const [first, second] = [await lab(1), await lab(2)];
  const ids = [first, second].map(({ world }) => generated(world, HARMFUL).map(({ id }) => id));
  expect(ids[0]).not.toEqual(ids[1]);
  const others = generated((await lab(2)).world, HARMFUL).filter(
    ({ id, change }) => "plan" in change && !(ids[0] ?? []).includes(id),
  );
  for (const mutation of sample(others)) await tried(second, mutation);
});
