import * as fs from "node:fs";
import * as path from "node:path";

export const PROJECT_DIRECTORY = path.join(__dirname, "..", "..");

export interface Page {
  /** From the project's folder, e.g. `docs/operations.md`. */
  readonly file: string;
  readonly path: string;
  readonly text: string;
}

/** Every page that people read: those at the top, in docs, and the README of each folder. */
export function pages(): Page[] {
  const below = (folder: string) =>
    fs
      .readdirSync(path.join(PROJECT_DIRECTORY, folder), { recursive: true })
      .map((file) => path.join(folder, String(file)))
      .filter((file) => file.endsWith(".md") && isOwn(file));
  const top = fs.readdirSync(PROJECT_DIRECTORY).filter((file) => file.endsWith(".md"));
  return [...top, ...["docs", "test", "components", "review", "stacks", "tools"].flatMap(below)].sort().map((file) => ({
    file,
    path: path.join(PROJECT_DIRECTORY, file),
    text: fs.readFileSync(path.join(PROJECT_DIRECTORY, file), "utf8"),
  }));
}

/** Not of a tool that lies elsewhere and is linked here. */
function isOwn(file: string): boolean {
  return fs.realpathSync(path.join(PROJECT_DIRECTORY, file)) === path.join(fs.realpathSync(PROJECT_DIRECTORY), file);
}

/** The anchors of a page's headings, as GitHub and GitLab make them. */
export function headings(text: string): string[] {
  return text
    .replace(/^```[^]*?^```/gm, "")
    .split("\n")
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, "")
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    );
}
