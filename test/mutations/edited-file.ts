import type { Document } from "yaml";

/** A stack file that is being changed. Paths are as `mes:roles/order-api/database/access`, below `config`. */
export class EditedFile {
  constructor(private readonly document: Document) {}

  get(path: string): unknown {
    const node: unknown = this.document.getIn(keys(path), true);
    if (node === undefined) return undefined;
    return (node as { toJS(document: Document): unknown }).toJS(this.document);
  }

  set(path: string, value: unknown): void {
    this.document.setIn(keys(path), this.document.createNode(value));
  }

  /** Sets several, by path. */
  all(values: Readonly<Record<string, unknown>>): void {
    for (const [path, value] of Object.entries(values)) this.set(path, value);
  }

  add(path: string, value: unknown): void {
    this.document.addIn(keys(path), this.document.createNode(value));
  }

  remove(path: string): void {
    if (!this.document.deleteIn(keys(path))) throw new Error(`the stack file has no ${path}`);
  }

  /** Gives a key another name; its value stays as it is. */
  rename(path: string, name: string): void {
    const value = this.get(path);
    if (value === undefined) throw new Error(`the stack file has no ${path}`);
    this.remove(path);
    this.set([...path.split("/").slice(0, -1), name].join("/"), value);
  }
}

function keys(path: string): (string | number)[] {
  return ["config", ...path.split("/").map((key) => (/^\d+$/.test(key) ? Number(key) : key))];
}
