"use strict";
/** The suite that holds the reading of stack files against the real Pulumi CLI: jest --config test/pulumi-cli/jest.config.js */
module.exports = {
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "off" },
  rootDir: "../..",
  roots: ["<rootDir>/test/pulumi-cli"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 2,
  // The first run may have to wait until tools/make has compiled the CLI.
  testTimeout: 1_200_000,
};
