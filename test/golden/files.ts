import * as fs from "node:fs";
import * as path from "node:path";
import { stackFilePath } from "../../stacks/config/load";
import { planStack } from "../../review/plan/stack";
import { goldenFiles, type GoldenFiles } from "./golden";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

export const GOLDEN_COMMAND = "npm run golden";

export function goldenFolder(stack: string): string {
  return path.join(__dirname, stack);
}

/** The golden files of a stack as its program would write them now. */
export async function currentFiles(stack: string): Promise<GoldenFiles> {
  const file = stackFilePath(PROJECT_DIRECTORY, stack);
  return goldenFiles(await planStack({ stack, file, projectDirectory: PROJECT_DIRECTORY }));
}

/** The golden files that are checked in. */
export function checkedInFiles(stack: string): GoldenFiles {
  const folder = goldenFolder(stack);
  if (!fs.existsSync(folder)) return {};
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
}
