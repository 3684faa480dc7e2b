import { nearest } from "../../../components/schema/did-you-mean";
import { hidden } from "../../kubernetes/validation/problem";
import { isRecord } from "../../kubernetes/value";

/**
 * What a program takes in its configuration file, as a text: blocks, each `=name` and below it a line for each key and what that takes, with one blank more
 * for each level below; `+name` stands for the keys of another block, and the key `*` for every other one. What a key takes is a word that the program's
 * own notation knows, `#name` for a block, `[…]` for a list, `{…}` for a mapping with any keys, or nothing where keys follow.
 */
export class Shapes {
  private readonly blocks = new Map<string, Shape>();
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The block of that name. Only what a configuration has is read. */
  block(name: string): Shape {
    const known = this.blocks.get(name);
    if (known !== undefined) return known;
    const start = this.text.indexOf(`\n=${name}\n`);
    const shape: MutableShape = { takes: "", keys: new Map() };
    this.blocks.set(name, shape);
    if (start < 0) return shape;
    const end = this.text.indexOf("\n=", start + 2);
    const lines = this.text.slice(start + name.length + 3, end < 0 ? undefined : end).split("\n");
    const above: MutableShape[] = [shape];
    for (const line of lines) {
      const [word = "", takes = ""] = line.trim().split(" ");
      if (word === "") continue;
      const level = line.length - line.trimStart().length;
      const parent = above[level] ?? shape;
      if (word.startsWith("+")) {
        for (const [key, one] of this.block(word.slice(1)).keys) parent.keys.set(key, one);
        continue;
      }
      const own: MutableShape = { takes, keys: new Map() };
      parent.keys.set(word, own);
      above.length = level + 1;
      above.push(own);
    }
    return shape;
  }
}

interface Shape {
  readonly takes: string;
  readonly keys: ReadonlyMap<string, Shape>;
}

interface MutableShape extends Shape {
  readonly keys: Map<string, Shape>;
}

/** How a program reads what is no mapping and no list: what is wrong with a value for a word, as `takes a duration`; nothing where it is right. */
export type Notation = (takes: string, value: unknown) => string | undefined;

/** Something that a program does not take, and where. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

export class Judge {
  private readonly shapes: Shapes;
  private readonly notation: Notation;

  constructor(shapes: Shapes, notation: Notation) {
    this.shapes = shapes;
    this.notation = notation;
  }

  /** @param block the name of the block that a mapping is of */
  problems(block: string, value: unknown, path: string): Problem[] {
    return this.mapping(this.shapes.block(block), value, path);
  }

  private mapping(shape: Shape, value: unknown, path: string): Problem[] {
    if (value === null || value === undefined) return [];
    if (!isRecord(value)) return isUnseen(value) ? [] : [{ path, message: "takes keys and values" }];
    return Object.entries(value).flatMap(([key, one]) => {
      const at = path === "" ? key : `${path}.${key}`;
      const own = shape.keys.get(key) ?? shape.keys.get("*");
      if (own !== undefined) return own.keys.size > 0 ? this.mapping(own, one, at) : this.value(own.takes, one, at);
      const near = nearest(key, [...shape.keys.keys()]);
      return [{ path: at, message: `is no key that it knows; ${near === undefined ? "remove it" : `use ${near}`}` }];
    });
  }

  private value(takes: string, value: unknown, path: string): Problem[] {
    if (value === null || isUnseen(value) || takes === "any") return [];
    if (takes.startsWith("#")) return this.problems(takes.slice(1), value, path);
    const inner = takes.slice(1, -1);
    if (takes.startsWith("[")) {
      if (!Array.isArray(value)) return [{ path, message: "takes a list" }];
      return value.flatMap((one, i) => this.value(inner, one, `${path}[${i}]`));
    }
    if (takes.startsWith("{")) {
      if (!isRecord(value)) return [{ path, message: "takes keys and values" }];
      return Object.entries(value).flatMap(([key, one]) => this.value(inner, one, `${path}.${key}`));
    }
    const message = this.notation(takes, value);
    return message === undefined ? [] : [{ path, message: `is ${shown(value)}, and ${message}` }];
  }
}

/** A value that only the running program knows, or that is a secret. */
function isUnseen(value: unknown): boolean {
  return typeof value === "string" && (value.includes("${") || hidden(value));
}

function shown(value: unknown): string {
  if (typeof value === "string") return value === "" ? '""' : value;
  return Array.isArray(value) ? "a list" : isRecord(value) ? "a mapping" : String(value);
}
