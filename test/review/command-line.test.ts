import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../review/cli";
import { userMessage } from "../../review/errors";
import { PROJECT_DIRECTORY } from "../helpers/record";

const MES = path.join(PROJECT_DIRECTORY, "review", "mes.js");

describe("what the command line does not understand, it says in one line", () => {
  it.each<[string[], RegExp]>([
    [["plan", "--stack", "prdo"], /there is no stack prdo; did you mean prod\? Known here are dev, prod$/],
    [["plan", "--stak", "dev"], /unknown option --stak; did you mean stack\?/],
    [
      ["plan", "--format", "jsn"],
      /unknown format jsn; did you mean json\? Known here are html, json, manifests, markdown, sarif, text$/,
    ],
    [["plan", "dev"], /unexpected argument dev; a stack is named with --stack dev$/],
    [["plan", "json"], /unexpected argument json; a format is named with --format json$/],
    [
      ["plan", "Pulumi.prod.yaml"],
      /unexpected argument Pulumi\.prod\.yaml; a stack file is named with --stack-file Pulumi\.prod\.yaml$/,
    ],
    [["plan", "elsewhere"], /unexpected argument elsewhere; see mes plan --help$/],
    [["schema", "dev"], /unexpected argument dev; the schema is the same for every stack$/],
    [["plan", "--stack"], /--stack.*needs a value$/],
    [["plan", "--stack", "--format", "json"], /--stack needs a value$/],
    [["plan", "--stack", ""], /--stack needs the name of a stack$/],
    [["plan", "--stack-file", ""], /--stack-file needs the name of a file$/],
    [["plan", "--help=yes"], /--help takes no value$/],
    [["plan", "--details", "--format", "json"], /--details belongs to --format text; the others have it all$/],
    [["plan", "--stack", "dev", "--against", ""], /--against needs a commit or the name of a file$/],
    [["plan", "--stack", "dev", "--stack", "prod", "--against", MES], /--against FILE is of one stack; name it with --stack$/],
    [
      ["plan", "--stack", "dev", "--against", "x.json", "--format", "manifests"],
      /--against shows changes, --format manifests the whole plan; use one of both$/,
    ],
    [
      ["plan", "--stack", "dev", "--against", "x.json", "--details"],
      /--against shows changes, --details the whole plan; use one of both$/,
    ],
    [["plan", "--stack", "dev", "--against", "-", "--state", "-"], /standard input can be --against or --state, not both$/],
    [["plan", "--stack", "dev", "--against", "x.json"], /there is no file x\.json$/],
    [["plan", "--stack", "dev", "--against", "nowhere"], /nowhere is neither a file nor a commit of this repository/],
    [["plan", "--format", "markdown"], /--format markdown shows changes; name what to compare with by --against$/],
    [["plan", "--fail-on", "lost"], /--fail-on is of changes; name what to compare with by --against$/],
    [["plan", "--against", "HEAD", "--fail-on", "acts"], /unknown severity acts/],
    [["schema", "--of", "change"], /there is no schema of change; did you mean changes\?/],
    [["plan", "--format", "html"], /--format html needs --out NAME\.html, or --out DIR for DIR\/STACK\.html$/],
    [
      ["plan", "--format", "html", "--out", "x.html"],
      /x\.html is one page, of one stack; name it with --stack, or a folder with --out DIR$/,
    ],
    [["plan", "--format", "html", "--stack", "dev", "--out", ""], /--out needs the name of a folder$/],
    [["plan", "--out", ""], /--out needs the name of a folder$/],
    [["plan", "--out", MES], /mes\.js is a file; --out needs a folder$/],
    [["plan", "--out", path.join(MES, "x")], /mes\.js is a file, and .*mes\.js\/x cannot be in it; --out needs a folder$/],
    [["schema", "--out", ""], /--out needs the name of a file$/],
    [["schema", "--out", os.tmpdir()], /cannot be written: it is a folder$/],
    [["schema", "--out", "/proc/nowhere/schema.json"], /cannot be written: there is no such folder, and none can be made$/],
    [["schema", "--out", "/dev/full"], /^\/dev\/full cannot be written: the disk is full$/],
    [["--versoin"], /unknown command --versoin; known here are forecast, plan, schema$/],
    [["plan", "--stack-file", "/nowhere/settings.yaml"], /does not tell its stack.*add --stack NAME$/],
    [["plan", "--stack-file", "x.yaml", "--stack", "../up"], /cannot be a stack's name/],
    [["plna"], /unknown command plna; did you mean plan\?/],
  ])("mes %s", async (args, message) => {
    const { code, stdout, error } = await outcomeOf(args);
    expect(userMessage(error)).toMatch(message);
    expect(userMessage(error)).not.toContain("\n");
    expect({ code, stdout }).toEqual({ code: undefined, stdout: "" });
  });
});

describe("the command line helps", () => {
  it("with an overview", async () => {
    expect(await outcomeOf(["--help"])).toEqual({ code: 0, stdout: expect.stringContaining("--stack-file PATH") });
  });

  it.each(["plan", "schema"])("with %s", async (command) => {
    const own = await outcomeOf([command, "--help"]);
    expect(own).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp(`^mes ${command}: `)) });
    expect(await outcomeOf(["help", command])).toEqual(own);
  });

  it("with its version", async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(PROJECT_DIRECTORY, "package.json"), "utf8"));
    expect(await outcomeOf(["--version"])).toEqual({ code: 0, stdout: `mes ${version}\n` });
  });
});

/** What a command line ends with, without a process of its own. */
async function outcomeOf(args: readonly string[]): Promise<{ code?: number; stdout: string; error?: unknown }> {
  let stdout = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text, ...rest: unknown[]) => {
    stdout += String(text);
    for (const written of rest) if (typeof written === "function") written();
    return true;
  });
  try {
    return { code: await run(args), stdout };
  } catch (error) {
    return { stdout, error };
  } finally {
    write.mockRestore();
  }
}
