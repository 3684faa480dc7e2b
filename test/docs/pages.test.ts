import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { headings, pages, PROJECT_DIRECTORY, type Page } from "./pages";

const manifest = JSON.parse(fs.readFileSync(path.join(PROJECT_DIRECTORY, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const exists = (...parts: string[]) => fs.existsSync(path.join(...parts));

/** Every match of a pattern in the pages, e.g. `PAGE:LINE: MATCH`, for which the test says no. */
function wrong(pattern: RegExp, isRight: (match: RegExpExecArray, page: Page) => boolean): string[] {
  return pages().flatMap((page) =>
    page.text
      .split("\n")
      .flatMap((line, i) =>
        [...line.matchAll(pattern)]
          .filter((match) => !isRight(match, page))
          .map((match) => `${page.file}:${i + 1}: ${match[1] ?? match[0]}`),
      ),
  );
}

describe("the pages of the docs", () => {
  it("link to files and headings that there are", () => {
    const dead = wrong(/\]\(([^)\s]+)\)/g, ([, link = ""], page) => {
      if (/^(https?|mailto):/.test(link)) return true;
      const [file = "", heading] = link.split("#");
      const target = file === "" ? page.path : path.join(path.dirname(page.path), file);
      return exists(target) && (heading === undefined || headings(fs.readFileSync(target, "utf8")).includes(heading));
    });
    expect(dead).toEqual([]);
  });

  it("name files and folders of the project that there are", () => {
    const folders = fs.readdirSync(PROJECT_DIRECTORY, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name.replace(/\./g, "\\.")).join("|");
    const gone = wrong(new RegExp(`\`((?:${names})/[^\`\\s]*)\``, "g"), ([, named = ""]) => {
      // Up to the part that stands for many, e.g. `docs/runbooks/NAME.md`, `contract*.ts`.
      const certain = named.replace(/[^/]*([A-Z]{3,}|[*{<…]).*$/, "").replace(/:\d+$/, "");
      return certain === "" || exists(PROJECT_DIRECTORY, certain);
    });
    expect(gone).toEqual([]);
  });

  it("name TypeScript files by a name that a file of the project has", () => {
    const known = new Set(
      ["stacks", "components", "review", "test", "docs"].flatMap((folder) =>
        fs.readdirSync(path.join(PROJECT_DIRECTORY, folder), { recursive: true }).map((file) => path.basename(String(file))),
      ),
    );
    expect(wrong(/`([\w.-]+\.ts)`/g, ([, file = ""]) => known.has(file))).toEqual([]);
  });

  it("name scripts that package.json has", () => {
    const own = new Set(["ci", "install", "start", "test"]);
    const gone = wrong(/npm (?:run )?([a-z][\w:-]*)/g, ([command, script = ""]) =>
      command.startsWith("npm run") ? script in manifest.scripts : own.has(script),
    );
    expect(gone).toEqual([]);
  });

  it("run tests that there are", () => {
    const gone = wrong(/npx jest ((?:[\w./-]+|--config) ?[^`\n]*)/g, ([, args = ""]) =>
      args
        .split(/\s+/)
        .every((arg) => !arg.includes("/") || exists(PROJECT_DIRECTORY, arg) || exists(PROJECT_DIRECTORY, `${arg}.test.ts`)),
    );
    expect(gone).toEqual([]);
  });

  it("call mes with commands and options that its help names", () => {
    const optionsIn = (command: string) => {
      const help = fs.readFileSync(path.join(PROJECT_DIRECTORY, "review", "commands", `${command}.ts`), "utf8");
      return new Set([...help.matchAll(/--([a-z][\w-]*)/g)].map(([, option]) => option));
    };
    const known = new Map(["forecast", "plan", "schema"].map((command) => [command, optionsIn(command)]));
    const wrongCalls = wrong(/npx mes ([^`\n|>]*)/g, ([, call = ""]) => {
      const { tokens } = parseArgs({ args: call.trim().split(/\s+/), strict: false, tokens: true, allowPositionals: true });
      const options = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
      const own = known.get(/^\w+/.exec(call)?.[0] ?? "");
      return own !== undefined && options.every((option) => own.has(option));
    });
    expect(wrongCalls).toEqual([]);
  });
});
