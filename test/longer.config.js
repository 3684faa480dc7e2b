"use strict";
const path = require("node:path");
const { readdirSync, existsSync } = require("node:fs");

/**
 * Every longer suite at once, three files at a time on two cores: most of their time they wait for something real.
 * `npm run test:cluster`, or `npm run test:cluster -- --selectProjects engine` for one of them.
 */
module.exports = {
  projects: readdirSync(__dirname)
    // The quick suite once for each Node.js takes longer than all of these: `npx jest --config test/nodes/jest.config.js`.
    .filter((folder) => folder !== "nodes" && existsSync(path.join(__dirname, folder, "jest.config.js")))
    .map((displayName) => {
      const config = require(path.join(__dirname, displayName, "jest.config.js"));
      // What jest takes for a whole run only.
      const { maxWorkers, testTimeout, bail, ...project } = config;
      return { ...project, displayName };
    }),
  testSequencer: path.join(__dirname, "longest-first.js"),
  maxWorkers: 3,
  // The first run may have to wait until tools/make has compiled what it needs.
  testTimeout: 3_600_000,
};
