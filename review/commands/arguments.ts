import { parseArgs, type ParseArgsConfig } from "node:util";
import { didYouMean } from "../../components/schema";
import { UsageError } from "../errors";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options of a command.
 * @throws UsageError with one clear line
 */
export function parseOptions<T extends Options>(command: string, args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const given = /'(--?[^'\s]+)/.exec(message)?.[1] ?? "";
      const known = Object.keys(options);
      throw new UsageError(`${command}: unknown option ${given}${didYouMean(given.replace(/^-+/, ""), known)}`);
    }
    if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") {
      const given = /'([^']*)'/.exec(message)?.[1] ?? "";
      throw new UsageError(`${command}: unexpected argument ${given}; a stack is named with --stack ${given}`);
    }
    if (code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") {
      throw new UsageError(
        `${command}: ${
          message
            .split(/\n/)[0]
            ?.replace(/^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' /, "option $1 ")
            .replace("argument missing", "needs a value") ?? ""
        }`,
      );
    }
    throw error;
  }
}
