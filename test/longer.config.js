"use strict";
const path = require("node:path");
const { readdirSync, existsSync } = require("node:fs");

/** Configurations by name: one in each folder, a second one of the clusters, on the newest version of Kubernetes, and that of single slow files. */
const CONFIGS = {
  ...Object.fromEntries(
    readdirSync(__dirname)
      // The quick suite once for each Node.js keeps both cores busy: by itself, `npx jest --config test/nodes/jest.config.js`.
      .filter((folder) => folder !== "nodes")
      .map((folder) => [folder, path.join(__dirname, folder, "jest.config.js")])
      .filter(([, file]) => existsSync(file)),
  ),
  newest: path.join(__dirname, "cluster", "newest.config.js"),
  slow: path.join(__dirname, "slow.config.js"),
};

/**
 * Every longer suite at once, three files at a time on two cores: most of their time they wait for something real.
 * `npm run test:cluster`, or `npm run test:cluster -- --selectProjects engine` for one of them.
 */
module.exports = {
  projects: Object.entries(CONFIGS).map(([displayName, file]) => {
    // What jest takes for a whole run only.
    const { maxWorkers, testTimeout, bail, ...project } = require(file);
    return { ...project, displayName };
  }),
  testSequencer: path.join(__dirname, "longest-first.js"),
  maxWorkers: 3,
  // The first run may have to wait until tools/make has compiled what it needs.
  testTimeout: 3_600_000,
};
