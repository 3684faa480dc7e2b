import * as path from "node:path";
import { didYouMean } from "../../components/schema";
import { stackFilePath, stackNames } from "../../stacks/config/load";
import { EXIT } from "../exit";
import { UsageError, userMessage } from "../errors";
import { diffPlans } from "../diff/changes";
import { savedResources } from "../diff/saved";
import { denyNetwork } from "../offline";
import { checkFolder, OutputError, print, writeFileAtomically, writeFolderAtomically } from "../output";
import { formerOf } from "../plan/former";
import { planStack } from "../plan/stack";
import type { Plan } from "../plan/plan";
import { jsonReport, type JsonPlan } from "../report/json";
import { DEFAULT_WIDTH, widthFor } from "../report/layout";
import { manifestsOf, UNKNOWN_PLACEHOLDER } from "../report/manifests";
import { NO_COLOURS, paletteFor, type Palette } from "../report/palette";
import { changeReport } from "../report/changes";
import { findingLines, summary } from "../report/findings";
import { textReport } from "../report/text";
import { findingsOf, isOpen } from "../rules";
import { count, type Finding } from "../rules/rule";
import { parseOptions } from "./arguments";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

export const HELP = `mes plan: everything that a stack would create, and what is wrong with it

  mes plan [--stack NAME]… [--stack-file PATH] [--details] [--format text|json|manifests] [--out DIR]
           [--state FILE] [--against FILE]

  --stack NAME       a stack of this project (Pulumi.NAME.yaml); may be repeated. Default: all of them
  --stack-file PATH  any stack file, wherever it is; its stack is the NAME in Pulumi.NAME.yaml, or --stack
  --details          also images, what is open to others, rights, triggers, queues, backups, who is told of alerts (text only)
  --format text      a report for people (default), as wide as the terminal (or COLUMNS); plain where it is none, or with NO_COLOR
           json      {version, stack, resources, findings, outputs}; a list of these for several stacks
           manifests the Kubernetes objects as YAML, ready for kubectl apply --server-side
  --out DIR          into files instead: DIR/STACK.txt, DIR/STACK.json or DIR/STACK/NAMESPACE/KIND-NAME.yaml
  --state FILE       what is there already, of pulumi stack export (or an earlier mes plan --format json; - is standard input):
                     also finds what an interrupted deploy left, and what this one would lose. One stack
  --against FILE     what the plan changes of that, of the same kinds as --state: how much is destroyed, replaced, updated and created, then each
                     change with its fields, the most dangerous first; differences that mean nothing are counted. One stack, text only

Needs no cluster, no credential and no network. Exit code 0: fine; 1: findings of severity error; 2: invalid input.`;

const FORMATS = ["text", "json", "manifests"] as const;
type Format = (typeof FORMATS)[number];

interface StackRequest {
  readonly stack: string;
  readonly file: string;
}

