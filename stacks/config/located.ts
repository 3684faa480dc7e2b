import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair, type Scalar as YamlScalar, type YAMLMap } from "yaml";
import { plainScalar, UnclearScalar } from "./scalars";

/** A value of a stack file, with its offsets. */
export interface Located {
  readonly value: unknown;
  /** Offset of the value; of the reference, for a value that is referred to (`*anchor`). */
  readonly offset: number;
  /** What the value is made of, by key or index. */
  readonly children: ReadonlyMap<string | number, Child>;
  /** The engine decrypts this value: it is written as `{secure: …}`. */
  readonly secure: boolean;
  /** Number of values and keys in it, references followed. */
  readonly size: number;
}

export interface Child {
  readonly located: Located;
  /** Offset of the key; of the value, in a list. */
  readonly keyOffset: number;
}

/** Something in a document that the engine refuses, or takes for something else. */
export interface Refusal {
  readonly offset: number;
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What is at the path is not known, so that nothing else can be said of it. */
  readonly unknown: boolean;
  /** A setting at the path has no name, so that what is missing there may be this one. */
  readonly nameless?: boolean;
}

/** References that stand for too many values: nothing else is said of such a document. */
export class TooManyValues extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Levels of mappings and lists; a stack file needs about ten. */
export const MAX_DEPTH = 100;

/**
 * Bounds of what references may add: a few lines could stand for billions of values. The engine refuses more than 99 through
 * references for each one written; the bound here is lower, so that what passes here passes there.
 */
const MAX_REFERRED = 20_000;
const MAX_REFERRED_RATIO = 50;

const NOTHING: Omit<Located, "offset"> = { value: null, children: new Map(), secure: false, size: 1 };

type Path = readonly (string | number)[];

/**
 * The values of a document, as the Pulumi engine reads them: types of plain scalars by `plainScalar`, references (`*anchor`)
 * and merges (`<<: *anchor`) resolved, keys that are text and unique.
 * @throws TooManyValues
 */
export function locate(root: Node, text: string): { located: Located; refusals: Refusal[] } {
  const reader = new Reader(text);
  return { located: reader.read(root, [], 0), refusals: reader.refusals };
}

class Reader {
  readonly refusals: Refusal[] = [];
  /** Anchors seen so far; undefined while the anchor's own value is being read. */
  private readonly anchors = new Map<string, Located | undefined>();
  private written = 0;
  private referred = 0;

  constructor(private readonly text: string) {}

  read(node: Node | null, path: Path, fallback: number): Located {
    const offset = node?.range?.[0] ?? fallback;
    this.written++;
    if (node === null) return { ...NOTHING, offset };
    if (isAlias(node)) return this.reference(node, path, offset);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const located = this.own(node, path, offset);
    if (anchor !== undefined) this.anchors.set(anchor, located);
    return located;
  }

  private own(node: Node, path: Path, offset: number): Located {
    if (path.length > MAX_DEPTH) return this.refuse(offset, path.slice(0, 3), `nested more than ${MAX_DEPTH} levels deep`);
    if (isScalar(node)) return this.scalar(node, path, offset);
    if (isMap(node)) return this.mapping(node, path, offset);
    if (isSeq(node)) {
      const children = new Map<number, Child>();
      for (const [index, item] of node.items.entries()) {
        const located = this.read(item as Node | null, [...path, index], offset);
        children.set(index, { located, keyOffset: located.offset });
      }
      return composed(
        [...children.values()].map((child) => child.located.value),
        offset,
        children,
      );
    }
    return this.refuse(offset, path, "not a value that a stack file can hold");
  }

  private scalar(node: YamlScalar, path: Path, offset: number): Located {
    const text = String(node.value);
    const tag = node.tag;
    if (tag !== undefined && tag !== "tag:yaml.org,2002:str") {
      return this.refuse(offset, path, `tags are not used in stack files; found ${shortTag(tag)}`);
    }
    const escape = node.type === "QUOTE_DOUBLE" ? refusedEscape(this.text.slice(node.range?.[0], node.range?.[1])) : undefined;
    if (escape !== undefined)
      return this.refuse(offset, path, `Pulumi does not read the escape ${escape}; write the character itself`);
    if (tag !== undefined || node.type !== "PLAIN") return { ...NOTHING, value: text, offset };
    try {
      return { ...NOTHING, value: plainScalar(text), offset };
    } catch (error) {
      if (error instanceof UnclearScalar) return this.refuse(offset, path, error.message);
      throw error;
    }
  }

