import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { outcomeOf } from "../helpers/process";
import { Factory, MES, mes, SMALL } from "./command";

const factory = new Factory();

/** Whether a stack's own findings are errors is the business of other tests: here a plan that was made is fine. */
const PLANNED = [0, 1];

describe("mes plan", () => {
  it("plans the stack file it is given, under the name that the file has", async () => {
    const { code, stdout } = await mes(["plan", "--stack-file", factory.stackFile], { node: factory.withProgram(SMALL) });
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
    const one = JSON.parse(
      (await mes(["plan", "--stack", "dev", "--format", "json"], { node: factory.withProgram(SMALL) })).stdout,
    );
    expect(Object.keys(one)).toEqual(["version", "stack", "resources", "findings", "prerequisites", "outputs"]);
    expect(one).toMatchObject({ version: 1, stack: "dev" });
    const urns = one.resources.map((resource: { urn: string }) => resource.urn);
    expect(urns).toEqual([...urns].sort());
    const { code, stdout, stderr } = await mes(["plan", "--format", "json"], { node: factory.withProgram(SMALL) });
    expect(stderr).toBe("");
    expect(PLANNED).toContain(code);
    const all = JSON.parse(stdout);
    expect(all.map((plan: { stack: string }) => plan.stack)).toEqual(["dev", "prod"]);
  });

  it("writes manifests that kubectl can apply, and says what it could not know", async () => {
    const small = { node: factory.withProgram(SMALL) };
    const { stdout, stderr } = await mes(["plan", "--stack-file", factory.stackFile, "--format", "manifests"], small);
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

    const out = path.join(factory.folder, "out");
    await mes(["plan", "--stack-file", factory.stackFile, "--format", "manifests", "--out", out], small);
    const files = fs.readdirSync(path.join(out, "factory"), { recursive: true }) as string[];
    expect(files.filter((file) => file.endsWith(".yaml"))).toHaveLength(objects.length);
    expect(files).toContain(path.join("cluster", "namespace-mes.yaml"));
    expect(files.filter((file) => file.includes(".tmp"))).toEqual([]);
  });

  it("replaces what it wrote before, and nothing else", async () => {
    const out = path.join(factory.folder, "out");
    const target = path.join(out, "factory");
    const plan = () =>
      mes(["plan", "--stack-file", factory.stackFile, "--format", "manifests", "--out", out], {
        node: factory.withProgram(SMALL),
      });
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
    const out = path.join(factory.folder, "deep", "out");
    const { stdout } = await mes(["plan", "--stack-file", factory.stackFile, "--format", "json", "--out", out], {
      node: factory.withProgram(SMALL),
    });
    expect(stdout).toBe("");
    expect(JSON.parse(fs.readFileSync(path.join(out, "factory.json"), "utf8"))).toMatchObject({ stack: "factory" });
    await mes(["plan", "--stack-file", factory.stackFile, "--out", out], {
      env: { FORCE_COLOR: "1" },
      node: factory.withProgram(SMALL),
    });
    expect(fs.readFileSync(path.join(out, "factory.txt"), "utf8")).toMatch(/^factory ─+\n/);
  });

  it("fails with 2 and places every mistake of a stack file", async () => {
    fs.appendFileSync(factory.stackFile, "  mes:rolse: {}\n");
    const { code, stdout, stderr } = await mes(["plan", "--stack-file", factory.stackFile]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/Pulumi\.factory\.yaml:\d+:\d+ mes:rolse: unknown key/);
    expect(stderr).not.toContain("    at ");
  });

  it("does not load the SDK for a stack file that is not valid", async () => {
    fs.writeFileSync(factory.stackFile, "");
    const trap = path.join(factory.folder, "trap.js");
    fs.writeFileSync(
      trap,
      `const { Module } = require("node:module"); const load = Module._load;
       Module._load = function (name) { if (name.startsWith("@pulumi/")) process.exit(99); return load.apply(this, arguments); };`,
    );
    expect((await mes(["plan", "--stack-file", factory.stackFile], { node: ["--require", trap] })).code).toBe(2);
    expect((await mes(["plan", "--stack", "dev"], { node: ["--require", trap] })).code).toBe(99);
  });

  it("ends quietly when nobody reads on", async () => {
    const [, hook] = factory.withProgram(SMALL);
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
