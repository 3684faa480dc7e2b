import { didYouMean } from "../components/schema";
import { HELP as FORECAST_HELP, main as forecast } from "./commands/forecast";
import { HELP as PLAN_HELP, main as plan } from "./commands/plan";
import { main as schema } from "./commands/schema";
import { version } from "../package.json";
import { UsageError, userMessage } from "./errors";
import { EXIT } from "./exit";
import { print } from "./output";

export { EXIT } from "./exit";

const HELP = `mes: what a stack would create, without a cluster, a credential or the Pulumi CLI

${optionsOf(PLAN_HELP)}

${optionsOf(FORECAST_HELP)}

  mes schema [--of stack|changes] [--out FILE]
                              the JSON Schema of a stack file, or of what mes plan --against --format json prints
  mes help COMMAND            the same as mes COMMAND --help
  mes --version

Exit code 0: fine; 1: findings of severity error; 2: invalid input; 3: changes of --fail-on; 70: a defect of mes itself.`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = { forecast, plan, schema };

/** The part of a command's help that its options are in. */
function optionsOf(help: string): string {
  return help
    .split("\n")
    .slice(2)
    .join("\n")
    .replace(/\n\nNeeds[^]*$/, "");
}

export function main(argv: readonly string[]): void {
  quietWhenNobodyReads();
  let finished = false;
  // Where a promise is never settled, Node has nothing left to do and would leave as if all were well.
  process.exitCode = EXIT.defect;
  process.on("beforeExit", () => {
    if (finished) return;
    finished = true;
    process.stderr.write("mes: the program waits for something that never comes: a promise or an Output is never settled\n");
  });
  run(argv).then(
    (code) => {
      finished = true;
      process.exitCode = code;
    },
    (error: unknown) => {
      finished = true;
      const message = userMessage(error);
      process.exitCode = message === undefined ? EXIT.defect : EXIT.invalid;
      process.stderr.write(`${message ?? defect(error)}\n`);
    },
  );
}

/**
 * What `mes` does with these arguments, and its exit code.
 * @throws what userMessage() knows, where it is the user's to fix
 */
export async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command === "help" && args.length > 0) return run([...args.slice(0, 1), "--help"]);
  if (command === undefined || ["help", "--help", "-h"].includes(command)) {
    await print(`${HELP}\n`, command === undefined ? process.stderr : process.stdout);
    return command === undefined ? EXIT.invalid : EXIT.fine;
  }
  if (command === "--version" || command === "-V") {
    await print(`mes ${version}\n`);
    return EXIT.fine;
  }
  const chosen = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (chosen === undefined) throw new UsageError(`mes: unknown command ${command}${didYouMean(command, Object.keys(COMMANDS))}`);
  return chosen(args);
}

function defect(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if ((process.env.MES_DEBUG ?? "") !== "") return stack ?? message;
  return `mes: a defect of mes itself: ${name}: ${message.split("\n")[0] ?? ""} (MES_DEBUG=1 shows where)`;
}

/** `mes plan | head`: a reader that has seen enough is no error. Who writes is told of all others (`print`). */
function quietWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.fine);
  });
  // Nobody can be told that nobody can be told; the exit code still says it.
  process.stderr.on("error", () => undefined);
}
