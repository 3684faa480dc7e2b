import * as fs from "node:fs";
import * as path from "node:path";
import { didYouMean, parsingDecrypted } from "../../components/schema";
import { ConfigError, type Issue } from "./issues";
import { stackSchema, type StackConfig } from "./schema";
import { StackFile, type KeyPath } from "./stack-file";
import { problemsOf, type Problem } from "./validate";

/** The namespace of the platform's keys: the project's name in Pulumi.yaml. */
export const NAMESPACE = "mes";

/** Top-level keys of a stack file. Source: https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/ */
const FILE_KEYS = ["config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"];

/** Names of the stacks of a project folder: those of its files `Pulumi.<stack>.yaml`. */
export function stackNames(projectDirectory: string): string[] {
  return fs
    .readdirSync(projectDirectory)
    .flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? [])
    .sort();
}

export function stackFilePath(projectDirectory: string, stack: string): string {
  return path.join(projectDirectory, `Pulumi.${stack}.yaml`);
}

/**
 * Reads and validates a stack file.
 * @throws ConfigError with all that is wrong in it
 */
export function loadStackFile(file: string): StackConfig {
  const stackFile = readStackFile(file);
  const { concerns, problems } = concernsOf(stackFile.toJS());
  const result = problemsOf(stackSchema, concerns);
  const all = "problems" in result ? [...problems, ...result.problems.map(inConfig)] : problems;
  if (all.length > 0) throw new ConfigError(sorted(all.map((problem) => place(stackFile, problem))));
  return (result as { value: StackConfig }).value;
}

/**
 * Validates the configuration that the Pulumi engine hands to the program, decrypted. The stack file, where it can be
 * read, only tells the places of the errors: the engine's values also come from `--config` and `--config-file`.
 * @param values configuration by full key (`mes:roles`), structured values as JSON
 * @throws ConfigError with all that is wrong in it
 */
export function loadEngineConfig(
  values: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
  file: string,
): StackConfig {
  const { concerns, problems } = concernsOf({ config: mapValues(values, parseJson) });
  const result = parsingDecrypted(() => problemsOf(stackSchema, concerns));
  const all = "problems" in result ? [...problems, ...result.problems.map(inConfig)] : problems;
  if (all.length === 0) return (result as { value: StackConfig }).value;
  const secret = new Set(secretKeys);
  const stackFile = fs.existsSync(file) ? readStackFile(file) : undefined;
  throw new ConfigError(
    sorted(
      all.map((problem) => {
        // The message may quote the value, and the value may be a secret.
        const quoted = secret.has(String(problem.path[1]))
          ? { ...problem, message: problem.message.replace(/, found .*/s, "") }
          : problem;
        if (stackFile !== undefined) return place(stackFile, quoted);
        return { file: path.basename(file), key: problem.path.slice(1).join("."), message: quoted.message };
      }),
    ),
  );
}

function readStackFile(file: string): StackFile {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message;
    throw new ConfigError([{ file: shown(file), key: "", message: reason }]);
  }
  return StackFile.parse(shown(file), text);
}

/** Takes the platform's own keys out of a stack file and notes what else does not belong there. */
function concernsOf(content: unknown): { concerns: Record<string, unknown>; problems: Problem[] } {
  const problems: Problem[] = [];
  const concerns: Record<string, unknown> = {};
  const top = isRecord(content) ? content : {};
  for (const key of Object.keys(top)) {
    if (!FILE_KEYS.includes(key))
      problems.push({ path: [key], message: `unknown key${didYouMean(key, FILE_KEYS)}`, atKey: true });
  }
  const config = top.config ?? {};
  if (!isRecord(config)) {
    problems.push({ path: ["config"], message: "expected a mapping of `namespace:key` to values" });
    return { concerns, problems };
  }
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith(`${NAMESPACE}:`)) concerns[key.slice(NAMESPACE.length + 1)] = value;
    else if (!key.includes(":"))
      problems.push({ path: ["config", key], message: `needs its namespace: write ${NAMESPACE}:${key}`, atKey: true });
  }
  return { concerns, problems };
}

/** `["roles", "api"]` → `["config", "mes:roles", "api"]`. */
function inConfig(problem: Problem): Problem {
  const [concern, ...rest] = problem.path;
  const path: KeyPath = concern === undefined ? ["config"] : ["config", `${NAMESPACE}:${concern}`, ...rest];
  return { ...problem, path };
}

function place(stackFile: StackFile, problem: Problem): Issue {
  return stackFile.issue(problem.path, problem.message, { atKey: problem.atKey ?? false });
}

function sorted(issues: Issue[]): Issue[] {
  return issues.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
