// Makes `npm start` and `npm test` work as the first command on a fresh clone: installs the locked packages when they
// are missing or older than the lock file. Plain JavaScript without dependencies, because it runs before any is there.
"use strict";
const { createHash } = require("node:crypto");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const wanted = require("../package.json").engines.node.replace(">=", "");

function olderThan(version, minimum) {
  const [a, b] = [version, minimum].map((v) => v.split(".").map(Number));
  for (let i = 0; i < b.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i];
  }
  return false;
}

if (olderThan(process.versions.node, wanted)) {
  console.error(`Node.js ${wanted} or later is needed; this is ${process.versions.node}. See "engines" in package.json.`);
  process.exit(2);
}

const lock = createHash("sha256")
  .update(fs.readFileSync(path.join(root, "package-lock.json")))
  .digest("hex");
const stamp = path.join(root, "node_modules", ".installed-lock");
const installed = fs.existsSync(stamp) ? fs.readFileSync(stamp, "utf8") : "";

if (installed !== lock) {
  console.error("Installing the locked packages (npm ci) …");
  const npm = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    console.error("npm ci failed: see its message above. Nothing was changed outside of node_modules.");
    process.exit(npm.status ?? 1);
  }
  fs.writeFileSync(stamp, lock);
}
