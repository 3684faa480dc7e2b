import type { Generator, Harmless } from "../mutation";

/** Changes that do no harm. */
export const HARMLESS: readonly Generator<Harmless>[] = [];