  private mapping(node: YAMLMap, path: Path, offset: number): Located {
    const children = new Map<string | number, Child>();
    const merges: { node: Node | null; keyOffset: number }[] = [];
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const keyOffset = pair.key.range?.[0] ?? offset;
      if (isMergeKey(pair.key)) {
        merges.push({ node: pair.value, keyOffset });
        continue;
      }
      const key = this.key(pair.key, path, keyOffset);
      const located = this.read(pair.value, key === undefined ? path : [...path, key], keyOffset);
      if (key === undefined) continue;
      const first = children.get(key);
      if (first === undefined) children.set(key, { located, keyOffset });
      else this.refuseKey(keyOffset, [...path, key], "this key is here twice; keep one");
    }
    if (merges.length > 1) {
      this.refuse(merges[1]?.keyOffset ?? offset, path, "<< is here twice; write one list: <<: [*a, *b]");
    }
    const own = new Set(children.keys());
    for (const merge of merges.slice(0, 1)) this.merge(merge.node, path, merge.keyOffset, own, children);
    const value = Object.fromEntries([...children].map(([key, child]) => [key, child.located.value]));
    const secure = children.size === 1 && typeof value.secure === "string";
    return { ...composed(value, offset, children), secure };
  }

  /** A key as text. The engine refuses a file with any other, wherever it is. */
  private key(node: Node, path: Path, offset: number): string | undefined {
    const earlier = this.refusals.length;
    const { value } = this.read(node, path, offset);
    if (typeof value === "string" && value !== "__proto__" && value !== "<<") return value;
    this.refusals.splice(earlier);
    const source = isScalar(node) ? String(node.value) : "";
    if (value === "__proto__" || value === "<<") this.refuseKey(offset, path, `${value} cannot be the name of a key`);
    else if (!isScalar(node)) this.refuseKey(offset, path, "a mapping or a list cannot be a key; keys are text");
    else if (source === "") {
      // An empty key lies where the text before it ends, which may be on an earlier line; comments may follow.
      const at = offset + (/^(?:\s+|#.*)*/.exec(this.text.slice(offset))?.[0].length ?? 0);
      this.refusals.push({ offset: at, path, message: "a key is missing here", unknown: false, nameless: true });
    } else this.refuseKey(offset, path, `keys are text: put this one in quotes, "${source}"`);
    return undefined;
  }

  private merge(
    node: Node | null,
    path: Path,
    offset: number,
    own: ReadonlySet<string | number>,
    into: Map<string | number, Child>,
  ): void {
    const sources = isSeq(node) ? (node.items as Node[]) : [node];
    for (const source of sources) {
      const located = this.read(source, path, offset);
      if (!isPlainMapping(located)) {
        this.refuse(offset, path, "<< merges mappings only: <<: *anchor or <<: [*a, *b]");
        return;
      }
      // What the mapping itself has wins, then the first of several.
      for (const [key, child] of located.children) {
        if (!own.has(key) && !into.has(key)) into.set(key, child);
      }
    }
  }

  private reference(node: Alias, path: Path, offset: number): Located {
    const name = node.source;
    if (!this.anchors.has(name)) return this.refuse(offset, path, `nothing above is named &${name}`);
    const target = this.anchors.get(name);
    if (target === undefined) return this.refuse(offset, path, `*${name} is inside of what it refers to`);
    this.referred += target.size;
    if (this.referred > Math.min(MAX_REFERRED, 100 + MAX_REFERRED_RATIO * this.written)) {
      throw new TooManyValues(
        offset,
        `references stand for too many values: ${this.referred} up to this *${name}; write some of them out`,
      );
    }
    return { ...target, offset };
  }

  private refuse(offset: number, path: Path, message: string): Located {
    this.refusals.push({ offset, path, message, unknown: true });
    return { ...NOTHING, offset };
  }

  /** Refuses a key, which leaves its mapping without it. */
  private refuseKey(offset: number, path: Path, message: string): void {
    this.refusals.push({ offset, path, message, unknown: false });
  }
}

function composed(value: unknown, offset: number, children: ReadonlyMap<string | number, Child>): Located {
  let size = 1;
  for (const child of children.values()) size += child.located.size + 1;
  return { value, offset, children, secure: false, size };
}

function isPlainMapping(located: Located): boolean {
  return typeof located.value === "object" && located.value !== null && !Array.isArray(located.value);
}

/** The first escape of a quoted text that the engine's parser does not know: `\/`, and halves of a surrogate pair. */
function refusedEscape(quoted: string): string | undefined {
  return /\\(?:\/|u[dD][89a-fA-F][0-9a-fA-F]{2}|U0000[dD][89a-fA-F][0-9a-fA-F]{2})/.exec(quoted.replaceAll("\\\\", "  "))?.[0];
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.tag === undefined && key.value === "<<";
}

function shortTag(tag: string): string {
  return tag.startsWith("tag:yaml.org,2002:") ? `!!${tag.slice("tag:yaml.org,2002:".length)}` : tag;
}
