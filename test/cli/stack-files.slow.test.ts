import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stackFileSchema } from "../../stacks/config/json-schema";
import { mes, type Outcome } from "../helpers/process";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { BROKEN, examples } from "../stacks/fixtures";

let directory: string;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "mes-cli-"));
});
afterAll(() => {
  fs.rmSync(directory, { recursive: true });
});

const plan = (file: string, ...args: string[]) => mes(["plan", "--stack-file", file, "--stack", "dev", ...args]);

/** What is told of an input that is not valid: lines of the one form, on standard error, with exit code 2. */
function expectRefused({ code, stdout, stderr }: Outcome, lines: readonly (string | RegExp)[]): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const told = stderr.trimEnd().split("\n");
  expect(told).toHaveLength(lines.length);
  for (const [index, line] of lines.entries()) {
    if (typeof line === "string") expect(told[index]).toBe(line);
    else expect(told[index]).toMatch(line);
  }
}

describe("mes plan of a stack file that is not valid", () => {
  // Examples that are whole files as they stand; test/stacks shows what is told of all of them.
  it.each(["empty", "not-yaml", "utf-16", "missing-concern"])("tells what is wrong, and nothing else: %s", async (name) => {
    expect(examples(BROKEN)).toContain(name);
    const text = fs.readFileSync(path.join(BROKEN, `${name}.txt`), "utf8");
    const file = path.join("test", "stacks", "broken", `${name}.yaml`);
    expectRefused(
      await plan(file),
      text
        .trimEnd()
        .split("\n")
        .map((line) => line.replace(`${name}.yaml`, file)),
    );
  });

  it("names a file as it was given: beside the working directory, or elsewhere", async () => {
    const file = path.join(directory, "Pulumi.elsewhere.yaml");
    fs.writeFileSync(file, "config: 12\n");
    expectRefused(await plan(file), [`${file}:1:9 config: expected a mapping of settings, e.g. mes:cluster`]);
    expectRefused(await mes(["plan", "--stack-file", "Pulumi.elsewhere.yaml"], { cwd: directory }), [
      "Pulumi.elsewhere.yaml:1:9 config: expected a mapping of settings, e.g. mes:cluster",
    ]);
  });

  it("that is a folder, or not there", async () => {
    expectRefused(await plan(directory), [`${directory}: this is a folder; a stack file is needed here`]);
    expectRefused(await plan(path.join(directory, "none.yaml")), [`${directory}/none.yaml: no such file`]);
  });

  it("tells all mistakes at once", async () => {
    const good = fs.readFileSync(path.join(PROJECT_DIRECTORY, "Pulumi.dev.yaml"), "utf8");
    const file = path.join(directory, "Pulumi.many.yaml");
    fs.writeFileSync(file, good.replace(/^( {4}context:).*$/m, "$1 12").replace(/^( {4}zones:).*$/m, "$1 {}"));
    expectRefused(await plan(file), [
      /Pulumi\.many\.yaml:\d+:14 mes:cluster\.context: expected a text, found 12; put it in quotes$/,
      /Pulumi\.many\.yaml:\d+:12 mes:cluster\.zones: expected a list, found a mapping$/,
    ]);
  });

  it("is refused before the SDK is loaded", async () => {
    const preload = path.join(directory, "loaded.cjs");
    fs.writeFileSync(
      preload,
      `process.on("exit", () => console.log(Object.keys(require.cache).filter((file) => file.includes("@pulumi")).length, "modules"));`,
    );
    const outcome = await mes(["plan", "--stack-file", path.join(BROKEN, "empty.yaml")], { node: ["--require", preload] });
    expect(outcome).toMatchObject({ code: 2, stdout: "0 modules\n" });
  });
});

describe("mes plan of a stack that is not known", () => {
  it("names those that are", async () => {
    const { code, stdout, stderr } = await mes(["plan", "--stack", "qa"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/qa.*\bdev, prod\b/);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("mes schema", () => {
  it("prints the JSON Schema that the stack files name", async () => {
    const { code, stdout } = await mes(["schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(stackFileSchema())));
  });
});
