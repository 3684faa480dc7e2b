import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { mes as fromProject, outcomeOf, type MesOptions } from "../helpers/process";

const REPOSITORY = path.join(__dirname, "..", "..");
const MES = path.join(REPOSITORY, "review", "mes.js");

/** From elsewhere than the project's folder. */
const mes = (args: readonly string[], options: MesOptions = {}) => fromProject(args, { cwd: os.tmpdir(), ...options });

let folder: string;
let stackFile: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-cli-"));
  stackFile = path.join(folder, "Pulumi.factory.yaml");
  fs.copyFileSync(path.join(REPOSITORY, "Pulumi.dev.yaml"), stackFile);
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Replaces the platform by a program of the test's, in the process of the command line. */
const withProgram = (body: string): string[] => {
  const hook = path.join(folder, "program.js");
  const platform = path.join(REPOSITORY, "stacks", "platform.ts");
  fs.writeFileSync(
    hook,
    `const { Module } = require("node:module"); const load = Module._load;
     Module._load = function (name, parent, isMain) {
       if (!/stacks\\/platform$/.test(name)) return load.apply(this, arguments);
       const ours = require("node:module").createRequire(${JSON.stringify(platform)});
       const [pulumi, k8s] = ["@pulumi/pulumi", "@pulumi/kubernetes"].map((name) => ours(name));
       return { platform: function () { ${body} } };
     };`,
  );
  return ["--require", hook];
};

/** A program of two objects: enough where it does not matter what is planned. */
const SMALL = `
  const provider = new k8s.Provider("cluster", { context: "test" });
  new k8s.core.v1.Namespace("mes", { metadata: { name: "mes" } }, { provider });
  new k8s.core.v1.Secret("s", { metadata: { name: "s", namespace: "mes" }, stringData: { key: "x" } }, { provider });
  return { url: "https://mes.example.com" };`;

/** Whether a stack's own findings are errors is the business of other tests: here a plan that was made is fine. */
const PLANNED = [0, 1];

