import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { basesOf } from "../../../review/against/base";

/** A program that plans as `mes` does, and says what it was made of. */
const PROGRAM = `
const fs = require("node:fs"), path = require("node:path");
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const [stack, out] = [option("--stack"), option("--out")];
const said = fs.readFileSync(path.join(__dirname, "..", "Pulumi." + stack + ".yaml"), "utf8").trim();
if (said === "broken") { console.error("Pulumi.dev.yaml:1:1 broken"); process.exit(2); }
const marker = require("marker");
fs.mkdirSync(out, { recursive: true });
const urn = "urn:pulumi:" + stack + "::mes::a:b:C::" + said + "-" + marker;
fs.writeFileSync(path.join(out, stack + ".json"), JSON.stringify({ resources: [{ urn, type: "a:b:C", custom: true, inputs: {} }], findings: [] }));
`;

describe("a plan of another commit", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-git-"));
  const project = path.join(folder, "shop", "platform");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: project, encoding: "utf8" });
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    fs.writeFileSync(path.join(project, file), text);
  };
  const commit = (message: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
  };
  const request = { stack: "dev", file: path.join(project, "Pulumi.dev.yaml") };
  const plannedAt = async (ref: string) =>
    (await basesOf(ref, [request], project)("dev")).resources.map(({ urn }) => urn.split("::").at(-1));
  // Of this project's plans alone: others may be under way beside it.
  const leftovers = () =>
    fs.readdirSync(os.tmpdir()).filter((name) => {
      const stackFile = path.join(os.tmpdir(), name, "project", "Pulumi.dev.yaml");
      return name.startsWith("mes-against-") && fs.existsSync(stackFile) && fs.statSync(stackFile).size < 20;
    });

  beforeAll(() => {
    fs.mkdirSync(project, { recursive: true });
    git("init", "--quiet", "--initial-branch=main", path.join(folder, "shop"));
    write(".gitignore", "node_modules\n");
    commit("nothing");
    write("package-lock.json", "{}");
    write("review/mes.js", PROGRAM);
    write("Pulumi.dev.yaml", "first\n");
    write("node_modules/marker/index.js", "module.exports = 'linked';");
    commit("one");
    write("Pulumi.dev.yaml", "second\n");
    commit("two");
    write("Pulumi.dev.yaml", "not committed\n");
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test("is made by its own program, with the packages of this one where the lock file is the same", async () => {
    expect(await plannedAt("HEAD^1")).toEqual(["first-linked"]);
    expect(await plannedAt("main")).toEqual(["second-linked"]);
  });

  test("touches neither the work tree nor the index, and leaves nothing behind", async () => {
    const before = leftovers();
    const index = fs.readFileSync(path.join(folder, "shop", ".git", "index"));
    const status = git("status", "--porcelain");
    fs.rmSync(path.join(project, "node_modules", ".cache"), { recursive: true, force: true });
    await plannedAt("HEAD");
    expect(fs.readFileSync(path.join(folder, "shop", ".git", "index"))).toEqual(index);
    expect(git("status", "--porcelain")).toBe(status);
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
    expect(leftovers()).toEqual(before);
  });

  test("is kept by content", async () => {
    await plannedAt("HEAD");
    write("node_modules/marker/index.js", "module.exports = 'changed';");
    expect(await plannedAt("HEAD")).toEqual(["second-linked"]);
    write("node_modules/marker/index.js", "module.exports = 'linked';");
  });

  test("has the stack file of that commit", async () => {
    expect((await basesOf("HEAD^1", [request], project)("dev")).stackFile).toBe("first\n");
  });

  test("is empty where there was no such stack", async () => {
    const other = { stack: "prod", file: path.join(project, "Pulumi.prod.yaml") };
    expect(await basesOf("HEAD", [other], project)("prod")).toEqual({ title: "HEAD", resources: [], absent: true });
  });

  test.each<[string, RegExp]>([
    ["nowhere", /nowhere is neither a file nor a commit of this repository$/],
    ["nowhere.json", /there is no file nowhere\.json$/],
    ["HEAD^9", /neither a file nor a commit/],
    ["--all", /neither a file nor a commit/],
  ])("%s is none", (ref, message) => expect(() => basesOf(ref, [request], project)).toThrow(message));

  test("says so where there is no repository", () => {
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "mes-no-git-"));
    expect(() => basesOf("main", [request], elsewhere)).toThrow(
      /there is no file main, and no ref of that name: not a git repository/,
    );
    fs.rmSync(elsewhere, { recursive: true });
  });

  test("says what its program says of a stack file that is not valid, and cleans up", async () => {
    const before = leftovers();
    write("Pulumi.dev.yaml", "broken\n");
    commit("broken");
    await expect(plannedAt("HEAD")).rejects.toThrow(/HEAD does not plan dev:\nPulumi\.dev\.yaml:1:1 broken$/);
    expect(leftovers()).toEqual(before);
    git("rm", "--quiet", "-r", "review");
    commit("no program");
    await expect(plannedAt("HEAD")).rejects.toThrow(/HEAD has no program that plans/);
  });
});
