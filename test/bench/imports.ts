import { spawnSync } from "node:child_process";
import { REPOSITORY } from "./measure";

/** Prints what the project's own files require from packages and are given, one request a line. */
const SPY = `
const { Module } = require("node:module");
const path = require("node:path");
const load = Module._load;
const own = process.cwd() + path.sep, dependencies = path.join(own, "node_modules");
const seen = new Set();
Module._load = function (request, parent) {
  const from = parent?.filename ?? "";
  if (from.startsWith(own) && !from.startsWith(dependencies) && !/^[./]|^node:/.test(request) && !seen.has(request)) {
    seen.add(request);
    process.stderr.write("import " + request + "\\n");
  }
  return load.apply(this, arguments);
};`;

/** The packages that a plan needs, as the project's files ask for them (deep imports stay deep), and its size. */
export function spy(stack: string): { packages: string[]; resources: number } {
  const argv = ["mes", "plan", "--stack", stack, "--format", "json"];
  const script = `${SPY}; process.argv = [process.argv[0], ...${JSON.stringify(argv)}]; require("./review/mes.js");`;
  const result = spawnSync(process.execPath, ["-e", script], { cwd: REPOSITORY, encoding: "utf8", maxBuffer: 2 ** 30 });
  const packages = [...result.stderr.matchAll(/^import (\S+)$/gm)].map(([, request]) => request ?? "");
  if (result.stdout === "" || packages.length === 0) throw new Error(`the plan of ${stack} could not be made:\n${result.stderr}`);
  return { packages, resources: (JSON.parse(result.stdout) as { resources: unknown[] }).resources.length };
}
