import * as fs from "node:fs";
import { didYouMean } from "../../components/schema";
import { stackNames } from "../../stacks/config/load";
import { basesOf, type Base } from "../against/base";
import { assess, isAtLeast, type Assessment } from "../assessment/assess";
import { causeFinder } from "../cause";
import { diffPlans, type Diff } from "../diff/changes";
import { SEVERITIES, type Severity } from "../effects/effect";
import { EXIT } from "../exit";
import { UsageError, userMessage } from "../errors";
import type { Outlook } from "../forecast/outlook";
import { denyNetwork } from "../offline";
import { checkFolder, OutputError, print } from "../output";
import { formerOf } from "../plan/former";
import { planStack, type PlanArgs } from "../plan/stack";
import type { Plan } from "../plan/plan";
import { isLater } from "../report/outlook";
import { findingsOf, isOpen } from "../rules";
import type { Finding } from "../rules/rule";
import { parseOptions } from "./arguments";
import { emitter, FORMATS, type Format } from "./emitter";
import { PROJECT_DIRECTORY, requestedStacks } from "./stacks";

export const HELP = `mes plan: everything that a stack would create, and what is wrong with it

  mes plan [--stack NAME]… [--stack-file PATH] [--details] [--format text|json|manifests|markdown|sarif|html]
           [--out DIR] [--state FILE] [--against REF|FILE [--fail-on SEVERITY]]

  --stack NAME       a stack of this project (Pulumi.NAME.yaml); may be repeated. Default: all of them
  --stack-file PATH  any stack file, wherever it is; its stack is the NAME in Pulumi.NAME.yaml, or --stack
  --details          also images, what is open to others, rights, triggers, queues, backups, who is told of alerts (text only)
  --format text      a report for people (default), as wide as the terminal (or COLUMNS); plain where it is none, or with NO_COLOR
           json      {version, stack, resources, findings, outputs}; a list of these for several stacks. With --against the changes,
                     whose schema mes schema --of changes prints
           manifests the Kubernetes objects as YAML, ready for kubectl apply --server-side
           markdown  with --against: the changes for a pull request, within the 65,536 characters of a comment for all stacks together
           sarif     findings and, with --against, changes that somebody feels, at their lines, as hosts of code show them
           html      one page for a browser, which loads nothing: verdict, findings, changes, way of orders, capacity, resources
  --out DIR          into files instead: DIR/STACK.txt, .json, .md, .sarif, .html or DIR/STACK/NAMESPACE/KIND-NAME.yaml;
                     for html also one file, NAME.html
  --state FILE       what is there already, of pulumi stack export (or an earlier mes plan --format json; - is standard input):
                     also finds what an interrupted deploy left, and what this one would lose. One stack
  --against REF      what the plan changes of that of a commit (a branch, a tag, HEAD^1), which is planned by its own program in a folder of
                     its own: what is destroyed, replaced (and why), updated and created, what that does to what runs, who feels it, and
                     which setting or line is the cause; the most dangerous first. Differences that mean nothing are counted. With
                     mes:forecast also how many orders come late, headroom and cost, before and after
  --against FILE     the same of a file of the same kinds as --state. One stack
  --fail-on SEVERITY with --against: exit code 3 where a change is as bad as that or worse: lost (data is gone), refused (by the API or an
                     operator, or it never gets to what runs), stops (something is away for a time, or more orders come late than
                     before), restarts (pods, some at a time)

Needs no cluster and no credential, and no network but for the packages of a commit with another lock file. Exit code 0: fine; 1: findings of
severity error; 2: invalid input; 3: changes of --fail-on.`;

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
      "fail-on": { type: "string" },
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
  const requests = requestedStacks("mes plan", options.stack ?? [], options["stack-file"]);
  const { state, against, details, out } = options;
  if (state !== undefined && requests.length > 1) throw new UsageError("mes plan: --state is of one stack; name it with --stack");
  checkAgainst(against, { format, details, state });
  const failOn = severityOf(options["fail-on"], against);
  const page = format === "html" ? pageFile(out, requests.length) : undefined;
  if (out !== undefined && page === undefined) checkFolder(out);
  // The other side is planned beside this one, by a process that is started before none can be.
  const bases = against === undefined ? undefined : basesOf(against, requests, PROJECT_DIRECTORY);
  denyNetwork();
  const emit = emitter({ format, out, stacks: requests.length, details, page });
  const codes: number[] = [EXIT.fine];
  for (const { stack, file } of requests) {
    try {
      const args = { stack, file, projectDirectory: PROJECT_DIRECTORY };
      const before = state === undefined ? undefined : formerOf(state, stack);
      const plan = { ...(await planStack(args)), ...(before && { before }) };
      const findings = findingsOf(plan);
      const assessment = bases === undefined ? undefined : await assessed(plan, findings, await bases(stack), args);
      const outlook = format === "html" ? (assessment?.outlook ?? (await outlookFor(plan, file))) : undefined;
      await emit.stack({ plan, findings, ...(assessment && { assessment }), ...(outlook && { outlook }) });
      codes.push(exitCode(findings, assessment, failOn));
    } catch (error) {
      const message = userMessage(error);
      if (message === undefined || error instanceof OutputError) throw error;
      process.stderr.write(`${message}\n`);
      codes.push(EXIT.invalid);
    }
  }
  await emit.end();
  return [EXIT.invalid, EXIT.findings, EXIT.changes].find((code) => codes.includes(code)) ?? EXIT.fine;
}

