import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { outcomeOf, type Outcome } from "../helpers/process";

const INSTALL = path.join(__dirname, "..", "..", "tools", "install.js");

interface Locked {
  version: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
}

const LOCKED: Readonly<Record<string, Locked>> = {
  "node_modules/zod": { version: "4.6.7", integrity: "sha512-zod" },
  "node_modules/zod/node_modules/inner": { version: "1.0.0", integrity: "sha512-inner" },
  "node_modules/jest": { version: "30.5.2", integrity: "sha512-jest", dev: true },
  "node_modules/only-on-windows": { version: "1.0.0", integrity: "sha512-windows", optional: true },
};

/** Installs what the lock names but for packages of other systems, as npm does, and writes down that it ran. */
const NPM = `#!/usr/bin/env node
const fs = require("node:fs");
fs.appendFileSync(process.env.NPM_LOG, process.argv.slice(2).join(" ") + "\\n");
console.log("npm says something");
if (process.env.NPM_FAILS) process.exit(Number(process.env.NPM_FAILS));
fs.rmSync("node_modules", { recursive: true, force: true });
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.NPM_TAKES || 0));
const packages = {};
for (const [place, locked] of Object.entries(JSON.parse(fs.readFileSync("package-lock.json", "utf8")).packages)) {
  if (place === "" || locked.optional) continue;
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(place + "/package.json", "{}");
  packages[place] = locked;
}
fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
`;

class Checkout {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-install-test-"));
  private readonly log = path.join(this.directory, "npm.log");

  constructor() {
    for (const folder of ["tools", "bin", "tmp"]) fs.mkdirSync(path.join(this.directory, folder));
    fs.copyFileSync(INSTALL, path.join(this.directory, "tools", "install.js"));
    fs.writeFileSync(path.join(this.directory, "bin", "npm"), NPM, { mode: 0o755 });
    this.write("package.json", {
      engines: { node: ">=20.12" },
      dependencies: { zod: "4.6.7" },
      devDependencies: { jest: "30.5.2" },
    });
    this.lock(LOCKED);
  }

  write(file: string, content: object): void {
    fs.writeFileSync(path.join(this.directory, file), JSON.stringify(content));
  }

  lock(packages: Readonly<Record<string, Locked>>): void {
    const root = { dependencies: { zod: "4.6.7" }, devDependencies: { jest: "30.5.2" } };
    this.write("package-lock.json", { packages: { "": root, ...packages } });
  }

  remove(...file: string[]): void {
    fs.rmSync(path.join(this.directory, ...file), { recursive: true, force: true });
  }

  /** How often `npm ci` has run. */
  get installations(): number {
    return fs.existsSync(this.log) ? fs.readFileSync(this.log, "utf8").trim().split("\n").length : 0;
  }

  get commands(): string {
    return fs.readFileSync(this.log, "utf8");
  }

  run(environment: Readonly<Record<string, string>> = {}, node: readonly string[] = []): Promise<Outcome> {
    const env: NodeJS.ProcessEnv = {
      PATH: `${path.join(this.directory, "bin")}${path.delimiter}${path.dirname(process.execPath)}`,
      NPM_LOG: this.log,
      TMPDIR: path.join(this.directory, "tmp"),
      ...environment,
    };
    return outcomeOf(process.execPath, [...node, path.join(this.directory, "tools", "install.js")], { env, cwd: os.tmpdir() });
  }
}

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => {
  fs.rmSync(checkout.directory, { recursive: true, force: true });
});

