import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";

const KEPT_DAYS = 14;
const underway = new Map<string, Promise<string>>();

/**
 * A folder that is made once from what `contents` names, and kept in a cache for all later runs.
 * @param make fills a folder, which does not exist yet
 */
export async function keptFolder(
  cache: string,
  name: string,
  contents: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const key = createHash("sha256").update(contents.join("\n")).digest("hex").slice(0, 16);
  const folder = path.join(cache, `${name}@${key}`);
  let made = underway.get(folder);
  if (made === undefined) underway.set(folder, (made = makeUnlessThere(folder, name, make)));
  try {
    return await made;
  } finally {
    underway.delete(folder);
  }
}

async function makeUnlessThere(folder: string, name: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}.part`;
    try {
      await make(part);
      await moveUnlessThere(part, folder);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    await removeOld(path.dirname(folder), `${name}@`);
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

/** Removes what nobody has asked for in a while. */
async function removeOld(cache: string, prefix: string): Promise<void> {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  for (const name of await readdir(cache)) {
    if (!name.startsWith(prefix)) continue;
    const { mtimeMs } = await stat(path.join(cache, name));
    if (mtimeMs < oldest) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}
