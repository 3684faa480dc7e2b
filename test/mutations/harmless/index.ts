import type { Generator, Harmless } from "../mutation";
import { meaningless } from "../systematic/harmless";
import { files } from "./files";
import { plans } from "./plans";
import { single } from "./single";

/** Changes of stack files that one seed tries: each is planned again. */
const FILES = 70;

const someFiles: Generator<Harmless> = (world) => {
  return world.random.some(
    FILES,
    files.flatMap((generator) => generator(world)),
  );
};

/** Changes that do no harm. */
export const HARMLESS: readonly Generator<Harmless>[] = [someFiles, ...plans, single, meaningless];
