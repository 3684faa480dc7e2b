// Keeps the compiled code of all modules that a program loads, as V8 gives and takes it: at the next start nothing is compiled again, neither
// when a module is loaded nor when one of its functions is first called. `npm run bench -- --only shortcuts` prints what it saves. Node.js has the
// same from 22.8 on (`module.enableCompileCache`); this works with every version that the project runs on, and reads one file instead of a thousand.
// What was compiled is found by the content of its source, and of no other version of V8: a stale one can never run.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

/** Bytes kept; a plan needs some 8 MB. */
const FULL = 64 * 1024 * 1024;
const file = path.join(__dirname, "..", "node_modules", ".cache", `compiled-${process.version}-${process.arch}.bin`);
/** What stands before a module's code on its first line. */
const AHEAD = Module.wrapper[0].length;

const kept = read();
const used = new Set();
/** @type {Map<string, vm.Script>} what was not kept yet */
const fresh = new Map();

/** @returns {Map<string, Buffer>} compiled code by the hash of its source */
function read() {
  try {
    const all = fs.readFileSync(file);
    const body = 4 + all.readUInt32LE(0);
    const index = Object.entries(JSON.parse(all.toString("utf8", 4, body)));
    const bytes = index.reduce((sum, [, [, length]]) => sum + length, 0);
    if (all.length !== body + bytes) return new Map();
    return new Map(index.map(([key, [start, length]]) => [key, all.subarray(body + start, body + start + length)]));
  } catch {
    // Not there yet, or no cache at all: it is recreated.
    return new Map();
  }
}

function scriptOf(code, filename) {
  const key = createHash("sha1").update(code).digest("base64");
  const cachedData = kept.get(key);
  const script = new vm.Script(Module.wrap(code), { filename, columnOffset: -AHEAD, ...(cachedData && { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected) fresh.set(key, script);
  else used.add(key);
  return script;
}

/** As Node.js gives it to a module. */
function requireOf(module) {
  const require = (request) => module.require(request);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

const compile = Module.prototype._compile;
Module.prototype._compile = function compileOnce(code, filename, ...more) {
  // A module of the other kind, or one that loads such: Node.js knows how.
  if (more.some((format) => format !== undefined && format !== "commonjs") || code.startsWith("#!") || code.includes("import(")) {
    return compile.call(this, code, filename, ...more);
  }
  let script;
  try {
    script = scriptOf(code, filename);
  } catch {
    // Its message says more.
    return compile.call(this, code, filename, ...more);
  }
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, requireOf(this), this, filename, path.dirname(filename));
};

process.on("exit", () => {
  if (fresh.size === 0) return;
  try {
    const compiled = new Map([...fresh].map(([key, script]) => [key, script.createCachedData()]));
    const others = new Map([...kept].filter(([key]) => !compiled.has(key)));
    const bytes = [...others, ...compiled].reduce((sum, [, data]) => sum + data.length, 0);
    // Other commands load other files; a full cache begins again with what this one has used.
    const all = [...[...others].filter(([key]) => bytes <= FULL || used.has(key)), ...compiled];
    let start = 0;
    const index = all.map(([key, { length }]) => [key, [(start += length) - length, length]]);
    const head = Buffer.from(JSON.stringify(Object.fromEntries(index)));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(head.length);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const part = `${file}.${process.pid}`;
    fs.writeFileSync(part, Buffer.concat([size, head, ...all.map(([, data]) => data)]));
    fs.renameSync(part, file);
  } catch {
    // A read-only checkout works as well, only slower.
  }
});
