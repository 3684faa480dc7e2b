import * as path from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "../../stacks/config/issues";
import { loadStackFile, stackFilePath, stackNames } from "../../stacks/config/load";
import { denyNetwork } from "../offline";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

/** `mes plan`: records every resource of the named stacks and prints them. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string", multiple: true },
      "stack-file": { type: "string" },
      format: { type: "string", default: "text" },
      out: { type: "string" },
    },
  });
  denyNetwork();
  const stacks = values.stack ?? stackNames(PROJECT_DIRECTORY);
  let code = 0;
  for (const stack of stacks) {
    try {
      const config = loadStackFile(values["stack-file"] ?? stackFilePath(PROJECT_DIRECTORY, stack));
      // Loaded only now: a bad stack file is refused before the SDK costs its second.
      const [{ record }, { platform }] = await Promise.all([import("../plan/record"), import("../../stacks/platform")]);
      const plan = await record(() => platform(stack, config), { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY });
      if (values.format === "json") console.log(JSON.stringify(plan, null, 2));
      else for (const resource of plan.resources) console.log(resource.urn);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      console.error(error.message);
      code = 2;
    }
  }
  return code;
}
