import { spawn } from "node:child_process";
import type { Manifest } from "./manifests";
import { toolPath } from "./tools";

interface Scored {
  readonly object_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/** The worst of kube-score's grades. */
const CRITICAL = 1;

/** What kube-score finds critical: `object: check: what`. An annotation `kube-score/ignore` makes an exception. */
export async function criticals(manifests: readonly Manifest[]): Promise<string[]> {
  // All in one: whether a Service or a policy leads to a pod can only be told with all pods at hand. JSON is YAML too.
  const input = manifests.map(({ object }) => JSON.stringify(object)).join("\n---\n");
  const scored = JSON.parse(await score(input)) as Scored[];
  return scored.flatMap(({ object_name, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade <= CRITICAL)
      .map(({ check, comments }) => {
        const what = (comments ?? []).map(({ path, summary }) => (path === "" ? summary : `${path}: ${summary}`));
        return `${object_name}: ${check.id}: ${what.join("; ")}`;
      }),
  );
}

async function score(input: string): Promise<string> {
  const child = spawn(toolPath("kube-score"), ["score", "--output-format", "json", "-"], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(input);
  // Its exit code says that something is critical, which the output says better.
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  return output;
}
