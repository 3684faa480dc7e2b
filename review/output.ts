import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "./errors";

/** Names a folder as ours, so that no other is ever replaced. */
const MARKER = ".mes-plan";

/** Writes a file whole or not at all. */
export function writeFileAtomically(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Replaces a folder by the given files, whole or not at all.
 * @throws UsageError where the folder holds something that was not written by an earlier plan
 */
export function writeFolderAtomically(folder: string, files: readonly { readonly file: string; readonly text: string }[]): void {
  if (fs.existsSync(folder) && !isReplaceable(folder)) {
    throw new UsageError(`${folder} is there and was not written by mes plan; choose another folder for --out`);
  }
  const parent = path.dirname(folder);
  const beside = (suffix: string) => path.join(parent, `.${path.basename(folder)}.${process.pid}.${suffix}`);
  const next = beside("new");
  const previous = beside("old");
  try {
    for (const { file, text } of files) {
      fs.mkdirSync(path.dirname(path.join(next, file)), { recursive: true });
      fs.writeFileSync(path.join(next, file), text);
    }
    fs.mkdirSync(next, { recursive: true });
    fs.writeFileSync(path.join(next, MARKER), "written by mes plan; replaced by the next one\n");
    if (fs.existsSync(folder)) fs.renameSync(folder, previous);
    fs.renameSync(next, folder);
  } finally {
    if (!fs.existsSync(folder) && fs.existsSync(previous)) fs.renameSync(previous, folder);
    fs.rmSync(next, { recursive: true, force: true });
    fs.rmSync(previous, { recursive: true, force: true });
  }
}

function isReplaceable(folder: string): boolean {
  if (!fs.statSync(folder).isDirectory()) return false;
  const entries = fs.readdirSync(folder);
  return entries.length === 0 || entries.includes(MARKER);
}
