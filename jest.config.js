"use strict";
/** The quick suite. The suites that need the real engine and API server have configurations of their own in test/. */
module.exports = {
  testEnvironment: "node",
  // The SDK keeps its state in globals and still settles promises while a file is torn down.
  testEnvironmentOptions: { globalsCleanup: "off" },
  roots: ["<rootDir>/test"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/(?:cluster|engine|postgres|pulumi-cli)/"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  // The SDK's import costs a second for each test file; two workers on two cores, recycled before they swap.
  maxWorkers: 2,
  workerIdleMemoryLimit: "1GB",
};
