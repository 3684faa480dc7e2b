import { LineCounter, parseDocument, visit, type Node, type YAMLError } from "yaml";
import { ConfigError, type Issue } from "./issues";
import { lexicalProblems } from "./lexical";
import { locate, MAX_DEPTH, TooManyValues, type Child, type Located, type Refusal } from "./located";
import type { PlacedText } from "./placeholders";
import { endOf } from "./text";
import type { Misreading } from "./unreadable";

/** A key of a stack file: names of mappings and indices of sequences. */
export type KeyPath = readonly (string | number)[];

/** A key of a stack file, and where it is; lines and columns count from 1. */
export interface PlacedKey {
  readonly path: KeyPath;
  readonly line: number;
  readonly column: number;
}

/** A text that is no YAML, with everything that the parser says of it, in the order of the file. */
export class Unreadable extends ConfigError {
  constructor(
    file: string,
    readonly misreadings: readonly Misreading[],
  ) {
    super(misreadings.map(({ line, column, message }) => ({ file, line, column, key: "", message })));
  }
}

/** A parsed `Pulumi.<stack>.yaml` that knows where each of its keys is. */
export class StackFile {
  private constructor(
    readonly file: string,
    private readonly lines: LineCounter,
    private readonly root: Located,
    /** What the engine would refuse in it, although it is YAML. */
    readonly refusals: readonly Refusal[],
  ) {}

  /**
   * @throws Unreadable for a text that is no YAML
   * @throws ConfigError for one that no stack file can be
   */
  static parse(file: string, text: string): StackFile {
    const lines = new LineCounter();
    const { tooDeep, tabs, byteOrderMarks } = lexicalProblems(text, MAX_DEPTH);
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
      ...tabs.map((offset) => ({ ...placeOf(lines, offset), message: TAB, certain: true })),
      ...byteOrderMarks.map((offset) => ({ ...placeOf(lines, offset), message: BYTE_ORDER_MARK, certain: true })),
      ...document.errors.map((error) => ({
        ...placeOf(lines, Math.min(error.pos[0], end)),
        message: yamlMessage(error),
        begins: beginningOf(document.contents, error, lines),
        certain: error.code === "MULTIPLE_DOCS" && text.startsWith("---", error.pos[0]),
      })),
    ];
    if (unreadable.length > 0) throw new Unreadable(file, unreadable.sort(byPlace));
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
  issue(path: KeyPath, message: string, { atKey = false, atValue = false }: { atKey?: boolean; atValue?: boolean } = {}): Issue {
    return this.issueAt(this.offset(path, atKey, atValue), path, message);
  }

  issueAt(offset: number, path: KeyPath, message: string): Issue {
    return { file: this.file, ...placeOf(this.lines, offset), key: formatKey(path), message };
  }

  /** Paths of the values that are in the file as `{secure: …}`, below the given path. */
  securePaths(below: KeyPath): KeyPath[] {
    const start = this.find(below);
    return start === undefined ? [] : secureIn(start.located).map((path) => [...below, ...path]);
  }

  /** Every text of the file, those that are secret aside. */
  texts(): PlacedText[] {
    return textsIn(this.root, []).map(({ path, value, offset }) => ({ path, value, line: placeOf(this.lines, offset).line }));
  }

  /** Every key of the file, and where it is. */
  keys(): PlacedKey[] {
    return keysIn(this.root, []).map(({ path, offset }) => ({ path, ...placeOf(this.lines, offset) }));
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

  private offset(path: KeyPath, atKey: boolean, atValue: boolean): number {
    let child: Child = { located: this.root, keyOffset: this.root.offset };
    for (const [depth, part] of path.entries()) {
      const next = child.located.children.get(part);
      // What is missing is missed by its parent.
      if (next === undefined) return depth === 0 ? child.located.offset : child.keyOffset;
      child = next;
    }
    if (atKey || path.length === 0) return child.keyOffset;
    if (atValue) return child.located.offset;
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

function textsIn(
  { value, offset, children, secure }: Located,
  path: KeyPath,
): { path: KeyPath; value: string; offset: number }[] {
  if (secure) return [];
  if (typeof value === "string") return [{ path, value, offset }];
  return [...children].flatMap(([key, child]) => textsIn(child.located, [...path, key]));
}

function keysIn({ children }: Located, path: KeyPath): { path: KeyPath; offset: number }[] {
  return [...children].flatMap(([key, child]) => {
    const own = [...path, key];
    return [{ path: own, offset: child.keyOffset }, ...keysIn(child.located, own)];
  });
}

function secureIn(located: Located): KeyPath[] {
  if (located.secure) return [[]];
  return [...located.children].flatMap(([key, child]) => secureIn(child.located).map((path) => [key, ...path]));
}

function byPlace(a: Misreading, b: Misreading): number {
  return a.line - b.line || a.column - b.column;
}

/** Line of the quote that is never closed: the parser tells it at the end of the file. */
function beginningOf(root: Node | null, error: YAMLError, lines: LineCounter): number | undefined {
  if (error.code !== "MISSING_CHAR") return undefined;
  let begins: number | undefined;
  visit(root, {
    Scalar: (_, { range }) => {
      if (range != null && range[0] < error.pos[0] && range[1] >= error.pos[0]) begins = lines.linePos(range[0]).line;
    },
  });
  return begins;
}

const TAB = "a tab; YAML is indented with spaces";
const BYTE_ORDER_MARK = "a byte order mark (U+FEFF), which nobody sees, in the middle of the file; take it out";

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
