import * as fs from "node:fs";
import { parseArgs } from "node:util";
import { stackFileSchema } from "../../stacks/config/json-schema";

/** `mes schema`: the JSON Schema of a stack file, for completion in editors. */
export function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { out: { type: "string" } } });
  const text = `${JSON.stringify(stackFileSchema(), null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else fs.writeFileSync(values.out, text);
  return Promise.resolve(0);
}