interface Emitter {
  readonly stack: (plan: Plan, findings: readonly Finding[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** `mes plan`: records every resource of the stacks, checks them, and shows them. The worst stack gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    "mes plan",
    args,
    {
      stack: { type: "string", multiple: true },
      "stack-file": { type: "string" },
      format: { type: "string", default: "text" },
      out: { type: "string" },
      state: { type: "string" },
      against: { type: "string" },
      details: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    meantBy,
  );
  if (options.help) {
    await print(`${HELP}\n`);
    return EXIT.fine;
  }
  const format = formatOf(options.format);
  if (options.details && format !== "text")
    throw new UsageError("mes plan: --details belongs to --format text; the others have it all");
  const requests = requestsOf(options.stack ?? [], options["stack-file"]);
  const { state, against } = options;
  if (state !== undefined && requests.length > 1) throw new UsageError("mes plan: --state is of one stack; name it with --stack");
  checkAgainst(against, { format, stacks: requests.length, details: options.details, state });
  if (options.out !== undefined) checkFolder(options.out);
  denyNetwork();
  const { out, details } = options;
  const emit = emitter(format, out, requests.length, { details, against });
  let worst: number = EXIT.fine;
  for (const { stack, file } of requests) {
    try {
      const before = state === undefined ? undefined : formerOf(state, stack);
      const plan = { ...(await planStack({ stack, file, projectDirectory: PROJECT_DIRECTORY })), ...(before && { before }) };
      const findings = findingsOf(plan);
      await emit.stack(plan, findings);
      if (findings.some((finding) => finding.severity === "error" && isOpen(finding))) worst = Math.max(worst, EXIT.findings);
    } catch (error) {
      const message = userMessage(error);
      if (message === undefined || error instanceof OutputError) throw error;
      process.stderr.write(`${message}\n`);
      worst = EXIT.invalid;
    }
  }
  await emit.end();
  return worst;
}

function checkAgainst(
  against: string | undefined,
  { format, stacks, details, state }: { format: Format; stacks: number; details: boolean; state: string | undefined },
): void {
  if (against === undefined) return;
  if (against === "") throw new UsageError("mes plan: --against needs the name of a file");
  if (stacks > 1) throw new UsageError("mes plan: --against is of one stack; name it with --stack");
  if (format !== "text") throw new UsageError("mes plan: --against belongs to --format text");
  if (details) throw new UsageError("mes plan: --against shows changes, --details the whole plan; use one of both");
  if (against === "-" && state === "-") throw new UsageError("mes plan: standard input can be --against or --state, not both");
}

/** The option that an argument without one was probably meant for. */
function meantBy(argument: string): string {
  if (stackNames(PROJECT_DIRECTORY).includes(argument)) return `; a stack is named with --stack ${argument}`;
  if (FORMATS.some((format) => format === argument)) return `; a format is named with --format ${argument}`;
  if (/\.ya?ml$/.test(argument)) return `; a stack file is named with --stack-file ${argument}`;
  return "; see mes plan --help";
}

function formatOf(given: string): Format {
  const format = FORMATS.find((known) => known === given);
  if (format === undefined) throw new UsageError(`mes plan: unknown format ${given}${didYouMean(given, FORMATS)}`);
  return format;
}

function requestsOf(stacks: readonly string[], file: string | undefined): StackRequest[] {
  if (file !== undefined) {
    if (file === "") throw new UsageError("mes plan: --stack-file needs the name of a file");
    if (stacks.length > 1) throw new UsageError("mes plan: --stack-file is one stack; name at most one with --stack");
    const stack = stacks[0] ?? /^Pulumi\.(.+)\.ya?ml$/.exec(path.basename(file))?.[1];
    if (stack === undefined) {
      throw new UsageError(
        `mes plan: ${path.basename(file)} does not tell its stack, as Pulumi.NAME.yaml would; add --stack NAME`,
      );
    }
    return [{ stack: checkedName(stack), file: path.resolve(file) }];
  }
  const known = stackNames(PROJECT_DIRECTORY);
  for (const stack of stacks) {
    if (stack === "") throw new UsageError("mes plan: --stack needs the name of a stack");
    if (!known.includes(stack)) throw new UsageError(`mes plan: there is no stack ${stack}${didYouMean(stack, known)}`);
  }
  const wanted = stacks.length > 0 ? [...new Set(stacks)] : known;
  if (wanted.length === 0) throw new UsageError("mes plan: this project has no stack; write a Pulumi.NAME.yaml");
  return wanted.map((stack) => ({ stack, file: stackFilePath(PROJECT_DIRECTORY, stack) }));
}

/** What Pulumi allows in the name of a stack; it becomes part of every URN, and a file name. */
function checkedName(stack: string): string {
  if (/^[\w.-]{1,100}$/.test(stack) && !/^\.+$/.test(stack)) return stack;
  throw new UsageError(`mes plan: ${stack} cannot be a stack's name; use letters, digits, dashes, dots and underscores`);
}

interface Shown {
  readonly details: boolean;
  /** File that the plan is compared with. */
  readonly against: string | undefined;
}

function emitter(format: Format, out: string | undefined, stacks: number, { details, against }: Shown): Emitter {
  const nothing = () => Promise.resolve();
  const toFile = (file: string, text: string) => Promise.resolve(writeFileAtomically(path.join(out ?? "", file), text));
  switch (format) {
    case "text": {
      const palette = out === undefined ? paletteFor(process.stdout, process.env) : NO_COLOURS;
      const width = out === undefined ? widthFor(process.stdout, process.env) : DEFAULT_WIDTH;
      return {
        stack: (plan, findings) => {
          const text =
            against === undefined
              ? textReport(plan, findings, { palette, width, details })
              : changesText(plan, findings, against, { palette, width });
          return out === undefined ? print(`${text}\n`) : toFile(`${plan.stack}.txt`, text);
        },
        end: nothing,
      };
    }
    case "json": {
      const plans: JsonPlan[] = [];
      return {
        stack: async (plan, findings) => {
          const report = jsonReport(plan, findings);
          if (out === undefined) plans.push(report);
          else await toFile(`${plan.stack}.json`, `${JSON.stringify(report, null, 2)}\n`);
        },
        end: async () => {
          if (out !== undefined || (stacks === 1 && plans.length === 0)) return;
          await print(`${JSON.stringify(stacks === 1 ? plans[0] : plans, null, 2)}\n`);
        },
      };
    }
    case "manifests":
      return {
        stack: async (plan, findings) => {
          const { manifests, unknown, secret, left } = manifestsOf(plan);
          if (out === undefined) await print(manifests.map(({ text }) => `---\n${text}`).join(""));
          else writeFolderAtomically(path.join(out, plan.stack), manifests);
          const notes = [
            count(manifests.length, "object"),
            ...(unknown > 0 ? [`${count(unknown, "value")} known only after apply, written ${UNKNOWN_PLACEHOLDER}`] : []),
            ...(secret > 0 ? [`${count(secret, "secret value")} written as placeholder`] : []),
            ...(left > 0 ? [`${count(left, "resource")} that ${left === 1 ? "is" : "are"} no Kubernetes object left out`] : []),
          ];
          process.stderr.write(`${plan.stack}: ${notes.join("; ")}\n`);
          process.stderr.write(`${summary(plan, findings, paletteFor(process.stderr, process.env))}\n`);
        },
        end: nothing,
      };
  }
}

/** What a plan changes, and what is wrong with it. */
function changesText(
  plan: Plan,
  findings: readonly Finding[],
  against: string,
  shown: { palette: Palette; width: number },
): string {
  const { palette, width } = shown;
  const report = changeReport(plan, diffPlans(savedResources(against, plan.stack), plan), shown);
  const found = findingLines(findings, width, palette);
  return [report, ...(found.length > 0 ? [...found, ""] : []), summary(plan, findings, palette), ""].join("\n");
}
