import type { Generator, Harmful } from "../mutation";
import { orderPaths } from "./order-paths";

/** Changes that do harm, by kind. */
export const HARMFUL: readonly Generator<Harmful>[] = [...orderPaths];
