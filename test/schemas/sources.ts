import * as fs from "node:fs";
import * as path from "node:path";
import { makeTools, moduleFolder, CRDS } from "../cluster/tools";
import type { Sources } from "./derive";

const GO = path.resolve(__dirname, "../../tools/go");

/** Modules of which the schemas are made, by their folder in tools/go. */
export const MODULES: Readonly<Record<string, string>> = {
  kubernetes: "k8s.io/kubernetes",
  ...Object.fromEntries(
    fs
      .readFileSync(path.resolve(GO, "..", "crd-sources"), "utf8")
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
      .filter(([name = ""]) => name !== "")
      .map(([name = "", module = ""]) => [name, module]),
  ),
};

/** The versions that tools/go requires. */
export function requiredVersions(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(MODULES).map(([tool, module]) => {
      const text = fs.readFileSync(path.join(GO, tool, "go.mod"), "utf8");
      return [module, new RegExp(`^(?:require)?\\s+${module} (v\\S+)`, "m").exec(text)?.[1] ?? "not required"];
    }),
  );
}

/** Downloads what is missing, by Go's own client. */
export async function sources(): Promise<Sources> {
  await makeTools("crds");
  return {
    kubernetes: await moduleFolder("kubernetes", "k8s.io/kubernetes"),
    api: await moduleFolder("kubernetes", "k8s.io/api"),
    crds: CRDS,
    versions: requiredVersions(),
  };
}
