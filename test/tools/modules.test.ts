import * as fs from "node:fs";
import * as path from "node:path";

const MODULES = path.join(__dirname, "..", "..", "tools", "go");

/** Those that are the program itself in one module, and a library in others. */
const PROGRAMS = /^(go\.etcd\.io\/etcd\/.*|github\.com\/prometheus\/prometheus)$/;

/** What the modules of the tools require, without what they replace. Those that replace Kubernetes' libraries follow the others. */
const required = fs.readdirSync(MODULES, { withFileTypes: true }).flatMap(({ name, parentPath }) => {
  const file = path.join(parentPath, name, "go.mod");
  if (!fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, "utf8");
  const replaced = new Set(Array.from(text.matchAll(/^(?:replace)?\s*(\S+) => /gm), ([, library]) => library));
  const follows = replaced.has("k8s.io/api");
  return Array.from(text.matchAll(/^(?:require)?\s+(\S+) (v\d\S*)/gm))
    .map(([, library = "", version = ""]) => ({ module: name, follows, library, version }))
    .filter(({ library }) => !replaced.has(library));
});

describe("the tools' modules", () => {
  it("share one version of each library, which is then compiled once: tools/go/align sees to it", () => {
    const versions = new Map<string, Map<string, string[]>>();
    const led = new Set(required.filter(({ follows }) => !follows).map(({ library }) => library));
    for (const { module, library, version } of required) {
      // Only files are taken of it.
      if (module === "gateway-api" || PROGRAMS.test(library) || !led.has(library)) continue;
      const users = versions.get(library) ?? new Map<string, string[]>();
      users.set(version, [...(users.get(version) ?? []), module]);
      versions.set(library, users);
    }
    const several = [...versions]
      .filter(([, users]) => users.size > 1)
      .map(([library, users]) => [library, Object.fromEntries(users)]);
    expect(versions.size).toBeGreaterThan(100);
    expect(several).toEqual([]);
  });
});
