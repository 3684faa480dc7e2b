import * as fs from "node:fs";
import * as path from "node:path";
import { stackNames } from "../../stacks/config/load";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { pulumiCli, type PulumiCli } from "./cli";

const STACKS = stackNames(PROJECT_DIRECTORY);

describe("the real Pulumi CLI", () => {
  let cli: PulumiCli;
  beforeAll(async () => {
    cli = await pulumiCli();
    for (const stack of STACKS) expect(await cli.run("stack", "init", stack)).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    cli.stop();
  });

  it.each(STACKS)("previews, creates, finds nothing to change and previews again: %s", async (stack) => {
    const preview = await cli.run("preview", "--stack", stack);
    expect(preview).toMatchObject({ code: 0, output: expect.stringMatching(/\+ \d+ to create/) });
    expect(await cli.run("up", "--yes", "--skip-preview", "--stack", stack)).toMatchObject({ code: 0 });
    expect(await cli.run("preview", "--stack", stack, "--expect-no-changes")).toMatchObject({ code: 0 });
  });

  it("says all that is wrong with a stack file, with places and without a stack trace", async () => {
    const { code, output } = await previewWith("Pulumi.dev.yaml", "    context: mes-dev", "    contxt: mes-dev");
    expect(code).not.toBe(0);
    expect(output).toMatch(/Pulumi\.dev\.yaml:\d+:\d+ mes:cluster\.contxt: unknown key; did you mean context\?/);
    expect(output).toMatch(/mes:cluster\.context: missing/);
    expect(output).not.toMatch(/ {4}at .*\.(ts|js):\d+/);
  });

  it("says where a program failed that has a bug", async () => {
    const { code, output, line } = await previewWith("stacks/index.ts", "  try {", '  throw new Error("a bug"); try {');
    expect(code).not.toBe(0);
    expect(output).toContain("Error: a bug");
    expect(output).toMatch(new RegExp(`index\\.ts:${line}:\\d+`));
  });

  /** A preview of dev while one line of a file is another one. */
  async function previewWith(name: string, line: string, other: string) {
    const file = path.join(cli.directory, name);
    const good = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, good.replace(line, other));
    const said = await cli.run("preview", "--stack", "dev");
    fs.writeFileSync(file, good);
    return { ...said, line: good.split("\n").indexOf(line) + 1 };
  }
});
