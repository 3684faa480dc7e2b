import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "./errors";

/** Names a folder as ours, so that no other is ever replaced. */
const MARKER = ".mes-plan";

/** What was made cannot be written where it was to go: nothing of it is left there. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EEXIST: "there is a file in the place of a folder",
  EFBIG: "it would be larger than files may be there",
  EISDIR: "it is a folder",
  ELOOP: "a link leads back to itself",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such folder, and none can be made",
  ENOSPC: "the disk is full",
  ENOTDIR: "there is a file in the place of a folder",
  EDQUOT: "the disk quota is used up",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
};

/** The error of the system in one line. */
function cannotWrite(what: string, error: unknown): OutputError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new OutputError(`${what} cannot be written: ${REASONS[code ?? ""] ?? code ?? message}`);
}

/**
 * Writes to standard output or error, and comes back when the text is taken. Where nobody reads on, the program ends (`cli.ts`).
 * @throws OutputError
 */
export function print(text: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error == null || stream === process.stderr) resolve();
      else if ((error as NodeJS.ErrnoException).code !== "EPIPE") reject(cannotWrite("standard output", error));
    });
  });
}

/**
 * The folder of `--out`, before any work is done for it.
 * @throws UsageError where there can be no such folder
 */
export function checkFolder(folder: string): void {
  if (folder === "") throw new UsageError("--out needs the name of a folder");
  const nearest = nearestThere(folder);
  if (fs.statSync(nearest).isDirectory()) return;
  const which = path.resolve(folder) === nearest ? "" : `, and ${folder} cannot be in it`;
  throw new UsageError(`${path.resolve(folder) === nearest ? folder : nearest} is a file${which}; --out needs a folder`);
}

/**
 * Writes a file whole or not at all.
 * @throws OutputError
 */
export function writeFileAtomically(file: string, text: string): void {
  if (isThere(file) && !fs.statSync(file).isFile()) return writeToDevice(file, text);
  const temporary = `${file}.${process.pid}.tmp`;
  const made = makeFolder(path.dirname(file), file);
  try {
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch (error) {
    quietly(() => fs.rmSync(temporary, { force: true }));
    removeFolders(made);
    throw cannotWrite(file, error);
  }
}

/**
 * Replaces a folder by the given files, whole or not at all.
 * @throws UsageError where the folder holds something that was not written by an earlier plan
 * @throws OutputError
 */
export function writeFolderAtomically(folder: string, files: readonly { readonly file: string; readonly text: string }[]): void {
  if (isThere(folder) && !isReplaceable(folder)) {
    throw new UsageError(`${folder} is there and was not written by mes plan; choose another folder for --out`);
  }
  const parent = path.dirname(folder);
  const beside = (suffix: string) => path.join(parent, `.${path.basename(folder)}.${process.pid}.${suffix}`);
  const next = beside("new");
  const previous = beside("old");
  const made = makeFolder(parent, folder);
  try {
    fs.mkdirSync(next);
    for (const { file, text } of files) {
      fs.mkdirSync(path.dirname(path.join(next, file)), { recursive: true });
      fs.writeFileSync(path.join(next, file), text);
    }
    fs.writeFileSync(path.join(next, MARKER), "written by mes plan; replaced by the next one\n");
    if (isThere(folder)) fs.renameSync(folder, previous);
    fs.renameSync(next, folder);
  } catch (error) {
    if (!isThere(folder) && isThere(previous)) fs.renameSync(previous, folder);
    quietly(() => fs.rmSync(next, { recursive: true, force: true }));
    removeFolders(made);
    throw cannotWrite(folder, error);
  }
  quietly(() => fs.rmSync(previous, { recursive: true, force: true }));
}

/** A terminal, a pipe, a device: there is nothing that could take its place. */
function writeToDevice(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function isReplaceable(folder: string): boolean {
  if (!fs.statSync(folder).isDirectory()) return false;
  const entries = fs.readdirSync(folder);
  return entries.length === 0 || entries.includes(MARKER);
}

function isThere(file: string): boolean {
  return fs.existsSync(file);
}

/** The path itself where it is there, else the closest folder or file above it. */
function nearestThere(file: string): string {
  let nearest = path.resolve(file);
  while (!isThere(nearest)) nearest = path.dirname(nearest);
  return nearest;
}

/**
 * Makes a folder and those above it, one by one: where the system refuses one, e.g. below /proc, Node's own way tries for ever.
 * @returns the folders that were not there before
 */
function makeFolder(folder: string, target: string): string[] {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !isThere(at); at = path.dirname(at)) missing.unshift(at);
  const made: string[] = [];
  try {
    for (const one of missing) {
      fs.mkdirSync(one);
      made.push(one);
    }
  } catch (error) {
    removeFolders(made);
    throw cannotWrite(target, error);
  }
  return made;
}

/** Takes away folders that were made for nothing. */
function removeFolders(made: readonly string[]): void {
  for (const folder of [...made].reverse()) quietly(() => fs.rmdirSync(folder));
}

/** Cleans up as far as that is possible: the error that made it needful is told. */
function quietly(cleanUp: () => void): void {
  try {
    cleanUp();
  } catch {
    // What cannot be removed is left.
  }
}
