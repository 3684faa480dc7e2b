import { parseArgs } from "node:util";
import { markdownTable } from "../../components/markdown";
import { HARMFUL } from "./harmful";
import { HARMLESS } from "./harmless";
import type { Generator, Harmful, Harmless } from "./mutation";
import { harmlessLine, missesOf, plainTable, rowsOf, story } from "./report";
import { generated, lab, tried, WrongChange, type Lab, type Outcome } from "./score";

const HELP = `npm run mutations -- [options]: what the rules make of changes that do harm, and of changes that do none

  --seed N       other places for the same slips. Default: 1
  --kind KIND    only this kind (a part of its name), or "harmless"; may be repeated
  --only ID      only changes whose id contains this; shows all that was found; may be repeated
  --misses       lists the harmful changes that pass, those caught for another cause, and the harmless ones that are blamed
  --list         lists the changes and the harm they do, without trying them
  --markdown     the table in Markdown
  --from FILE    changes of a file that exports harmful(world) and harmless(world), in place of these
`;

interface Changes {
  readonly harmful: readonly Generator<Harmful>[];
  readonly harmless: readonly Generator<Harmless>[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      kind: { type: "string", multiple: true, default: [] },
      only: { type: "string", multiple: true, default: [] },
      misses: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      from: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return print(HELP);
  const changes = values.from === undefined ? { harmful: HARMFUL, harmless: HARMLESS } : await changesOf(values.from);
  const bench = await lab(Number(values.seed));
  const wanted = (id: string, kind: string) =>
    (values.only.length === 0 || values.only.some((part) => id.includes(part))) &&
    (values.kind.length === 0 || values.kind.some((part) => kind.includes(part)));
  const harmful = generated(bench.world, changes.harmful).filter(({ id, kind }) => wanted(id, kind));
  const harmless = generated(bench.world, changes.harmless).filter(({ id }) => wanted(id, "harmless"));
  if (values.list) {
    for (const { kind, stack, id, harm } of harmful) print(`${kind} · ${stack} · ${id}: ${harm}`);
    for (const { stack, id, why } of harmless) print(`harmless · ${stack} · ${id}: ${why}`);
    return;
  }
  const wrong: string[] = [];
  const bad = await allTried(bench, harmful, wrong);
  const good = await allTried(bench, harmless, wrong);
  if (values.only.length > 0) for (const outcome of [...bad, ...good]) print(story(outcome));
  if (values.misses) print(missesOf(bad, good));
  print(
    values.markdown
      ? markdownTable(["Kind of change", "Changes", "Caught", "With the right cause"], rowsOf(bad))
      : plainTable(bad),
  );
  print(harmlessLine(good));
  if (wrong.length === 0) return;
  process.stderr.write(`${wrong.join("\n")}\n`);
  process.exitCode = 2;
}

/** Tries them one after the other; notes those that are no changes. */
async function allTried<T extends Harmful | Harmless>(
  bench: Lab,
  mutations: readonly T[],
  wrong: string[],
): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  for (const mutation of mutations) {
    try {
      outcomes.push(await tried(bench, mutation));
    } catch (error) {
      if (!(error instanceof WrongChange)) throw error;
      wrong.push(error.message);
    }
  }
  return outcomes;
}

async function changesOf(file: string): Promise<Changes> {
  const { harmful, harmless } = (await import(file)) as { harmful: Generator<Harmful>; harmless: Generator<Harmless> };
  return { harmful: [harmful], harmless: [harmless] };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (require.main === module) void main();
