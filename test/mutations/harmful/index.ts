import type { Generator, Harmful } from "../mutation";
import { systematic } from "../systematic";
import { alerts } from "./alerts";
import { availability } from "./availability";
import { backupsOfData } from "./backups";
import { cannotRun } from "./cannot-run";
import { capacity } from "./capacity";
import { durability } from "./durability";
import { exposure } from "./exposure";
import { orderPaths } from "./order-paths";
import { protection } from "./protection";
import { queueSemantics } from "./queue-semantics";
import { reachability } from "./reachability";
import { rights } from "./rights";
import { scaling } from "./scaling";
import { single } from "./single";
import { timeBudgets } from "./time-budgets";

/** Changes that do harm, by kind. */
export const HARMFUL: readonly Generator<Harmful>[] = [
  ...orderPaths,
  ...rights,
  ...queueSemantics,
  ...timeBudgets,
  ...durability,
  ...backupsOfData,
  ...protection,
  ...capacity,
  ...availability,
  ...scaling,
  ...reachability,
  ...exposure,
  ...alerts,
  ...cannotRun,
  single,
  ...systematic,
];
