import { parseArgs, type ParseArgsConfig } from "node:util";
import { didYouMean } from "../../components/schema";
import { UsageError } from "../errors";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options of a command.
 * @param hint what was meant by an argument that belongs to no option. Default: nothing
 * @throws UsageError with one clear line
 */
export function parseOptions<T extends Options>(
  command: string,
  args: readonly string[],
  options: T,
  hint: (argument: string) => string = () => "",
) {
  // Not strict: what is wrong is told here, from the tokens.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") throw new UsageError(`${command}: unexpected argument ${token.value}${hint(token.value)}`);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      throw new UsageError(`${command}: unknown option ${token.rawName}${didYouMean(token.name, Object.keys(options))}`);
    }
    // A dash alone is standard input.
    const follows = !token.inlineValue && /^-./.test(token.value ?? "");
    if (option.type === "string" && (token.value === undefined || follows)) {
      throw new UsageError(`${command}: option --${token.name} needs a value`);
    }
    if (option.type === "boolean" && token.value !== undefined) {
      throw new UsageError(`${command}: option --${token.name} takes no value`);
    }
  }
  return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
}
