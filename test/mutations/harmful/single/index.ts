import type { Generator, Harmful } from "../../mutation";
import { alerts } from "./alerts";
import { availability } from "./availability";
import { backups } from "./backups";
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
import { timeBudgets } from "./time-budgets";

/** Changes of one place each, the same for every seed. */
export const single: Generator<Harmful> = () => [
  ...orderPaths,
  ...rights,
  ...queueSemantics,
  ...timeBudgets,
  ...durability,
  ...backups,
  ...protection,
  ...capacity,
  ...availability,
  ...scaling,
  ...reachability,
  ...exposure,
  ...alerts,
  ...cannotRun,
];
