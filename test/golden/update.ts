import * as fs from "node:fs";
import * as path from "node:path";
import { stackNames } from "../../stacks/config/load";
import { checkedInFiles, currentFiles, goldenFolder } from "./files";

/** `npm run golden`: writes the plan of every stack; review what changed with `git diff test/golden`. */
async function update(): Promise<void> {
  for (const stack of stackNames(path.join(__dirname, "..", ".."))) {
    const folder = goldenFolder(stack);
    const current = await currentFiles(stack);
    const before = checkedInFiles(stack);
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