async function assessed(plan: Plan, findings: readonly Finding[], base: Base, args: PlanArgs): Promise<Assessment> {
  const diff = diffPlans(base.resources, plan);
  const causes = await causeFinder(plan, base, diff, args);
  const assessment = assess({ plan, base, diff, findings, causes });
  if (!changesAnything(base, diff, args.file)) return assessment;
  return { ...assessment, outlook: await outlookFor(plan, args.file, base.absent === true ? undefined : base.resources) };
}

/** A stack file that says something else of the orders that are expected changes no resource. */
function changesAnything({ stackFile }: Base, { changes }: Diff, file: string): boolean {
  if (changes.some(({ custom, verdict }) => custom && verdict !== "noise")) return true;
  return stackFile !== undefined && stackFile !== fs.readFileSync(file, "utf8");
}

/** Loaded only here: a plan by itself waits for no forecast. */
async function outlookFor(plan: Plan, file: string, before?: Base["resources"]): Promise<Outlook> {
  const { outlookOf } = await import("../forecast/outlook");
  return outlookOf(plan, file, before);
}

function exitCode(findings: readonly Finding[], assessment: Assessment | undefined, failOn: Severity | undefined): number {
  if (findings.some((finding) => finding.severity === "error" && isOpen(finding))) return EXIT.findings;
  const late = assessment?.outlook !== undefined && isLater(assessment.outlook) ? [{ severity: "stops" as const }] : [];
  const bad = failOn !== undefined && [...(assessment?.changes ?? []), ...late].some((change) => isAtLeast(change, failOn));
  return bad ? EXIT.changes : EXIT.fine;
}

function checkAgainst(
  against: string | undefined,
  { format, details, state }: { format: Format; details: boolean; state: string | undefined },
): void {
  if (against === undefined && format === "markdown") {
    throw new UsageError("mes plan: --format markdown shows changes; name what to compare with by --against");
  }
  if (against === undefined) return;
  if (against === "") throw new UsageError("mes plan: --against needs a commit or the name of a file");
  if (format === "manifests")
    throw new UsageError("mes plan: --against shows changes, --format manifests the whole plan; use one of both");
  if (details) throw new UsageError("mes plan: --against shows changes, --details the whole plan; use one of both");
  if (against === "-" && state === "-") throw new UsageError("mes plan: standard input can be --against or --state, not both");
}

function severityOf(given: string | undefined, against: string | undefined): Severity | undefined {
  if (given === undefined) return undefined;
  if (against === undefined) throw new UsageError("mes plan: --fail-on is of changes; name what to compare with by --against");
  const gates = SEVERITIES.filter((severity) => severity !== "acts");
  const severity = gates.find((known) => known === given);
  if (severity === undefined) throw new UsageError(`mes plan: unknown severity ${given}${didYouMean(given, gates)}`);
  return severity;
}

/** The file of `--out NAME.html`; nothing where a folder is meant, in which each stack has its page. */
function pageFile(out: string | undefined, stacks: number): string | undefined {
  if (out === undefined) throw new UsageError("mes plan: --format html needs --out NAME.html, or --out DIR for DIR/STACK.html");
  if (!out.endsWith(".html")) return undefined;
  if (stacks > 1)
    throw new UsageError(`mes plan: ${out} is one page, of one stack; name it with --stack, or a folder with --out DIR`);
  return out;
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
