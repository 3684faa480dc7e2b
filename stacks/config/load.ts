import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isSecretSchema } from "../../components/schema";
import { concernsOf, NAMESPACE, topLevel } from "./concerns";
import type { Hidden } from "./found";
import { ConfigError, type Issue } from "./issues";
import { placeholdersIn, type Placeholder } from "./placeholders";
import { stackSchema, type StackConfig } from "./schema";
import { schemasAt } from "./schema-walk";
import { withSecrets } from "./secrets";
import { formatKey, StackFile, Unreadable, type KeyPath, type PlacedKey } from "./stack-file";
import { readText, shown } from "./text";
import { mistakesIn, type Misreading } from "./unreadable";
import { problemsOf, type Problem } from "./validate";

export { stackNames } from "./text";

export function stackFilePath(projectDirectory: string, stack: string): string {
  return path.join(projectDirectory, `Pulumi.${stack}.yaml`);
}

/** A stack file that has been read. */
export interface ReadStackFile {
  readonly config: StackConfig;
  /** What in it is an example. */
  readonly placeholders: readonly Placeholder[];
  /** How messages name the file, and where its keys are. */
  readonly file: string;
  readonly keys: readonly PlacedKey[];
}

/**
 * Reads and validates a stack file.
 * @param text its content, where it has been read already
 * @throws ConfigError with all that is wrong in it
 */
export function readStackFile(file: string, text: string = readText(file)): ReadStackFile {
  const stackFile = readable(shown(file), text);
  const { config, issues } = validated(stackFile);
  if (issues.length > 0) throw new ConfigError(issues);
  if (config === undefined) throw new Error("a problem of a stack file has no place");
  return { config, placeholders: placeholdersIn(stackFile), file: stackFile.file, keys: stackFile.keys() };
}

/** @throws ConfigError with each mistake that keeps the text from being YAML, where it was made */
function readable(file: string, text: string): StackFile {
  try {
    return StackFile.parse(file, text);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const mistakes = mistakesIn(text, { errors: misreadings, worth });
    throw new ConfigError(mistakes.map(({ line, column, message }) => ({ file, line, column, key: "", message })));
  }
}

