import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const CACHE = path.join(__dirname, "..", "..", "tools", "compile-cache.js");

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-compiled-"));
  fs.mkdirSync(path.join(folder, "tools"));
  fs.copyFileSync(CACHE, path.join(folder, "tools", "compile-cache.js"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function write(name: string, code: string): void {
  fs.writeFileSync(path.join(folder, name), code);
}

/** What a program prints that loads `./a` with the cache, from a folder of its own. */
function run(program = 'console.log(JSON.stringify(require("./a")))'): { stdout: string; stderr: string } {
  write("program.js", program);
  return spawnSync(process.execPath, ["--require", "./tools/compile-cache.js", "program.js"], { cwd: folder, encoding: "utf8" });
}

const cache = () => path.join(folder, "node_modules", ".cache");
const kept = () => fs.readdirSync(cache()).map((name) => fs.statSync(path.join(cache(), name)));

describe("compiled code", () => {
  it("is kept, used, and written again only where a module is new", () => {
    write("a.js", "module.exports = 1;");
    expect(run().stdout).toBe("1\n");
    const [first] = kept();
    expect(run().stdout).toBe("1\n");
    expect(kept()).toEqual([expect.objectContaining({ ino: first?.ino })]);
    write("b.js", "module.exports = 2;");
    expect(run('console.log(require("./a"), require("./b"))').stdout).toBe("1 2\n");
    expect(kept()).toEqual([expect.not.objectContaining({ ino: first?.ino })]);
  });

  it("of a module that has changed is not used, even of one as long", () => {
    for (const value of [1, 2, 3]) {
      write("a.js", `module.exports = ${value};`);
      expect(run().stdout).toBe(`${value}\n`);
    }
  });

  it.each([
    ["cut short", (all: Buffer) => all.subarray(0, all.length - 10)],
    ["of nothing", () => Buffer.alloc(0)],
    ["of another version of V8", (all: Buffer) => Buffer.from(all).fill(0, 4 + all.readUInt32LE(0))],
  ])("that is %s is not used", (_, spoil) => {
    write("a.js", "module.exports = 1;");
    run();
    const [name = ""] = fs.readdirSync(cache());
    fs.writeFileSync(path.join(cache(), name), spoil(fs.readFileSync(path.join(cache(), name))));
    expect(run()).toMatchObject({ stdout: "1\n", stderr: "" });
  });

  it("has what Node.js gives to a module", () => {
    write("a.js", "module.exports = [this === exports, require.main.filename, __filename, require.resolve('./b')];");
    write("b.js", "");
    const files = ["program.js", "a.js", "b.js"].map((name) => path.join(fs.realpathSync(folder), name));
    for (let i = 0; i < 2; i++) expect(JSON.parse(run().stdout)).toEqual([true, ...files]);
  });

  it("fails where its source does, by line and column", () => {
    write("a.js", "throw new Error('first line');");
    const place = () => /a\.js:\d+:\d+/.exec(run().stderr)?.[0];
    expect([place(), place()]).toEqual(["a.js:1:7", "a.js:1:7"]);
    write("a.js", "\nmodule.exports = ;");
    expect(run().stderr).toMatch(/a\.js:2\n.*\n\s+\^\n[^]*SyntaxError: Unexpected token/);
  });
});