describe("mes plan", () => {
  it("plans the stack file it is given, under the name that the file has", async () => {
    const { code, stdout } = await mes(["plan", "--stack-file", stackFile], { node: withProgram(SMALL) });
    expect(PLANNED).toContain(code);
    expect(stdout).toMatch(/^factory ─+$/m);
    expect(stdout).toMatch(/^factory: \d+ resources, /m);
  });

  it("is readable at a hundred columns, and plain where nobody sees colours", async () => {
    const { stdout } = await mes(["plan", "--stack", "prod"]);
    expect(stdout).not.toContain("\u001b[");
    // Only what cannot be broken, as the path of a field, may be longer.
    const long = stdout.split("\n").filter((text) => text.length > 100 && text.trim().split(" ").length > 4);
    expect(long).toEqual([]);
  });

  it("speaks JSON: a plan, or a list of the plans of every stack, from any folder", async () => {
    const one = JSON.parse((await mes(["plan", "--stack", "dev", "--format", "json"], { node: withProgram(SMALL) })).stdout);
    expect(Object.keys(one)).toEqual(["version", "stack", "resources", "findings", "prerequisites", "outputs"]);
    expect(one).toMatchObject({ version: 1, stack: "dev" });
    const urns = one.resources.map((resource: { urn: string }) => resource.urn);
    expect(urns).toEqual([...urns].sort());
    const { code, stdout, stderr } = await mes(["plan", "--format", "json"], { node: withProgram(SMALL) });
    expect(stderr).toBe("");
    expect(PLANNED).toContain(code);
    const all = JSON.parse(stdout);
    expect(all.map((plan: { stack: string }) => plan.stack)).toEqual(["dev", "prod"]);
  });

  it("writes manifests that kubectl can apply, and says what it could not know", async () => {
    const small = { node: withProgram(SMALL) };
    const { stdout, stderr } = await mes(["plan", "--stack-file", stackFile, "--format", "manifests"], small);
    const objects = parseAllDocuments(stdout).map((document) => (document as { toJS: () => any }).toJS());
    expect(objects[0].kind).toBe("Namespace");
    for (const object of objects) {
      expect(object).toMatchObject({
        apiVersion: expect.any(String),
        kind: expect.any(String),
        metadata: { name: expect.any(String) },
      });
    }
    expect(stdout).not.toContain("[known after apply]");
    expect(stderr).toMatch(new RegExp(`^factory: ${objects.length} objects`));

    const out = path.join(folder, "out");
    await mes(["plan", "--stack-file", stackFile, "--format", "manifests", "--out", out], small);
    const files = fs.readdirSync(path.join(out, "factory"), { recursive: true }) as string[];
    expect(files.filter((file) => file.endsWith(".yaml"))).toHaveLength(objects.length);
    expect(files).toContain(path.join("cluster", "namespace-mes.yaml"));
    expect(files.filter((file) => file.includes(".tmp"))).toEqual([]);
  });

  it("replaces what it wrote before, and nothing else", async () => {
    const out = path.join(folder, "out");
    const target = path.join(out, "factory");
    const plan = () =>
      mes(["plan", "--stack-file", stackFile, "--format", "manifests", "--out", out], { node: withProgram(SMALL) });
    await plan();
    fs.writeFileSync(path.join(target, "stale.yaml"), "");
    await plan();
    expect(fs.existsSync(path.join(target, "stale.yaml"))).toBe(false);

    fs.rmSync(target, { recursive: true });
    fs.mkdirSync(target);
    fs.writeFileSync(path.join(target, "precious.txt"), "mine");
    const { code, stderr } = await plan();
    expect(code).toBe(2);
    expect(stderr).toContain("was not written by mes plan; choose another folder");
    expect(fs.readdirSync(target)).toEqual(["precious.txt"]);
  });

  it("writes text and JSON into files", async () => {
    const out = path.join(folder, "deep", "out");
    const { stdout } = await mes(["plan", "--stack-file", stackFile, "--format", "json", "--out", out], {
      node: withProgram(SMALL),
    });
    expect(stdout).toBe("");
    expect(JSON.parse(fs.readFileSync(path.join(out, "factory.json"), "utf8"))).toMatchObject({ stack: "factory" });
    await mes(["plan", "--stack-file", stackFile, "--out", out], { env: { FORCE_COLOR: "1" }, node: withProgram(SMALL) });
    expect(fs.readFileSync(path.join(out, "factory.txt"), "utf8")).toMatch(/^factory ─+\n/);
  });

  it("fails with 2 and places every mistake of a stack file", async () => {
    fs.appendFileSync(stackFile, "  mes:rolse: {}\n");
    const { code, stdout, stderr } = await mes(["plan", "--stack-file", stackFile]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/Pulumi\.factory\.yaml:\d+:\d+ mes:rolse: unknown key/);
    expect(stderr).not.toContain("    at ");
  });

  it("does not load the SDK for a stack file that is not valid", async () => {
    fs.writeFileSync(stackFile, "");
    const trap = path.join(folder, "trap.js");
    fs.writeFileSync(
      trap,
      `const { Module } = require("node:module"); const load = Module._load;
       Module._load = function (name) { if (name.startsWith("@pulumi/")) process.exit(99); return load.apply(this, arguments); };`,
    );
    expect((await mes(["plan", "--stack-file", stackFile], { node: ["--require", trap] })).code).toBe(2);
    expect((await mes(["plan", "--stack", "dev"], { node: ["--require", trap] })).code).toBe(99);
  });

  it("ends quietly when nobody reads on", async () => {
    const [, hook] = withProgram(SMALL);
    const args = ["-c", `"$0" --require "$2" "$1" plan --format json | head -1`, process.execPath, MES, hook ?? ""];
    expect(await outcomeOf("sh", args)).toMatchObject({ stdout: "[\n", stderr: "" });
  });
});

describe("the command line", () => {
  it("says what it does not understand in one line, with 2", async () => {
    const { code, stdout, stderr } = await mes(["plna"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^mes: unknown command plna.*\n$/),
    });
    expect(await mes([])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--stack-file PATH") });
  });

  it.each<[string[], RegExp]>([
    [["plan", "--stack-file", "/dev/zero", "--stack", "x"], /^\/dev\/zero: the file has more than 4 MiB; no stack file has$/],
    [["plan", "--stack-file", "/nowhere/Pulumi.x.yaml"], /Pulumi\.x\.yaml: no such file$/],
  ])("says which stack file cannot be read: mes %s", async (args, message) => {
    const { code, stdout, stderr } = await mes(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim()).toMatch(message);
  });

  it("helps", async () => {
    expect(await mes(["plan", "--help"])).toEqual({ code: 0, stdout: expect.stringMatching(/^mes plan: /), stderr: "" });
  });
});

