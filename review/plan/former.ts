import * as fs from "node:fs";
import { UsageError } from "../errors";
import { isRecord, listAt, recordAt, textAt } from "../kubernetes/value";
import type { FormerResource } from "./plan";

/**
 * The resources of a stack as a file has them: `pulumi stack export`, or `mes plan --format json`. Nothing but their names is looked at.
 * @throws UsageError when it is neither, or of another stack
 */
export function formerResources(file: string, stack: string): FormerResource[] {
  const content = parsed(file);
  const listed =
    isRecord(content) && isRecord(content.deployment) ? listAt(content, "deployment", "resources") : listAt(content, "resources");
  if (!isRecord(content) || (listed.length === 0 && content.deployment === undefined && content.resources === undefined)) {
    throw new UsageError(`mes plan: ${file} is neither of pulumi stack export nor of mes plan --format json`);
  }
  const resources = listed.flatMap((one) => {
    const [urn, type] = [textAt(one, "urn"), textAt(one, "type")];
    return urn === undefined || type === undefined ? [] : [{ urn, type, inputs: recordAt(one, "inputs") }];
  });
  const other = resources.map(({ urn }) => urn.split("::")[0]?.replace("urn:pulumi:", "")).find((name) => name !== stack);
  if (other !== undefined) throw new UsageError(`mes plan: ${file} is of the stack ${other}, not of ${stack}`);
  return resources;
}

function parsed(file: string): unknown {
  // Standard input has no name.
  const text = fs.readFileSync(file === "-" ? 0 : file, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`mes plan: ${file} is no JSON: ${(error as Error).message}`);
  }
}
