import { parseArgs } from "node:util";
import { harmlessLine, missesOf, plainTable, story } from "./report";
import { writeScore } from "./recorded";
import { changesOf, triedByWorkers } from "./workers";

const HELP = `npm run mutations -- [options]: what the rules make of changes that do harm, and of changes that do none

  --seed N       other places for the same slips. Default: 1
  --kind KIND    only this kind (a part of its name), or "harmless"; may be repeated
  --only ID      only changes whose id contains this; shows all that was found; may be repeated
  --misses       lists the harmful changes that pass, those caught for another cause, and the harmless ones that are blamed
  --list         lists the changes and the harm they do, without trying them
  --record       notes the score of all of them in test/mutations/last-score.json, for docs/rules.md and for CI
  --from FILE    changes of a file that exports harmful(world) and harmless(world), in place of these`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      kind: { type: "string", multiple: true, default: [] },
      only: { type: "string", multiple: true, default: [] },
      misses: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      from: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return print(HELP);
  if (values.record && [values.kind, values.only].some((part) => part.length > 0))
    throw new Error("--record is of all changes: leave out --kind and --only");
  const source = { seed: Number(values.seed), ...(values.from !== undefined && { from: values.from }) };
  const wanted = (id: string, kind: string) =>
    (values.only.length === 0 || values.only.some((part) => id.includes(part))) &&
    (values.kind.length === 0 || values.kind.some((part) => kind.includes(part)));
  const all = await changesOf(source);
  const changes = {
    harmful: all.harmful.filter(({ id, kind }) => wanted(id, kind)),
    harmless: all.harmless.filter(({ id }) => wanted(id, "harmless")),
  };
  if (values.list) {
    for (const { kind, stack, id, harm } of changes.harmful) print(`${kind} · ${stack} · ${id}: ${harm}`);
    for (const { stack, id, why } of changes.harmless) print(`harmless · ${stack} · ${id}: ${why}`);
    return;
  }
  const { harmful, harmless, wrong } = await triedByWorkers(source, changes);
  if (values.only.length > 0) for (const outcome of [...harmful, ...harmless]) print(story(outcome));
  if (values.misses) print(missesOf(harmful, harmless));
  print(plainTable(harmful));
  print(harmlessLine(harmless));
  if (values.record) writeScore(harmful, harmless);
  if (wrong.length === 0) return;
  process.stderr.write(`${wrong.join("\n")}\n`);
  process.exitCode = 2;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
