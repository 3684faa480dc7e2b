import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { PROJECT_DIRECTORY } from "../helpers/record";

interface Project {
  readonly main: string;
  readonly runtime: { readonly options: { readonly nodeargs: string } };
}

describe("what Pulumi starts Node with", () => {
  const { main, runtime } = parse(fs.readFileSync(path.join(PROJECT_DIRECTORY, "Pulumi.yaml"), "utf8")) as Project;

  /** Whether the SDK has loaded its TypeScript compiler by the time that a program has it; as Pulumi does, from the folder of `main`. */
  function loadsCompiler(...args: string[]): string {
    const program = `require("@pulumi/pulumi"); const loaded = Object.keys(require.cache); process.stdout.write(String(loaded.some((file) => file.includes("/typescript/"))));`;
    const cwd = path.join(PROJECT_DIRECTORY, path.dirname(main));
    const { stdout, stderr, status } = spawnSync(process.execPath, [...args, "-e", program], { cwd, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  it("leaves parts of the SDK for later that no program here uses", () => {
    expect(loadsCompiler()).toBe("true");
    expect(loadsCompiler(...runtime.options.nodeargs.split(" "))).toBe("false");
  });
});
