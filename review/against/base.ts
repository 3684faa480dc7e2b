import * as fs from "node:fs";
import * as path from "node:path";
import type { Compared } from "../diff/compared";
import { findingsIn, resourcesOf } from "../diff/saved";
import { UsageError } from "../errors";
import { savedContent } from "../plan/former";
import type { Finding } from "../rules/rule";
import { committedAt, committedText } from "./git";
import { planCommitted } from "./other-plan";

/** What a plan is compared with. */
export interface Base {
  /** As people name it: a ref, a file, or standard input. */
  readonly title: string;
  readonly resources: readonly Compared[];
  /** The stack file that it was made of, where that is known. */
  readonly stackFile?: string;
  /** What is wrong with it; absent where it does not tell. */
  readonly findings?: readonly KnownFinding[];
  /** There is no such stack yet. */
  readonly absent?: true;
}

type KnownFinding = Pick<Finding, "rule" | "urn" | "path">;

/** The other side of each stack. Where it is another commit, it is being planned from the moment this is made. */
export type Bases = (stack: string) => Promise<Base>;

/**
 * @param against a file of `mes plan --format json` or `pulumi stack export`, `-` for standard input, or a commit of the project's repository
 * @throws UsageError where it is none of them
 */
export function basesOf(
  against: string,
  requests: readonly { readonly stack: string; readonly file: string }[],
  projectDirectory: string,
): Bases {
  if (against === "-" || fs.existsSync(against)) {
    if (requests.length > 1) throw new UsageError("mes plan: --against FILE is of one stack; name it with --stack");
    const title = against === "-" ? "standard input" : against;
    const content = savedContent(against);
    return (stack) => Promise.resolve(baseIn(content, title, stack));
  }
  if (/\.json$|^\.{0,2}\//.test(against)) throw new UsageError(`mes plan: there is no file ${against}`);
  const committed = committedAt(against, projectDirectory);
  const wanted = requests.map(({ stack, file }) => ({ stack, file: inProject(file, projectDirectory) }));
  const there = wanted.filter(({ file }) => path.isAbsolute(file) || committedText(committed, file) !== undefined);
  const plans = planCommitted(committed, there, projectDirectory);
  const files = new Map(
    there.map(({ stack, file }) => [
      stack,
      path.isAbsolute(file) ? fs.readFileSync(file, "utf8") : committedText(committed, file),
    ]),
  );
  return async (stack) => {
    const plan = plans.get(stack);
    if (plan === undefined) return { title: against, resources: [], absent: true };
    const stackFile = files.get(stack);
    return { ...baseIn(await plan, against, stack), ...(stackFile === undefined ? {} : { stackFile }) };
  };
}

function baseIn(content: unknown, title: string, stack: string): Base {
  const findings = findingsIn(content);
  return { title, resources: resourcesOf(content, title, stack), ...(findings === undefined ? {} : { findings }) };
}

/** A stack file relative to the project; one that is elsewhere as it is. */
function inProject(file: string, projectDirectory: string): string {
  const relative = path.relative(projectDirectory, file);
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.split(path.sep).join("/");
}
