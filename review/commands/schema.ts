import { stackFileSchema } from "../../stacks/config/json-schema";
import { EXIT } from "../exit";
import { writeFileAtomically } from "../output";
import { parseOptions } from "./arguments";

/** `mes schema`: the JSON Schema of a stack file, for completion in editors. */
export function main(args: readonly string[]): Promise<number> {
  const { out } = parseOptions("mes schema", args, { out: { type: "string" } });
  const text = `${JSON.stringify(stackFileSchema(), null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileAtomically(out, text);
  return Promise.resolve(EXIT.fine);
}
