"use strict";
const path = require("node:path");
const longerSuite = require("../helpers/longer-suite");

/** Suites of light clusters once more, on the newest version of Kubernetes: jest --config test/cluster/newest.config.js */
const suite = longerSuite(__dirname);
module.exports = {
  ...suite,
  roots: [...suite.roots, path.join(__dirname, "..", "controllers")],
  testMatch: ["**/test/cluster/{acceptance,light,stacks,verdicts/*}.test.ts", "**/test/controllers/prod.test.ts"],
  setupFiles: [...suite.setupFiles, path.join(__dirname, "newest.js")],
};
