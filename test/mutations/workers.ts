import { fork } from "node:child_process";
import * as os from "node:os";
import { HARMFUL } from "./harmful";
import { HARMLESS } from "./harmless";
import type { Generator, Harmful, Harmless } from "./mutation";
import { generated, lab, tried, WrongChange, type Outcome } from "./score";

/** What is tried: changes of this folder, or those of a file that exports `harmful(world)` and `harmless(world)`. */
interface Source {
  readonly seed: number;
  readonly from?: string;
}

/** What a worker is told, and what it answers for each id. */
interface Task extends Source {
  readonly ids: readonly string[];
}
type Answer = { readonly id: string } & ({ readonly wrong: string } | Omit<Outcome<unknown>, "mutation">);

interface Changes {
  readonly harmful: readonly Harmful[];
  readonly harmless: readonly Harmless[];
}

export async function changesOf({ seed, from }: Source): Promise<Changes> {
  const { world } = await lab(seed);
  const { harmful, harmless } = from === undefined ? { harmful: HARMFUL, harmless: HARMLESS } : await generatorsOf(from);
  return { harmful: generated(world, harmful), harmless: generated(world, harmless) };
}

async function generatorsOf(file: string) {
  const { harmful, harmless } = (await import(file)) as { harmful: Generator<Harmful>; harmless: Generator<Harmless> };
  return { harmful: [harmful], harmless: [harmless] };
}

interface Results {
  readonly harmful: readonly Outcome<Harmful>[];
  readonly harmless: readonly Outcome<Harmless>[];
  /** Changes that change nothing, or whose place is not there. */
  readonly wrong: readonly string[];
}

/** Tries changes in as many processes as there are cores: the SDK records one plan at a time. */
export async function triedByWorkers(source: Source, { harmful, harmless }: Changes): Promise<Results> {
  const ids = [...harmful, ...harmless].map(({ id }) => id);
  const processes = Math.max(1, Math.min(os.availableParallelism(), Math.ceil(ids.length / 20)));
  const parts = Array.from({ length: processes }, (_, part) => ids.filter((__, i) => i % processes === part));
  const answers = (await Promise.all(parts.map((part) => answersOf({ ...source, ids: part })))).flat();
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const outcomes = <T extends Harmful | Harmless>(mutations: readonly T[]): Outcome<T>[] =>
    mutations.flatMap((mutation) => {
      const answer = byId.get(mutation.id);
      return answer === undefined || "wrong" in answer ? [] : [{ ...answer, mutation }];
    });
  return {
    harmful: outcomes(harmful),
    harmless: outcomes(harmless),
    wrong: answers.flatMap((answer) => ("wrong" in answer ? [answer.wrong] : [])),
  };
}

function answersOf(task: Task): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const answers: Answer[] = [];
    const worker = fork(__filename);
    worker.on("message", (answer: Answer) => answers.push(answer));
    worker.on("error", reject);
    worker.on("exit", (code) => {
      if (code === 0 && answers.length === task.ids.length) resolve(answers);
      else reject(new Error(`a worker ended with ${code ?? "a signal"} after ${answers.length} of ${task.ids.length} changes`));
    });
    worker.send(task);
  });
}

async function work({ ids, ...source }: Task): Promise<void> {
  const bench = await lab(source.seed);
  const { harmful, harmless } = await changesOf(source);
  const byId = new Map([...harmful, ...harmless].map((mutation) => [mutation.id, mutation]));
  for (const id of ids) {
    const mutation = byId.get(id);
    if (mutation === undefined) throw new Error(`another seed: no change ${id}`);
    process.send?.(await answerOf(id, () => tried(bench, mutation)));
  }
}

async function answerOf(id: string, attempt: () => Promise<Outcome<Harmful | Harmless>>): Promise<Answer> {
  try {
    const { refused, found, crash } = await attempt();
    return { id, refused, found, ...(crash !== undefined && { crash }) };
  } catch (error) {
    if (!(error instanceof WrongChange)) throw error;
    return { id, wrong: error.message };
  }
}

if (require.main === module) {
  process.once("message", (task: Task) => {
    void work(task).finally(() => process.disconnect());
  });
}
