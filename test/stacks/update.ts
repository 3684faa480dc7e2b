import * as fs from "node:fs";
import * as path from "node:path";
import { BROKEN, examples, outcome } from "./fixtures";

/** Writes what is said of the broken examples beside them: node --require ./tools/register.js test/stacks/update.ts */
for (const name of examples(BROKEN)) fs.writeFileSync(path.join(BROKEN, `${name}.txt`), outcome(BROKEN, name));
