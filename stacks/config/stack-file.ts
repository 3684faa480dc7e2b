import { LineCounter, parseDocument, type Node, type YAMLError } from "yaml";
import { ConfigError, type Issue } from "./issues";
import { lexicalProblems } from "./lexical";
import { locate, MAX_DEPTH, TooManyValues, type Child, type Located, type Refusal } from "./located";
import { endOf } from "./text";

/** A key of a stack file: names of mappings and indices of sequences. */
export type KeyPath = readonly (string | number)[];

/** A parsed `Pulumi.<stack>.yaml` that knows where each of its keys stands. */
export class StackFile {
  private constructor(
    readonly file: string,
    private readonly lines: LineCounter,
    private readonly root: Located,
    /** What the engine would refuse in it, although it is YAML. */
    readonly refusals: readonly Refusal[],
  ) {}

  /** @throws ConfigError with every error of the YAML, each with its place */
  static parse(file: string, text: string): StackFile {
    const lines = new LineCounter();
    const { tooDeep, tabs } = lexicalProblems(text, MAX_DEPTH);
    if (tooDeep !== undefined) {
      const place = endOf(text.slice(0, tooDeep));
      throw new ConfigError([{ file, ...place, key: "", message: `nested more than ${MAX_DEPTH} levels deep` }]);
    }
    // Every scalar is read as text; `locate` gives it the type that the engine would give it.
    const document = parseDocument(text, {
      schema: "failsafe",
      resolveKnownTags: false,
      merge: false,
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "error",
    });
    // What is missing at the end of a file is missing after its last word.
    const end = text.trimEnd().length;
    const at = (offset: number, message: string): Issue => ({ file, ...placeOf(lines, Math.min(offset, end)), key: "", message });
    const unreadable = [
      ...tabs.map((offset) => at(offset, TAB)),
      ...document.errors.map((error) => at(error.pos[0], yamlMessage(error))),
    ];
    if (unreadable.length > 0) throw new ConfigError(onePerLine(unreadable));
    if (document.directives.yaml.explicit === true) {
      throw new ConfigError([at(0, "directives (%YAML) are not used in stack files")]);
    }
    const empty = "the file is empty; it needs `config:` with the settings of the stack";
    if (document.contents === null) throw new ConfigError([at(0, empty)]);
    const { located, refusals } = readValues(document.contents, text, at);
    if (located.value === null && refusals.length === 0) throw new ConfigError([at(located.offset, empty)]);
    return new StackFile(file, lines, located, refusals);
  }

  /** The values of the file, with the types that the engine would give them. */
  get value(): unknown {
    return this.root.value;
  }

  /** An issue at the given key, or at the nearest key above it that the file has. */
  issue(path: KeyPath, message: string, options: { atKey?: boolean } = {}): Issue {
    return this.issueAt(this.offset(path, options.atKey ?? false), path, message);
  }

  issueAt(offset: number, path: KeyPath, message: string): Issue {
    return { file: this.file, ...placeOf(this.lines, offset), key: formatKey(path), message };
  }

  /** Paths of the values that stand in the file as `{secure: …}`, below the given path. */
  securePaths(below: KeyPath): KeyPath[] {
    const start = this.find(below);
    return start === undefined ? [] : secureIn(start.located).map((path) => [...below, ...path]);
  }

  /** The value at a path; undefined where the file has none. */
  at(path: KeyPath): unknown {
    return this.find(path)?.located.value;
  }

  private find(path: KeyPath): Child | undefined {
    let child: Child | undefined = { located: this.root, keyOffset: this.root.offset };
    for (const part of path) child = child?.located.children.get(part);
    return child;
  }

  private offset(path: KeyPath, atKey: boolean): number {
    let child: Child = { located: this.root, keyOffset: this.root.offset };
    for (const [depth, part] of path.entries()) {
      const next = child.located.children.get(part);
      // What is missing is missed by its parent.
      if (next === undefined) return depth === 0 ? child.located.offset : child.keyOffset;
      child = next;
    }
    if (atKey || path.length === 0) return child.keyOffset;
    // A value that begins below its key is found by its key.
    const { line: keyLine } = this.lines.linePos(child.keyOffset);
    const { line: valueLine } = this.lines.linePos(child.located.offset);
    return valueLine > keyLine ? child.keyOffset : child.located.offset;
  }
}

/** `["config", "mes:roles", "api", 0]` → `mes:roles.api[0]`. */
export function formatKey(path: KeyPath): string {
  const parts = path[0] === "config" && path.length > 1 ? path.slice(1) : path;
  return parts.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    // As `pulumi config set --path` wants it.
    if (key !== "" && !/^[A-Za-z_][\w-]*$/.test(part)) return `${key}[${JSON.stringify(part)}]`;
    return key === "" ? part : `${key}.${part}`;
  }, "");
}

function readValues(root: Node, text: string, at: (offset: number, message: string) => Issue): ReturnType<typeof locate> {
  try {
    return locate(root, text);
  } catch (error) {
    if (error instanceof TooManyValues) throw new ConfigError([at(error.offset, error.message)]);
    throw error;
  }
}

function placeOf(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function secureIn(located: Located): KeyPath[] {
  if (located.secure) return [[]];
  return [...located.children].flatMap(([key, child]) => secureIn(child.located).map((path) => [key, ...path]));
}

/** One mistake makes a parser stumble several times; the first is the one to mend. */
function onePerLine(issues: readonly Issue[]): Issue[] {
  const seen = new Set<number | undefined>();
  const inOrder = [...issues].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return inOrder.filter((issue) => !seen.has(issue.line) && seen.add(issue.line));
}

const TAB = "a tab; YAML is indented with spaces";

function yamlMessage(error: YAMLError): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return TAB;
    case "MULTIPLE_DOCS":
      return "a second document begins here; a stack file is one document";
    case "RESOURCE_EXHAUSTION":
      return "nested too deeply";
    case "MISSING_CHAR":
    case "BAD_INDENT":
      if (error.message.startsWith("Flow")) return "not valid YAML: a bracket is not closed, or what is in it not indented";
      return error.message.startsWith("Missing closing")
        ? "not valid YAML: a quote is not closed"
        : "not valid YAML: the indentation does not match the lines above, or a `:` is missing";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "not valid YAML: a second `key: value` on one line; put a value that holds `: ` in quotes";
    case "BAD_SCALAR_START":
      return `not valid YAML: ${error.message.replace("Plain value", "a value without quotes")}`;
    default:
      return `not valid YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
  }
}
