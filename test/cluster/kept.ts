import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";

const underway = new Map<string, Promise<string>>();

export interface Kept {
  /** Folder in which it is kept, beside others of other names. */
  readonly cache: string;
  readonly name: string;
  /** Names everything that it is made of. */
  readonly contents: readonly string[];
  /** How long it is kept after it was last asked for. */
  readonly days: number;
  /** Fills a folder, which does not exist yet. */
  readonly make: (folder: string) => Promise<void>;
}

/** A folder that is made once, and kept for later runs. */
export async function keptFolder(kept: Kept): Promise<string> {
  const { cache, name, contents } = kept;
  const key = createHash("sha256").update(contents.join("\n")).digest("hex").slice(0, 16);
  const folder = path.join(cache, `${name}@${key}`);
  let made = underway.get(folder);
  if (made === undefined) underway.set(folder, (made = makeUnlessThere(folder, kept)));
  try {
    return await made;
  } finally {
    underway.delete(folder);
  }
}

async function makeUnlessThere(folder: string, { cache, name, days, make }: Kept): Promise<string> {
  if (!existsSync(folder)) {
    await removeAbandoned(folder);
    const part = `${folder}.${process.pid}.part`;
    try {
      await make(part);
      await moveUnlessThere(part, folder);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    await removeOld(cache, `${name}@`, days);
  }
  const now = new Date();
  await utimes(folder, now, now);
  return folder;
}

/** Another process may have made the same one meanwhile. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** Removes what processes have begun that were killed. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(path.dirname(folder))) {
    const [, pid] = /\.(\d+)\.part$/.exec(name) ?? [];
    const isAbandoned = pid !== undefined && name.startsWith(path.basename(folder)) && !existsSync(`/proc/${pid}`);
    if (isAbandoned) await rm(path.join(path.dirname(folder), name), { recursive: true, force: true });
  }
}

/** Removes what nobody has asked for in a while. */
async function removeOld(cache: string, prefix: string, days: number): Promise<void> {
  const oldest = Date.now() - days * 24 * 3600 * 1000;
  for (const name of await readdir(cache)) {
    if (!name.startsWith(prefix)) continue;
    const { mtimeMs } = await stat(path.join(cache, name));
    if (mtimeMs < oldest) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}
