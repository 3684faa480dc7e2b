import * as fs from "node:fs";
import * as path from "node:path";

const MODULES = path.join(__dirname, "..", "..", "tools", "go");

/** Those that are the program itself in one module, and a library in others. */
const PROGRAMS = /^(go\.etcd\.io\/etcd\/.*|github\.com\/prometheus\/prometheus)$/;

/** Of the first only files are taken; the others are compiled with the versions of their own projects (tools/go/align). */
const APART = /^(gateway-api|cilium|incidents)$/;

/** Modules that need a later Kubernetes than the others, and the libraries of which they share versions of their own (tools/go/align). */
const AHEAD = /^(cloudnative-pg|barman-cloud)$/;
const OF_KUBERNETES = /^(k8s\.io\/|sigs\.k8s\.io\/controller-runtime|github\.com\/(prometheus-operator|cloudnative-pg)\/)/;

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
    const led = new Set(required.filter(({ follows, module }) => !follows && !APART.test(module)).map(({ library }) => library));
    for (const { module, library, version } of required) {
      if (APART.test(module) || PROGRAMS.test(library) || !led.has(library)) continue;
      const shared = AHEAD.test(module) && OF_KUBERNETES.test(library) ? `${library} of those ahead` : library;
      const users = versions.get(shared) ?? new Map<string, string[]>();
      users.set(version, [...(users.get(version) ?? []), module]);
      versions.set(shared, users);
    }
    const several = [...versions]
      .filter(([, users]) => users.size > 1)
      .map(([library, users]) => [library, Object.fromEntries(users)]);
    expect(versions.size).toBeGreaterThan(100);
    expect(several).toEqual([]);
  });
});
