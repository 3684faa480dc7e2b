// Lets Node.js load the project's TypeScript: types are stripped as a file is loaded, lines stay where they are, nothing is
// type-checked (`npm run typecheck` does that, once, in CI). What was stripped is kept under the hash of its content, so a
// second start does not pay again and a stale file can never run. `npm run bench` prints what it saves.
"use strict";
require("./compile-cache");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const OPTIONS = { transforms: ["typescript", "imports"], disableESTransforms: true, preserveDynamicImport: false };
/** Versions of files kept; the project has some 300. */
const FULL = 2000;
const packages = path.join(__dirname, "..", "node_modules");
const version = require("sucrase/package.json").version;
const file = path.join(packages, ".cache", `stripped-${version}.json`);

const kept = read();
const used = {};
let misses = 0;

/** @returns {Record<string, string>} code by the hash of its source */
function read() {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    // Not there yet, or cut short by a full disk: it is recreated.
    return {};
  }
}

function strip(source, filePath) {
  const key = createHash("sha1").update(source).digest("base64");
  const known = kept[key];
  if (known === undefined) misses++;
  return (used[key] = known ?? require("sucrase").transform(source, { ...OPTIONS, filePath }).code);
}

Module._extensions[".ts"] = (module, filePath) => {
  module._compile(strip(fs.readFileSync(filePath, "utf8"), filePath), filePath);
};

process.on("exit", () => {
  if (misses === 0) return;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const part = `${file}.${process.pid}`;
    // Other commands load other files; a full cache begins again with what this one has used.
    const all = { ...kept, ...used };
    fs.writeFileSync(part, JSON.stringify(Object.keys(all).length > FULL ? used : all));
    fs.renameSync(part, file);
  } catch {
    // A read-only checkout works as well, only slower.
  }
});
