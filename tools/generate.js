"use strict";
const { execFileSync } = require("node:child_process");
const { readFileSync, readdirSync, statSync } = require("node:fs");
const path = require("node:path");

/**
 * `npm run generate` regenerates every file that is made from the code. With `--check` it names those that were not fresh, and ends with 1
 * where there were any; they are fresh then.
 */
const ROOT = path.join(__dirname, "..");
const CODE = ["--require", "./tools/register.js"];
const GENERATORS = [
  { writes: ["stacks/schema.json"], by: ["review/mes.js", "schema", "--out", "stacks/schema.json"] },
  {
    writes: ["docs/changes.schema.json"],
    by: ["review/mes.js", "schema", "--of", "changes", "--out", "docs/changes.schema.json"],
  },
  { writes: ["docs", "README.md"], by: [...CODE, "docs/generate.ts"] },
  { writes: ["test/golden"], by: [...CODE, "test/golden/update.ts"] },
  { writes: ["test/stacks"], by: [...CODE, "test/stacks/update.ts"] },
  { writes: ["review/page/bundled"], by: ["tools/bundle.js"] },
];

// A generator may need a package that was added since the last installation.
execFileSync(process.execPath, ["tools/install.js"], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });

const check = process.argv.includes("--check");
const before = check ? contents() : new Map();
for (const { by } of GENERATORS) execFileSync(process.execPath, by, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
if (check) {
  const after = contents();
  const stale = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
  for (const file of stale) console.error(`${file} was not fresh; it is regenerated: commit it`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}

/** Files that a generator may write, by path; those that it has made or removed are found as well. */
function contents() {
  const files = GENERATORS.flatMap(({ writes }) => writes).flatMap((place) => {
    if (statSync(path.join(ROOT, place)).isFile()) return place;
    const inside = readdirSync(path.join(ROOT, place), { recursive: true, withFileTypes: true });
    return inside.filter((entry) => entry.isFile()).map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
  });
  return new Map(files.map((file) => [file, readFileSync(path.join(ROOT, file), "utf8")]));
}
