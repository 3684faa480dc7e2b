import * as fs from "node:fs";
import * as path from "node:path";
import { ConfigError } from "../../stacks/config/issues";
import { readStackFile, stackFilePath } from "../../stacks/config/load";
import { StackFile } from "../../stacks/config/stack-file";
import { decode } from "../../stacks/config/text";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

/** A file that is about what it lacks says so in its first line. */
const AS_IT_IS = "# nothing is added to this file";

export const BROKEN = path.join(__dirname, "broken");
export const VALID = path.join(__dirname, "valid");

/** Names of the examples of a folder, without `.yaml`. */
export function examples(directory: string): string[] {
  return fs
    .readdirSync(directory)
    .flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/**
 * The text of an example, with the concerns that it is not about: those are taken from the stack file of dev and follow at
 * the end of `config`, so that no line of the example moves.
 */
export function readExample(directory: string, name: string): string {
  const text = decode(`${name}.yaml`, fs.readFileSync(path.join(directory, `${name}.yaml`)));
  if (text.startsWith(AS_IT_IS) || !/^config:\s*(?:#.*)?\n {2}\S/m.test(text)) return text;
  const given = configOf(text);
  if (given === undefined) return text;
  const dev = configOf(fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, "dev"), "utf8")) ?? {};
  const added = Object.entries(dev)
    .filter(([key]) => key.startsWith("mes:") && !(key in given))
    .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  // What stands beside `config` is added before it ends.
  const end = /^(?=[^\s#])(?!config:)/m.exec(text.slice(text.indexOf("config:")));
  const at = end === null ? text.length : text.indexOf("config:") + end.index;
  return text.slice(0, at) + added.join("") + text.slice(at);
}

/** What is said of an example. */
export function outcome(directory: string, name: string): string {
  try {
    readStackFile(`${name}.yaml`, readExample(directory, name));
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message}\n`;
    throw error;
  }
}

function configOf(text: string): Record<string, unknown> | undefined {
  try {
    const { config } = StackFile.parse("example", text).value as { config?: Record<string, unknown> };
    return config;
  } catch {
    return undefined;
  }
}
