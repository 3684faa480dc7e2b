"use strict";
/** The suite that runs the program in the real Pulumi engine: jest --config test/engine/jest.config.js */
module.exports = {
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "off" },
  rootDir: "../..",
  roots: ["<rootDir>/test/engine"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 1,
  // The first run may have to wait until tools/make has compiled the CLI.
  testTimeout: 1_200_000,
};
