// Makes `npm start` and `npm test` work as the first command on a fresh clone: installs the locked packages when they are
// not there. Plain JavaScript without dependencies, because it runs before any is there; the check of the version comes
// before everything that an old Node.js does not know.
"use strict";
var fs = require("fs");
var path = require("path");

var root = path.join(__dirname, "..");
var manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

function olderThan(version, minimum) {
  var a = version.split(".").map(Number);
  var b = minimum.split(".").map(Number);
  for (var i = 0; i < b.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i];
  }
  return false;
}

var wanted = manifest.engines.node.replace(">=", "");
if (olderThan(process.versions.node, wanted)) {
  console.error(
    "Node.js " + wanted + " or later is needed; this is " + process.versions.node + '. See "engines" in package.json.',
  );
  process.exit(2);
}

const { spawnSync } = require("child_process");
const { createHash } = require("crypto");
const os = require("os");

/** A plan needs no development packages, so an installation without them is left as it is. */
const withDevelopment = process.env.npm_lifecycle_event !== "start";

/**
 * Why the packages have to be installed; undefined when they are all there. npm itself notes what it has installed in
 * node_modules/.package-lock.json, last of all, so that an interrupted installation has none, and one that the user made
 * with `npm ci` counts.
 */
function missing() {
  const locked = read("package-lock.json");
  const installed = read("node_modules/.package-lock.json");
  if (locked === undefined || installed === undefined) return "they are not there";
  const own = locked.packages[""];
  if (!same(own.dependencies, manifest.dependencies) || !same(own.devDependencies, manifest.devDependencies)) {
    return "package.json names others than package-lock.json";
  }
  for (const [place, wanted] of Object.entries(locked.packages)) {
    if (place === "" || (wanted.dev && !withDevelopment)) continue;
    const found = installed.packages[place];
    // Packages for other systems are optional and are not there.
    if (found === undefined && (wanted.optional || wanted.devOptional)) continue;
    if (found === undefined) return place + " is not there";
    if (found.version !== wanted.version || found.integrity !== wanted.integrity) return place + " is not the locked version";
    if (!fs.existsSync(path.join(root, place, "package.json"))) return place + " was removed";
  }
  return undefined;
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), "utf8"));
  } catch {
    return undefined;
  }
}

function same(a, b) {
  const sorted = (record) => JSON.stringify(Object.entries(record || {}).sort());
  return sorted(a) === sorted(b);
}

function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** The process that installs into this folder now; the file lies outside of it, because npm ci empties node_modules. */
const lockFile = path.join(
  os.tmpdir(),
  "mes-install-" + (process.getuid ? process.getuid() : "") + "-" + createHash("sha256").update(root).digest("hex").slice(0, 16),
);

function holder() {
  try {
    return Number(fs.readFileSync(lockFile, "utf8"));
  } catch {
    return undefined;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Waits until no other process installs here, and keeps others from it until `release`. */
function acquire() {
  let told = false;
  for (;;) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: "wx" });
      // Whoever found the file of a dead process may have removed this one in its place: the last to write has it.
      pause(50);
      if (holder() === process.pid) return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const pid = holder();
      if (pid !== undefined && !isRunning(pid)) fs.rmSync(lockFile, { force: true });
      else if (!told) console.error("Waiting for another process that installs the packages …");
      told = true;
      pause(200);
    }
  }
}

function release() {
  if (holder() === process.pid) fs.rmSync(lockFile, { force: true });
}

function install() {
  acquire();
  try {
    const reason = missing();
    // The process that was waited for has done it.
    if (reason === undefined) return 0;
    console.error("Installing the locked packages (npm ci): " + reason + ".");
    // The lock file has each package's hash, so what npm's cache has needs no second look at the registry.
    const npm = spawnSync("npm", ["ci", "--include=dev", "--loglevel=error", "--prefer-offline"], {
      cwd: root,
      // What a command prints to standard output is its result.
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    });
    if (npm.error !== undefined && npm.error.code === "ENOENT") {
      console.error("npm was not found; it comes with Node.js.");
      return 1;
    }
    if (npm.status === 0) return 0;
    console.error("npm ci failed; its own message is above. Nothing was changed outside of node_modules.");
    return npm.status || 1;
  } finally {
    release();
  }
}

if (missing() !== undefined) process.exitCode = install();
