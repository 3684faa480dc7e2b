"use strict";
/** The suite that holds the reading of stack files against the real Pulumi CLI: jest --config test/pulumi-cli/jest.config.js */

/** Here there is time for more runs of the properties than in the quick suite. */
process.env.FUZZ_RUNS ??= "200";

module.exports = {
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "off" },
  rootDir: "../..",
  roots: ["<rootDir>/test/pulumi-cli", "<rootDir>/test/stacks"],
  testMatch: ["**/test/pulumi-cli/*.test.ts", "**/test/stacks/properties.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 2,
  // The first run may have to wait until tools/make has compiled the CLI.
  testTimeout: 1_200_000,
};
