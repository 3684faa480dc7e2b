import { z } from "zod";
import { didYouMean } from "../../components/schema";
import { stackFileSchema } from "../../stacks/config/json-schema";
import { EXIT } from "../exit";
import { UsageError } from "../errors";
import { changesSchema } from "../report/changes-json";
import { print, writeFileAtomically } from "../output";
import { parseOptions } from "./arguments";

const HELP = `mes schema: the JSON Schema of a stack file, for completion and hints in editors

  mes schema [--of stack|changes] [--out FILE]

  --of stack    of a stack file (default)
       changes  of what mes plan --against … --format json prints of one stack
  --out FILE  into a file instead of standard output`;

const SCHEMAS: Readonly<Record<string, () => object>> = {
  stack: stackFileSchema,
  changes: () => z.toJSONSchema(changesSchema),
};

/** `mes schema`: the JSON Schema of a stack file, for completion in editors. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    "mes schema",
    args,
    { of: { type: "string", default: "stack" }, out: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
    () => "; the schema is the same for every stack",
  );
  if (options.help) {
    await print(`${HELP}\n`);
    return EXIT.fine;
  }
  const schema = Object.hasOwn(SCHEMAS, options.of) ? SCHEMAS[options.of] : undefined;
  if (schema === undefined)
    throw new UsageError(`mes schema: there is no schema of ${options.of}${didYouMean(options.of, Object.keys(SCHEMAS))}`);
  const text = `${JSON.stringify(schema(), null, 2)}\n`;
  if (options.out === "") throw new UsageError("mes schema: --out needs the name of a file");
  if (options.out === undefined) await print(text);
  else writeFileAtomically(options.out, text);
  return EXIT.fine;
}
