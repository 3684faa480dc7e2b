import { stackFileSchema } from "../../stacks/config/json-schema";
import { EXIT } from "../exit";
import { UsageError } from "../errors";
import { print, writeFileAtomically } from "../output";
import { parseOptions } from "./arguments";

const HELP = `mes schema: the JSON Schema of a stack file, for completion and hints in editors

  mes schema [--out FILE]

  --out FILE  into a file instead of standard output`;

/** `mes schema`: the JSON Schema of a stack file, for completion in editors. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    "mes schema",
    args,
    { out: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
    () => "; the schema is the same for every stack",
  );
  if (options.help) {
    await print(`${HELP}\n`);
    return EXIT.fine;
  }
  const text = `${JSON.stringify(stackFileSchema(), null, 2)}\n`;
  if (options.out === "") throw new UsageError("mes schema: --out needs the name of a file");
  if (options.out === undefined) await print(text);
  else writeFileAtomically(options.out, text);
  return EXIT.fine;
}
