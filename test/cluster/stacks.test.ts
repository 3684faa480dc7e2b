import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { stackNames } from "../../stacks/config/load";
import { ACCEPTANCE_CLUSTER, describeProblems, findProblems } from "./acceptance";
import { lightCluster } from "./light";
import { readManifests } from "./manifests";
import { criticals } from "./score";
import { makeTools } from "./tools";

const REPOSITORY = path.resolve(__dirname, "../..");

describe.each(stackNames(REPOSITORY))("the manifests of %s", (stack) => {
  let folder: string;
  beforeAll(async () => {
    await makeTools("kube-score");
    folder = mkdtempSync(path.join(tmpdir(), "mes-manifests-"));
    // It exits with 1 where its rules have found something, which is not the matter here.
    const mes = [path.join(REPOSITORY, "review/mes.js"), "plan", "--stack", stack, "--format", "manifests", "--out", folder];
    await promisify(execFile)(process.execPath, mes, { cwd: REPOSITORY }).catch(({ code }: { code: number }) => {
      if (code !== 1) throw new Error(`mes plan ended with exit code ${code}`);
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("a real API server takes every object, strictly and without a warning, and admits its pods", async () => {
    const manifests = await readManifests(folder);
    expect(manifests.length).toBeGreaterThan(100);
    const cluster = await lightCluster(ACCEPTANCE_CLUSTER);
    try {
      expect(describeProblems(await findProblems(cluster.api, manifests), folder)).toBe("");
    } finally {
      await cluster.stop();
    }
  });

  test("kube-score finds nothing critical, but for what is excepted where it is declared", async () => {
    expect(await criticals(await readManifests(folder))).toEqual([]);
  });
});
