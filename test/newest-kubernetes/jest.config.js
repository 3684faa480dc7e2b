"use strict";
const path = require("node:path");
const longerSuite = require("../helpers/longer-suite");

/** Suites of test/cluster and test/controllers once more, on the newest version of Kubernetes: those whose servers it could change. */
const suite = longerSuite(path.join(__dirname, "..", "cluster"));
module.exports = {
  ...suite,
  roots: [...suite.roots, path.join(__dirname, "..", "controllers")],
  testMatch: ["**/test/cluster/{acceptance,light,stacks}.test.ts", "**/test/controllers/prod.test.ts"],
  setupFiles: [...suite.setupFiles, path.join(__dirname, "newest.js")],
};
