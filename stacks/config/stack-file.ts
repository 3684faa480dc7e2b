import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { ConfigError, type Issue } from "./issues";

/** A key of a stack file: names of mappings and indices of sequences. */
export type KeyPath = readonly (string | number)[];

/** A parsed `Pulumi.<stack>.yaml` that knows where each of its keys stands. */
export class StackFile {
  private constructor(
    readonly file: string,
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
  ) {}

  /** @throws ConfigError with every error of the YAML, each with its place */
  static parse(file: string, text: string): StackFile {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
    const stackFile = new StackFile(file, document, lines);
    const problems = [...document.errors, ...document.warnings].map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { file, line, column: col, key: "", message: yamlMessage(error.code, error.message) };
    });
    if (problems.length > 0) throw new ConfigError(problems);
    if (document.contents === null) {
      throw new ConfigError([
        { file, line: 1, column: 1, key: "", message: "the file is empty; it needs `config:` with the settings of the stack" },
      ]);
    }
    if (!isMap(document.contents)) {
      throw new ConfigError([stackFile.issue([], "expected a mapping with the key `config:`")]);
    }
    return stackFile;
  }

  toJS(): unknown {
    // Aliases are expanded a bounded number of times, so that no file can blow up the memory.
    return this.document.toJS({ maxAliasCount: 100 });
  }

  /** An issue at the given key, or at the nearest key above it that the file has. */
  issue(path: KeyPath, message: string, options: { atKey?: boolean; key?: string } = {}): Issue {
    const offset = this.offset(path, options.atKey ?? false);
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line, column: col, key: options.key ?? formatKey(path), message };
  }

  private offset(path: KeyPath, atKey: boolean): number {
    let node: Node | null = this.document.contents;
    let offset = node?.range?.[0] ?? 0;
    for (const [depth, part] of path.entries()) {
      if (isMap(node)) {
        const pair: (typeof node.items)[number] | undefined = node.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(part),
        );
        if (pair === undefined) return offset;
        const key = pair.key as Node;
        const value = pair.value as Node | null;
        const last = depth === path.length - 1;
        // An absent value has no place of its own, and a mapping is best found by its key.
        const useKey = (last && atKey) || value?.range == null || isMap(value) || (isScalar(value) && value.source === "");
        offset = (useKey ? key.range?.[0] : value?.range?.[0]) ?? offset;
        node = value;
      } else {
        const child: unknown = node !== null && "items" in node ? (node as { items: unknown[] }).items[Number(part)] : undefined;
        const range = (child as Node | undefined)?.range;
        if (range == null) return offset;
        offset = range[0];
        node = child as Node;
      }
    }
    return offset;
  }
}

/** `["config", "mes:roles", "api", 0]` → `mes:roles.api[0]`. */
export function formatKey(path: KeyPath): string {
  const parts = path[0] === "config" ? path.slice(1) : path;
  return parts.reduce<string>(
    (key, part) => (typeof part === "number" ? `${key}[${part}]` : key === "" ? part : `${key}.${part}`),
    "",
  );
}

function yamlMessage(code: string, message: string): string {
  if (code === "TAB_AS_INDENT") return "a tab; YAML is indented with spaces";
  if (code === "DUPLICATE_KEY") return "this key stands here twice; keep one";
  return `not valid YAML: ${message}`;
}
