import { z } from "zod";
import { holds } from "../schema";

/** Name of a database of programs, which nobody has to quote. */
export const nameOfDatabase = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "expected lower-case letters, digits and underscores, beginning with a letter")
  .check(holds((name) => !["postgres", "template0", "template1"].includes(name), "is a database of Postgres itself"));
