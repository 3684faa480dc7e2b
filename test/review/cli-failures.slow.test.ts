import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { outcomeOf } from "../helpers/process";
import { Factory, MES, mes, SMALL } from "./command";

const factory = new Factory();

describe("what cannot be written is told in one line, with 2, and leaves nothing behind", () => {
  const shell = (command: string) =>
    outcomeOf("sh", ["-c", command, process.execPath, MES, factory.folder], { cwd: factory.folder });
  const FULL = "standard output cannot be written: the disk is full\n";

  it.each([
    ["schema", FULL],
    ["--help", FULL],
    [`plan --stack-file ${os.tmpdir()}/Pulumi.none.yaml`, expect.stringContaining("no such file")],
  ])("on a full disk: mes %s", async (args, stderr) => {
    expect(await shell(`"$0" "$1" ${args} > /dev/full`)).toEqual({ code: 2, stdout: "", stderr });
  });

  it.each(["text", "json", "manifests"])("on a full disk: a plan as %s", async (format) => {
    const [, hook] = factory.withProgram(SMALL);
    const command = `"$0" --require "${hook ?? ""}" "$1" plan --stack dev --format ${format} > /dev/full`;
    expect(await shell(command)).toEqual({ code: 2, stdout: "", stderr: FULL });
  });

  it.each(["json", "manifests"])("into files, where none may be that large: %s", async (format) => {
    const { code, stdout, stderr } = await shell(`ulimit -f 2; "$0" "$1" plan --format ${format} --out "$2/deep/out"`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^.*\/deep\/out\/dev(?:\.json)? cannot be written: it would be larger than files may be there\n$/);
    expect(fs.existsSync(path.join(factory.folder, "deep"))).toBe(false);
  });

  it("into a file that is none: it is written to, not replaced", async () => {
    const link = path.join(factory.folder, "out");
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
    mes(["plan", "--stack-file", factory.stackFile], { node: factory.withProgram(body), env });

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
      node: factory.withProgram(`if (arguments[0] === "dev") throw new pulumi.RunError("not here"); return {};`),
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: "not here\n" });
    expect(JSON.parse(stdout).map((one: { stack: string }) => one.stack)).toEqual(["prod"]);
  });
});
