"use strict";
const fs = require("node:fs");
const path = require("node:path");

/** Folders of suites with a configuration of their own: those that need the real engine, an API server or a compiler. What else is slow: test/slow.config.js. */
const tests = path.join(__dirname, "test");
const longer = fs.readdirSync(tests).filter((folder) => fs.existsSync(path.join(tests, folder, "jest.config.js")));

/** The quick suite. */
module.exports = {
  testEnvironment: "node",
  // The SDK keeps its state in globals and still settles promises while a file is torn down.
  testEnvironmentOptions: { globalsCleanup: "off" },
  roots: ["<rootDir>/test"],
  testPathIgnorePatterns: ["/node_modules/", "\\.slow\\.test\\.ts$", ...longer.map((folder) => `<rootDir>/test/${folder}/`)],
  testMatch: ["**/*.test.ts"],
  globalSetup: "<rootDir>/test/helpers/shared-folder.js",
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  // Generous, because a busy machine is no defect: what must be fast is measured by `npm run bench`.
  testTimeout: 60_000,
  // The SDK's import costs a second for each test file; two workers on two cores, recycled before they swap.
  maxWorkers: 2,
  workerIdleMemoryLimit: "1GB",
};
