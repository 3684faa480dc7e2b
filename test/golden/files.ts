import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { stackFilePath } from "../../stacks/config/load";
import type { FormerResource, Plan } from "../../review/plan/plan";
import { planStack } from "../../review/plan/stack";
import { urnsKept } from "../../review/rules/urns-kept";
import { goldenFiles, type GoldenFiles } from "./golden";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

export const GOLDEN_COMMAND = "npm run golden";

export function goldenFolder(stack: string): string {
  return path.join(__dirname, stack);
}

/** The plan of a stack as its program makes it now. */
export function currentPlan(stack: string): Promise<Plan> {
  return planStack({ stack, file: stackFilePath(PROJECT_DIRECTORY, stack), projectDirectory: PROJECT_DIRECTORY });
}

/** The golden files of a stack as its program would write them now. */
export async function currentFiles(stack: string): Promise<GoldenFiles> {
  return goldenFiles(await currentPlan(stack));
}

/** What a stack that was deployed from golden files would lose with another plan: the same object under another URN, without an alias. */
export function lostFrom(files: GoldenFiles, plan: Plan): string[] {
  const resources = Object.values(files).flatMap((text) => formerResources(text, plan.stack));
  return urnsKept.check({ ...plan, before: { resources, interrupted: [] } }).map(({ message }) => message);
}

/** Tags that name the format of a text are nothing to warn of. */
const WITH_TAGS = { logLevel: "error" } as const;

/** The resources of a golden file. */
function formerResources(text: string, stack: string): FormerResource[] {
  const { outputs: _, ...resources } = parse(text, WITH_TAGS) as Record<string, unknown>;
  return Object.entries(resources).map(([tail, inputs]) => ({
    urn: `urn:pulumi:${stack}::mes::${tail}`,
    type: tail.split("::")[0]?.split("$").at(-1) ?? "",
    inputs: inputs as FormerResource["inputs"],
  }));
}

/** The golden files that are checked in. */
export function checkedInFiles(stack: string): GoldenFiles {
  const folder = goldenFolder(stack);
  if (!fs.existsSync(folder)) return {};
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
}
