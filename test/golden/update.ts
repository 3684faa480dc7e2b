import * as fs from "node:fs";
import * as path from "node:path";
import { stackNames } from "../../stacks/config/load";
import { checkedInFiles, currentPlan, goldenFolder, lostFrom } from "./files";
import { goldenFiles } from "./golden";

/**
 * `npm run golden`: writes the plan of every stack; review what changed with `git diff test/golden`. It refuses a plan that a stack
 * in use could not be deployed with, since an object in it has another URN.
 */
async function update(): Promise<void> {
  for (const stack of stackNames(path.join(__dirname, "..", ".."))) {
    const folder = goldenFolder(stack);
    const plan = await currentPlan(stack);
    const current = goldenFiles(plan);
    const before = checkedInFiles(stack);
    const lost = lostFrom(before, plan);
    if (lost.length > 0) {
      for (const message of lost) console.error(`${stack}: ${message}`);
      process.exitCode = 1;
      continue;
    }
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(current)) {
      if (before[name] !== text) console.log(`test/golden/${stack}/${name}`);
      fs.writeFileSync(path.join(folder, name), text);
    }
    for (const name of Object.keys(before).filter((old) => current[old] === undefined)) {
      console.log(`test/golden/${stack}/${name} (gone)`);
      fs.rmSync(path.join(folder, name));
    }
  }
}

void update();
