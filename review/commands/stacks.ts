import * as path from "node:path";
import { didYouMean } from "../../components/schema";
import { stackFilePath, stackNames } from "../../stacks/config/load";
import { UsageError } from "../errors";

export const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

export interface StackRequest {
  readonly stack: string;
  readonly file: string;
}

/**
 * The stacks that `--stack` and `--stack-file` name; all of the project without them.
 * @param command how messages name it, e.g. `mes plan`
 * @throws UsageError
 */
export function requestedStacks(command: string, stacks: readonly string[], file: string | undefined): StackRequest[] {
  if (file !== undefined) {
    if (file === "") throw new UsageError(`${command}: --stack-file needs the name of a file`);
    if (stacks.length > 1) throw new UsageError(`${command}: --stack-file is one stack; name at most one with --stack`);
    const stack = stacks[0] ?? /^Pulumi\.(.+)\.ya?ml$/.exec(path.basename(file))?.[1];
    if (stack === undefined) {
      throw new UsageError(
        `${command}: ${path.basename(file)} does not tell its stack, as Pulumi.NAME.yaml would; add --stack NAME`,
      );
    }
    return [{ stack: checkedName(command, stack), file: path.resolve(file) }];
  }
  const known = stackNames(PROJECT_DIRECTORY);
  for (const stack of stacks) {
    if (stack === "") throw new UsageError(`${command}: --stack needs the name of a stack`);
    if (!known.includes(stack)) throw new UsageError(`${command}: there is no stack ${stack}${didYouMean(stack, known)}`);
  }
  const wanted = stacks.length > 0 ? [...new Set(stacks)] : known;
  if (wanted.length === 0) throw new UsageError(`${command}: this project has no stack; write a Pulumi.NAME.yaml`);
  return wanted.map((stack) => ({ stack, file: stackFilePath(PROJECT_DIRECTORY, stack) }));
}

/** What Pulumi allows in the name of a stack; it becomes part of every URN, and a file name. */
function checkedName(command: string, stack: string): string {
  if (/^[\w.-]{1,100}$/.test(stack) && !/^\.+$/.test(stack)) return stack;
  throw new UsageError(`${command}: ${stack} cannot be a stack's name; use letters, digits, dashes, dots and underscores`);
}
