import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { mes as fromProject, type MesOptions } from "../helpers/process";
import { PROJECT_DIRECTORY } from "../helpers/record";

export const MES = path.join(PROJECT_DIRECTORY, "review", "mes.js");

/** Runs the command line from elsewhere than the project's folder. */
export const mes = (args: readonly string[], options: MesOptions = {}) => fromProject(args, { cwd: os.tmpdir(), ...options });

/** A program of two objects: enough where it does not matter what is planned. */
export const SMALL = `
  const provider = new k8s.Provider("cluster", { context: "test" });
  new k8s.core.v1.Namespace("mes", { metadata: { name: "mes" } }, { provider });
  new k8s.core.v1.Secret("s", { metadata: { name: "s", namespace: "mes" }, stringData: { key: "x" } }, { provider });
  return { url: "https://mes.example.com" };`;

/** A temporary folder for each test of a file, with a stack file of the stack `factory` in it. */
export class Factory {
  folder = "";
  stackFile = "";

  constructor() {
    beforeEach(() => {
      this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "mes-cli-"));
      this.stackFile = path.join(this.folder, "Pulumi.factory.yaml");
      fs.copyFileSync(path.join(PROJECT_DIRECTORY, "Pulumi.dev.yaml"), this.stackFile);
    });
    afterEach(() => fs.rmSync(this.folder, { recursive: true }));
  }

  /** Options of Node.js with which the command line plans the body of a function instead of the platform. */
  withProgram(body: string): string[] {
    const hook = path.join(this.folder, "program.js");
    const platform = path.join(PROJECT_DIRECTORY, "stacks", "platform.ts");
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
  }
}
