import * as fs from "node:fs";
import * as path from "node:path";
import { ConfigError } from "./issues";

/** Characters that YAML does not allow, and line breaks that only some parsers of YAML take for one. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/u;

/**
 * The text of a stack file: UTF-8, with or without a byte order mark, with line ends of Unix or Windows.
 * @throws ConfigError when it cannot be read as such
 */
export function readText(file: string, read: (file: string) => Uint8Array = readBytes): string {
  let bytes: Uint8Array;
  try {
    bytes = read(file);
  } catch (error) {
    throw new ConfigError([{ file: shown(file), key: "", message: unreadable(file, error as NodeJS.ErrnoException) }]);
  }
  return decode(shown(file), bytes);
}

/** Bytes of a stack file at most; those of this project have about twenty thousand. */
const MAX_BYTES = 4 * 2 ** 20;

/** The bytes of a file, which may be a pipe; one without an end, e.g. a device, is not read for ever. */
function readBytes(file: string): Uint8Array {
  const descriptor = fs.openSync(file, "r");
  try {
    const chunks: Uint8Array[] = [];
    for (let size = 0; size <= MAX_BYTES;) {
      const chunk = Buffer.alloc(64 * 2 ** 10);
      const read = fs.readSync(descriptor, chunk);
      if (read === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, read));
      size += read;
    }
  } finally {
    fs.closeSync(descriptor);
  }
  throw Object.assign(new Error(), { code: "EFBIG" });
}

/** A path as short as it can be said from the working directory. */
export function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

/** Names of the stacks of a project folder: those of its files `Pulumi.<stack>.yaml`. */
export function stackNames(projectDirectory: string): string[] {
  return fs
    .readdirSync(projectDirectory)
    .flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? [])
    .sort();
}

export function decode(file: string, bytes: Uint8Array): string {
  const refuse = (before: string, message: string): never => {
    throw new ConfigError([{ file, ...endOf(before), key: "", message }]);
  };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    refuse("", "the file is UTF-16; save it as UTF-8");
  }
  const text = new TextDecoder("utf-8").decode(bytes);
  // Decoding is lenient; a text that says the same bytes again was UTF-8 all along.
  const withoutMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  if (Buffer.compare(Buffer.from(text, "utf8"), withoutMark) !== 0) {
    const good = commonPrefix(Buffer.from(text, "utf8"), withoutMark);
    refuse(
      new TextDecoder("utf-8").decode(withoutMark.subarray(0, good)),
      "the file is not UTF-8 from here on; save it as UTF-8",
    );
  }
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null) {
    const code = forbidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    refuse(text.slice(0, forbidden.index), `the character U+${code} is not allowed in a stack file`);
  }
  return text;
}

function commonPrefix(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** The place right after a text. */
export function endOf(text: string): { line: number; column: number } {
  const lines = text.split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

function unreadable(file: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
    case "ENOTDIR":
      return `no such file${knownStacks(file)}`;
    case "EISDIR":
      return "this is a folder; a stack file is needed here";
    case "EACCES":
    case "EPERM":
      return "the file may not be read by this user";
    case "EFBIG":
      return `the file has more than ${MAX_BYTES / 2 ** 20} MiB; no stack file has`;
    default:
      return `the file cannot be read: ${error.code ?? error.message}`;
  }
}

function knownStacks(file: string): string {
  if (!/^Pulumi\..+\.yaml$/.test(path.basename(file))) return "";
  try {
    const names = stackNames(path.dirname(file));
    return names.length === 0 ? "; there are no stacks here" : `; the stacks here are ${names.join(", ")}`;
  } catch {
    return "";
  }
}
