import { keysAt, schemasAt } from "../../stacks/config/schema-walk";
import { stackSchema } from "../../stacks/config/schema";
import { formatKey, StackFile, type KeyPath } from "../../stacks/config/stack-file";
import { isSame } from "../diff/leaf";
import { isRecord } from "../kubernetes/value";

/** A setting that is another one than before. */
export interface ChangedSetting {
  readonly path: KeyPath;
  /** As `mes:roles.order-api.scale.min`. */
  readonly key: string;
  /** In words; `[secret]` for one that is encrypted, absent where the file does not have it. */
  readonly before?: string;
  readonly after?: string;
  /** What counts without it, where the schema says so. */
  readonly default?: string;
  /** Where it is now; where it was, for one that is gone. */
  readonly file: string;
  readonly line: number;
}

/**
 * Settings that differ between two stack files, leaf by leaf.
 * @param before name and text
 */
export function changedSettings(before: PlacedFile, after: PlacedFile): ChangedSetting[] {
  const [was, is] = [StackFile.parse(before.file, before.text), StackFile.parse(after.file, after.text)];
  const ofConfig = (file: StackFile) => ({ config: isRecord(file.value) ? file.value.config : undefined });
  return differing(ofConfig(was), ofConfig(is), []).map((path) => {
    const placed = is.at(path) === undefined ? was : is;
    const place = placed.issue(path, "", { atKey: true });
    const inWords = (file: StackFile) => (file.at(path) === undefined ? undefined : words(file.at(path)));
    const [then, now, standard] = [inWords(was), inWords(is), defaultAt(path)];
    return {
      ...{ path, key: formatKey(path), file: placed.file, line: place.line ?? 1 },
      ...(then === undefined ? {} : { before: then }),
      ...(now === undefined ? {} : { after: now }),
      ...(standard === undefined ? {} : { default: standard }),
    };
  });
}

export interface PlacedFile {
  readonly file: string;
  readonly text: string;
}

function differing(before: unknown, after: unknown, path: KeyPath): KeyPath[] {
  if (isSame(before, after)) return [];
  if (isRecord(before) && isRecord(after) && !isSecure(before) && !isSecure(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differing(before[key], after[key], [...path, key]));
  }
  return path.length === 0 ? [] : [path];
}

function isSecure(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 1 && "secure" in value;
}

/** No ciphertext, and nothing long. */
function words(value: unknown): string {
  const hidden: unknown = JSON.parse(JSON.stringify(value), (_, part: unknown) => (isSecure(part) ? "[secret]" : part));
  const text = typeof hidden === "string" ? hidden : JSON.stringify(hidden);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function defaultAt([, concern, ...rest]: KeyPath): string | undefined {
  const path = [String(concern).replace(/^mes:/, ""), ...rest];
  const parents = schemasAt(stackSchema, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || !keysAt(stackSchema, path.slice(0, -1)).includes(String(last))) return undefined;
  for (const parent of parents) {
    const shape = "shape" in parent ? (parent.shape as Readonly<Record<string, unknown>>) : {};
    const child = Object.hasOwn(shape, last) ? shape[last] : undefined;
    const found = isRecord(child) && isRecord(child.def) ? child.def.defaultValue : undefined;
    if (["string", "number", "boolean"].includes(typeof found)) return String(found);
  }
  return undefined;
}
