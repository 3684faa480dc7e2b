import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "../errors";

/** The project as a commit has it. */
export interface Committed {
  /** As it was named, e.g. `origin/main`. */
  readonly ref: string;
  /** Hash of the folder's content. */
  readonly tree: string;
  /** Absolute. */
  readonly gitDirectory: string;
  /** Files and folders in it, without those of folders. */
  readonly names: readonly string[];
}

/** Variables by which git finds another repository, as it sets them for hooks. */
const ELSEWHERE = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

function git(args: readonly string[], cwd: string, own: NodeJS.ProcessEnv = {}): string {
  const inherited = Object.entries(process.env).filter(([name]) => !ELSEWHERE.includes(name));
  const env = { ...Object.fromEntries(inherited), LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", ...own };
  // Hooks and monitors of the user's repository have nothing to do with a look at it.
  const quiet = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];
  return execFileSync("git", [...quiet, ...args], {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 28,
  });
}

/**
 * The project at a ref of its repository. Neither the work tree nor the index is looked at.
 * @param ref a branch, a tag, a commit, `HEAD^1`
 * @throws UsageError where there is no repository, no such commit, or no such folder in it
 */
export function committedAt(ref: string, projectDirectory: string): Committed {
  const ask = (...args: string[]) => attempt(() => git(args, projectDirectory).trim());
  const gitDirectory = ask("rev-parse", "--absolute-git-dir");
  if (typeof gitDirectory !== "string")
    throw new UsageError(`mes plan: there is no file ${ref}, and ${whyNoRepository(gitDirectory)}`);
  const commit = ask("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
  if (typeof commit !== "string") throw new UsageError(`mes plan: ${noSuchCommit(ref, gitDirectory)}`);
  const folder = ask("rev-parse", "--show-prefix");
  const place = `${commit}:${typeof folder === "string" ? folder : ""}`;
  const tree = ask("rev-parse", "--verify", "--quiet", place);
  if (typeof tree !== "string") throw new UsageError(`mes plan: ${ref} has no folder ${String(folder)}`);
  const names = git(["ls-tree", "-z", "--full-tree", "--name-only", tree], projectDirectory)
    .split("\0")
    .filter((name) => name !== "");
  return { ref, tree, gitDirectory, names };
}

function whyNoRepository({ code, stderr }: GitError): string {
  if (code === "ENOENT") return "there is no git to look for a ref of that name";
  const [said = ""] = (stderr ?? "").split("\n").filter((line) => line.startsWith("fatal:"));
  return `no ref of that name: ${said.replace(/^fatal: /, "")}`;
}

function noSuchCommit(ref: string, gitDirectory: string): string {
  const shallow = fs.existsSync(path.join(gitDirectory, "shallow"));
  const hint = shallow ? "; the clone is shallow: fetch the commit first (git fetch --depth=1 origin BRANCH)" : "";
  return `${ref} is neither a file nor a commit of this repository${hint}`;
}

interface GitError extends NodeJS.ErrnoException {
  readonly stderr?: string;
}

function attempt(ask: () => string): string | GitError {
  try {
    return ask();
  } catch (error) {
    return error as GitError;
  }
}

/** The text of a file of the project at that commit; undefined if it has none. */
export function committedText({ tree, gitDirectory }: Committed, file: string): string | undefined {
  const text = attempt(() => git(["cat-file", "blob", `${tree}:${file}`], gitDirectory));
  return typeof text === "string" ? text : undefined;
}

/**
 * Writes the files of the commit into an empty folder, by an index of its own beside that: the user's is not touched. Submodules are left out.
 * @throws UsageError with what git says
 */
export function writeTree({ ref, tree, gitDirectory }: Committed, folder: string): void {
  const own = { GIT_INDEX_FILE: `${folder}.index` };
  const options = [`--git-dir=${gitDirectory}`, `--work-tree=${folder}`];
  try {
    git([...options, "read-tree", tree], folder, own);
    git([...options, "checkout-index", "--all", "--quiet"], folder, own);
  } catch (error) {
    throw new UsageError(`mes plan: the files of ${ref} cannot be written: ${(error as GitError).stderr ?? String(error)}`);
  } finally {
    fs.rmSync(own.GIT_INDEX_FILE, { force: true });
  }
}