function misreadings(text: string): readonly Misreading[] {
  try {
    StackFile.parse("", text);
    return [];
  } catch (error) {
    if (error instanceof Unreadable) return error.misreadings;
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

/** How much is wrong with the values of a text: most, where the settings cannot be looked at. */
function worth(text: string): number {
  try {
    const { issues, complete } = validated(StackFile.parse("", text));
    return complete ? issues.length : Infinity;
  } catch (error) {
    if (error instanceof ConfigError) return Infinity;
    throw error;
  }
}

/** What a stack file means, and all that is wrong with it. */
function validated(stackFile: StackFile): { config?: StackConfig; issues: readonly Issue[]; complete: boolean } {
  const { refusals } = stackFile;
  const { values, problems, complete } = concernsOf(stackFile.value);
  const misplaced = misplacedSecrets(stackFile, values);
  const result = problemsOf(stackSchema, values);
  const found = "problems" in result && complete ? result.problems.map(inConfig) : [];
  const covered = [
    ...misplaced.map((problem) => problem.path),
    ...refusals.filter((refusal) => refusal.unknown).map(({ path }) => path),
    // Of the whole concern: its rules read what is missing.
    ...refusals.filter((refusal) => refusal.nameless === true && refusal.path.length > 1).map(({ path }) => path.slice(0, 2)),
  ];
  const all = [...problems, ...found].filter((problem) => !covered.some((above) => isAtOrBelow(problem.path, above)));
  const issues = [
    ...refusals.map((refusal) => stackFile.issueAt(refusal.offset, refusal.path, refusal.message)),
    ...[...all, ...misplaced].map((problem) => stackFile.issue(problem.path, told(problem), problem)),
  ];
  return { ...("value" in result ? { config: result.value } : {}), issues: sorted(issues), complete };
}

/**
 * Validates the configuration that the Pulumi engine hands to the program, decrypted. The stack file, where it can be
 * read, only tells the places of the errors: the engine's values also come from `--config-file`.
 * @param values configuration by full key (`mes:roles`), structured values as JSON
 * @param secretKeys full keys with a secret somewhere in them
 * @throws ConfigError with all that is wrong in it, and no secret quoted
 */
export function loadEngineConfig(
  values: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
  file: string,
): StackConfig {
  const concerns = concernsOf({ config: values });
  const place = placing(values, file);
  const secrets = secretKeys.flatMap((key) => place.secretsIn(key));
  const hidden: Hidden = (at) => secrets.some((secret) => isAtOrBelow(inConfigPath(at), secret));
  const result = problemsOf(stackSchema, withSecrets(stackSchema, concerns.values), hidden);
  const all = "problems" in result ? [...concerns.problems, ...result.problems.map(inConfig)] : concerns.problems;
  if ("value" in result && all.length === 0) return result.value;
  throw new ConfigError(sorted(all.map(place.issue)));
}

/**
 * What is wrong with a value that the engine handed over, with its place in the stack file where it is from there.
 * @param path as `["cluster", "context"]`
 */
export function engineIssue(values: Readonly<Record<string, string>>, file: string, path: KeyPath, message: string): Issue {
  return placing(values, file).issue({ path: inConfigPath(path), message });
}

/** Tells the places in a stack file of what the engine handed over. */
function placing(values: Readonly<Record<string, string>>, file: string) {
  const stackFile = readIfPossible(file);
  const source = stackFile === undefined ? new Set<string>() : keysFrom(stackFile, values);
  return {
    secretsIn: (key: string): KeyPath[] =>
      source.has(key) && stackFile !== undefined ? stackFile.securePaths(["config", key]) : [["config", key]],
    issue: (problem: Problem): Issue => {
      const key = String(problem.path[1] ?? "");
      // A concern that is missing is missing in the file, if it is there.
      if (stackFile !== undefined && (source.has(key) || !Object.hasOwn(values, key))) {
        return stackFile.issue(problem.path, told(problem), problem);
      }
      return { file: "configuration", key: formatKey(problem.path), message: told(problem) };
    },
  };
}

/** Secrets where none can be: the plan has to know these values. */
function misplacedSecrets(stackFile: StackFile, values: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(values)
    .flatMap((concern) => stackFile.securePaths(inConfigPath([concern])))
    .filter((at) => {
      const schemas = schemasAt(stackSchema, [String(at[1]).slice(NAMESPACE.length + 1), ...at.slice(2)], values);
      return schemas.length > 0 && !schemas.some(isSecretSchema);
    })
    .map((at) => ({ path: at, message: misplacedSecret(at) }));
}

function misplacedSecret(at: KeyPath): string {
  const [, concern, role, key] = at;
  const ofARole = concern === `${NAMESPACE}:roles` && (key === "env" || key === "args" || key === "command");
  if (ofARole) {
    return `is no place for a secret, which would be in everybody's sight: put it under ${NAMESPACE}:roles.${String(role)}.secrets, or name a Secret under secretRefs`;
  }
  return "is no place for a secret: the plan has to know the value. A password, token or key belongs under `secrets` or `secretRefs` of a role, or another key that takes secrets (docs/configuration.md)";
}

/** The keys whose values the engine has from this very file. */
function keysFrom(stackFile: StackFile, values: Readonly<Record<string, string>>): Set<string> {
  return new Set(
    Object.keys(values).filter((key) => {
      const stated = stackFile.at(["config", key]);
      return stated !== undefined && isSameDecrypted(topLevel(stated), topLevel(values[key]));
    }),
  );
}

/** Whether a value is another one with its secrets decrypted. */
function isSameDecrypted(stated: unknown, decrypted: unknown): boolean {
  if (typeof stated !== "object" || stated === null) return isDeepStrictEqual(stated, decrypted);
  const entries = Object.entries(stated);
  if (entries.length === 1 && entries[0]?.[0] === "secure") return typeof decrypted !== "object";
  if (typeof decrypted !== "object" || decrypted === null || Array.isArray(stated) !== Array.isArray(decrypted)) return false;
  return (
    entries.length === Object.keys(decrypted).length &&
    entries.every(([key, value]) => isSameDecrypted(value, (decrypted as Record<string, unknown>)[key]))
  );
}

/** The stack file, if there is one that can be read: the engine has its own way of saying what is wrong with it. */
function readIfPossible(file: string): StackFile | undefined {
  try {
    return StackFile.parse(shown(file), readText(file));
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** The message; of a secret, with the command that sets it. */
function told({ path: at, message, secret = false }: Problem): string {
  if (!secret) return message;
  const key = at.at(-1) === "secure" ? at.slice(0, -1) : at;
  return `${message}: set it with \`pulumi config set --secret --path '${formatKey(key)}'\``;
}

/** `["roles", "api"]` → `["config", "mes:roles", "api"]`. */
function inConfigPath(at: KeyPath): KeyPath {
  const [concern, ...rest] = at;
  return concern === undefined ? ["config"] : ["config", `${NAMESPACE}:${concern}`, ...rest];
}

function inConfig(problem: Problem): Problem {
  return { ...problem, path: inConfigPath(problem.path) };
}

function isAtOrBelow(at: KeyPath, above: KeyPath): boolean {
  return above.every((part, depth) => part === at[depth]);
}

function sorted(issues: readonly Issue[]): Issue[] {
  return [...issues].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
