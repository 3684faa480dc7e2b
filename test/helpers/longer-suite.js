"use strict";
const path = require("node:path");

/**
 * The jest configuration of a longer suite: jest --config FOLDER/jest.config.js
 * @param folder where its tests are
 */
module.exports = function longerSuite(folder, own = {}) {
  return {
    testEnvironment: "node",
    // The SDK keeps its state in globals and still settles promises while a file is torn down.
    testEnvironmentOptions: { globalsCleanup: "off" },
    rootDir: path.join(__dirname, "..", ".."),
    roots: [folder],
    testMatch: ["**/*.test.ts"],
    setupFiles: [path.join(__dirname, "..", "..", "tools", "plain-stacks.js")],
    transform: { "\\.ts$": "@sucrase/jest-plugin" },
    maxWorkers: 1,
    // The first run may have to wait until tools/make has compiled what it needs.
    testTimeout: 3_600_000,
    ...own,
  };
};
