import { main as plan } from "./commands/plan";
import { main as schema } from "./commands/schema";

/** Exit codes: the plan is fine, it has findings of severity error, the input is invalid. */
export const EXIT = { fine: 0, findings: 1, invalid: 2 } as const;

const HELP = `mes: what a stack would create, without a cluster, a credential or the Pulumi CLI

  mes plan [--stack NAME]… [--stack-file PATH] [--format text|json|manifests] [--out DIR]
  mes schema [--out FILE]     the JSON Schema of a stack file

Exit code 0: fine; 1: findings of severity error; 2: invalid input.`;

export function main(argv: readonly string[]): void {
  const [command, ...args] = argv;
  const commands: Record<string, (args: readonly string[]) => Promise<number>> = { plan, schema };
  if (command === undefined || command === "help" || command === "--help" || command === "-h") {
    console.log(HELP);
    process.exitCode = command === undefined ? EXIT.invalid : EXIT.fine;
    return;
  }
  const run = commands[command];
  if (run === undefined) {
    console.error(`mes: unknown command ${command}\n\n${HELP}`);
    process.exitCode = EXIT.invalid;
    return;
  }
  run(args).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = EXIT.findings;
    },
  );
}