describe("on a fresh clone", () => {
  it("the locked packages are installed, once, and nothing is printed where results are printed", async () => {
    const first = await checkout.run();
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toContain("Installing the locked packages (npm ci): they are not there.");
    expect(await checkout.run()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(checkout.commands).toBe("ci --include=dev --loglevel=error --prefer-offline\n");
  });

  it("two commands at once install them once; the second waits", async () => {
    const outcomes = await Promise.all([checkout.run({ NPM_TAKES: "700" }), checkout.run({ NPM_TAKES: "700" })]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(checkout.installations).toBe(1);
    expect(outcomes.map(({ stderr }) => stderr).join("")).toContain("Waiting for another process that installs the packages");
  });

  it("the next command tries again after one that failed", async () => {
    const failed = await checkout.run({ NPM_FAILS: "7" });
    expect(failed).toMatchObject({ code: 7, stdout: "" });
    expect(failed.stderr).toMatch(/npm says something\nnpm ci failed; its own message is above\./);
    expect(failed.stderr).not.toMatch(/ {4}at /);
    expect((await checkout.run()).code).toBe(0);
    expect(checkout.installations).toBe(2);
  });

  it("a missing npm is told in one line", async () => {
    checkout.remove("bin", "npm");
    const node = path.join(checkout.directory, "bin", "node");
    fs.symlinkSync(process.execPath, node);
    const outcome = await checkout.run({ PATH: path.dirname(node) });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr.trim().split("\n").at(-1)).toBe("npm was not found; it comes with Node.js.");
  });

  it("one that was killed while it installed does not keep others from it", async () => {
    const running = checkout.run({ NPM_TAKES: "1500" });
    const notes = () => fs.readdirSync(path.join(checkout.directory, "tmp"));
    while (notes().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const note = path.join(checkout.directory, "tmp", notes()[0] ?? "");
    await running;
    expect(notes()).toEqual([]);
    checkout.remove("node_modules");
    fs.writeFileSync(note, String(await pidOfTheDead()));
    expect((await checkout.run()).code).toBe(0);
    expect(notes()).toEqual([]);
  });
});

describe("packages that are there", () => {
  beforeEach(async () => {
    await checkout.run();
  });

  it.each<[string, (checkout: Checkout) => void]>([
    ["node_modules is gone", (it) => it.remove("node_modules")],
    ["an installation was interrupted", (it) => it.remove("node_modules", ".package-lock.json")],
    ["a package was removed by hand", (it) => it.remove("node_modules", "zod", "node_modules", "inner")],
    [
      "the lock names a newer version",
      (it) => it.lock({ ...LOCKED, "node_modules/zod": { version: "4.7.0", integrity: "sha512-new" } }),
    ],
    [
      "the lock names another content",
      (it) => it.lock({ ...LOCKED, "node_modules/zod": { version: "4.6.7", integrity: "sha512-other" } }),
    ],
    ["the lock names a further package", (it) => it.lock({ ...LOCKED, "node_modules/yaml": { version: "2.9.1" } })],
  ])("are installed again when %s", async (_, change) => {
    change(checkout);
    expect((await checkout.run()).code).toBe(0);
    expect(checkout.installations).toBe(2);
    expect(await checkout.run()).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("are left to npm when package.json and the lock differ: it says what to do", async () => {
    checkout.write("package.json", {
      engines: { node: ">=20.12" },
      dependencies: { zod: "5.0.0" },
      devDependencies: { jest: "30.5.2" },
    });
    expect((await checkout.run()).stderr).toContain("package.json names others than package-lock.json");
    expect(checkout.installations).toBe(2);
  });

  it("count when the user has installed them with npm ci", async () => {
    checkout.remove("npm.log");
    expect(await checkout.run()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(checkout.installations).toBe(0);
  });

  it("may lack what only development needs, for `npm start`", async () => {
    const file = "node_modules/.package-lock.json";
    checkout.write(file, {
      packages: Object.fromEntries(Object.entries(LOCKED).filter(([, { dev, optional }]) => !dev && !optional)),
    });
    expect(await checkout.run({ npm_lifecycle_event: "start" })).toEqual({ code: 0, stdout: "", stderr: "" });
    await checkout.run({ npm_lifecycle_event: "test" });
    expect(checkout.installations).toBe(2);
  });
});

describe("a Node.js that is too old", () => {
  it.each(["18.20.4", "20.11.1", "8.17.0"])("is told in one line: %s", async (version) => {
    const preload = path.join(checkout.directory, "version.cjs");
    fs.writeFileSync(
      preload,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
    );
    expect(await checkout.run({}, ["--require", preload])).toEqual({
      code: 2,
      stdout: "",
      stderr: `Node.js 20.12 or later is needed; this is ${version}. See "engines" in package.json.\n`,
    });
    expect(checkout.installations).toBe(0);
  });

  it.each(["20.12.0", "20.20.2", "22.0.0", "26.1.0"])("is not %s", async (version) => {
    const preload = path.join(checkout.directory, "version.cjs");
    fs.writeFileSync(
      preload,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
    );
    expect((await checkout.run({}, ["--require", preload])).code).toBe(0);
  });
});

/** The id of a process that has ended. */
function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  return new Promise((resolve) => child.on("close", () => resolve(child.pid ?? 0)));
}
