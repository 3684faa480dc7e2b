import { parse } from "yaml";

/** It is no plain YAML: the library reads it. */
class NotPlain extends Error {}

interface Line {
  readonly indent: number;
  readonly text: string;
}

const KEY = /^("(?:[^"\\]|\\.)*"|[A-Za-z0-9_/.<][\w/.<>-]*):(?: +(.*))?$/;
const INTEGER = /^[-+]?\d+$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
/** Begins something else than a text on one line, or goes on, or ends before a remark. */
const ODD = /^[[\]{}&*!|>'%@`,?#-]|: | #|:$|^\.(?:inf|nan)|^[-+]?\.inf|^0[xo]/i;

/**
 * The value of a text in YAML 1.2. What programs write is plain: mappings and lists by indentation, and texts on one line; that is read in a twentieth of
 * the time that the library takes, to which everything else is left.
 * @throws where it is no YAML
 */
export function readYaml(text: string): unknown {
  try {
    return plain(text);
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    return parse(text, { logLevel: "error" }) as unknown;
  }
}

/** @throws {NotPlain} where the library has to read it */
export function plain(text: string): unknown {
  const lines: Line[] = [];
  for (const raw of text.split("\n")) {
    const content = raw.trim();
    if (content === "" || content.startsWith("#")) continue;
    if (raw.includes("\t") || content === "---" || content === "...") throw new NotPlain();
    lines.push({ indent: raw.length - raw.trimStart().length, text: content });
  }
  if (lines.length === 0) return null;
  const reader = new Reader(lines);
  const value = reader.block(lines[0]?.indent ?? 0);
  if (!reader.done) throw new NotPlain();
  return value;
}

class Reader {
  private next = 0;
  private readonly lines: Line[];

  constructor(lines: Line[]) {
    this.lines = lines;
  }

  get done(): boolean {
    return this.next >= this.lines.length;
  }

  block(indent: number): unknown {
    const first = this.lines[this.next];
    if (first?.indent !== indent) throw new NotPlain();
    return first.text === "-" || first.text.startsWith("- ") ? this.list(indent) : this.mapping(indent);
  }

  private list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (let line = this.lines[this.next]; line?.indent === indent; line = this.lines[this.next]) {
      if (line.text !== "-" && !line.text.startsWith("- ")) break;
      const rest = line.text.slice(1).trimStart();
      if (rest === "") {
        this.next += 1;
        items.push(this.under(indent, false));
      } else if (rest.startsWith("- ") || KEY.test(rest)) {
        // What begins behind the dash is a block of its own, which the lines below it go on with.
        const inner = indent + line.text.length - rest.length;
        this.lines[this.next] = { indent: inner, text: rest };
        items.push(this.block(inner));
      } else {
        this.next += 1;
        items.push(scalar(rest));
      }
    }
    return items;
  }

  private mapping(indent: number): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    for (let line = this.lines[this.next]; line?.indent === indent; line = this.lines[this.next]) {
      const found = KEY.exec(line.text);
      if (found === null) throw new NotPlain();
      const [, name = "", rest = ""] = found;
      const key = name.startsWith('"') ? quoted(name) : name;
      if (Object.hasOwn(entries, key) || key === "__proto__" || key === "<<") throw new NotPlain();
      this.next += 1;
      entries[key] = rest === "" ? this.under(indent, true) : scalar(rest);
    }
    return entries;
  }

  /** What stands below a key or a dash; nothing at all is null. */
  private under(indent: number, listsToo: boolean): unknown {
    const line = this.lines[this.next];
    if (line === undefined || line.indent < indent) return null;
    if (line.indent > indent) return this.block(line.indent);
    return listsToo && (line.text === "-" || line.text.startsWith("- ")) ? this.list(indent) : null;
  }
}

function quoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new NotPlain();
  }
}

function scalar(text: string): unknown {
  if (text.startsWith('"')) {
    if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) throw new NotPlain();
    return quoted(text);
  }
  if (text === "[]") return [];
  if (text === "{}") return {};
  if (INTEGER.test(text) || FLOAT.test(text)) return Number(text);
  if (ODD.test(text)) throw new NotPlain();
  if (text === "~" || /^(?:null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  return /^(?:false|False|FALSE)$/.test(text) ? false : text;
}