describe("what cannot be written is told in one line, with 2, and leaves nothing behind", () => {
  const shell = (command: string) => outcomeOf("sh", ["-c", command, process.execPath, MES, folder], { cwd: folder });
  const FULL = "standard output cannot be written: the disk is full\n";

  it.each([
    ["schema", FULL],
    ["--help", FULL],
    [`plan --stack-file ${os.tmpdir()}/Pulumi.none.yaml`, expect.stringContaining("no such file")],
  ])("on a full disk: mes %s", async (args, stderr) => {
    expect(await shell(`"$0" "$1" ${args} > /dev/full`)).toEqual({ code: 2, stdout: "", stderr });
  });

  it.each(["text", "json", "manifests"])("on a full disk: a plan as %s", async (format) => {
    const [, hook] = withProgram(SMALL);
    const command = `"$0" --require "${hook ?? ""}" "$1" plan --stack dev --format ${format} > /dev/full`;
    expect(await shell(command)).toEqual({ code: 2, stdout: "", stderr: FULL });
  });

  it.each(["json", "manifests"])("into files, where none may be that large: %s", async (format) => {
    const { code, stdout, stderr } = await shell(`ulimit -f 2; "$0" "$1" plan --format ${format} --out "$2/deep/out"`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^.*\/deep\/out\/dev(?:\.json)? cannot be written: it would be larger than files may be there\n$/);
    expect(fs.existsSync(path.join(folder, "deep"))).toBe(false);
  });

  it("into a file that is none: it is written to, not replaced", async () => {
    const link = path.join(folder, "out");
    fs.symlinkSync("/dev/null", link);
    expect(await mes(["schema", "--out", link])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(fs.readlinkSync(link)).toBe("/dev/null");
  });

  it("to a standard error that is full", async () => {
    expect((await shell(`"$0" "$1" plna 2> /dev/full`)).code).toBe(2);
  });
});

describe("a program that goes wrong", () => {
  const plan = (body: string, env: Record<string, string> = {}) =>
    mes(["plan", "--stack-file", stackFile], { node: withProgram(body), env });

  it("by a user's mistake, is told in its own words", async () => {
    const inputError = `throw new pulumi.InputPropertyError({ propertyPath: "users", reason: "the database has no user x" });`;
    expect(await plan(inputError)).toEqual({ code: 2, stdout: "", stderr: "users: the database has no user x\n" });
    expect(await plan(`throw new pulumi.RunError("no such queue");`)).toMatchObject({ code: 2, stderr: "no such queue\n" });
  });

  it("inside of an apply, is found too", async () => {
    const body = `new pulumi.ComponentResource("t:t:T", "t", { x: pulumi.output(1).apply(() => { throw new pulumi.RunError("no such queue"); }) }); return {};`;
    expect((await plan(body)).code).not.toBe(0);
  });

  it("by a defect, says so in one line, with a code of its own and a way to the stack trace", async () => {
    const { code, stderr } = await plan(`return undefined.oops;`);
    expect(code).toBe(70);
    expect(stderr).toMatch(/^mes: a defect of mes itself: TypeError: .*\(MES_DEBUG=1 shows where\)\n$/);
    expect((await plan(`return undefined.oops;`, { MES_DEBUG: "1" })).stderr).toContain("    at ");
  });

  it("by reaching out, is refused", async () => {
    const { code, stderr } = await plan(`require("node:child_process").execSync("kubectl get nodes");`);
    expect(code).toBe(2);
    expect(stderr).toContain("a plan is made offline, and something tried to start a process");
  });

  it("by waiting for ever, is not taken for a plan", async () => {
    const body = `return { url: pulumi.output(new Promise(() => undefined)) };`;
    const { code, stderr } = await plan(body);
    expect(code).toBe(70);
    expect(stderr).toContain("waits for something that never comes");
  });

  it("in one stack does not keep the others from being planned", async () => {
    const { code, stdout, stderr } = await mes(["plan", "--format", "json"], {
      node: withProgram(`if (arguments[0] === "dev") throw new pulumi.RunError("not here"); return {};`),
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: "not here\n" });
    expect(JSON.parse(stdout).map((one: { stack: string }) => one.stack)).toEqual(["prod"]);
  });
});
