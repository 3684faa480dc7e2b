"use strict";
/** The suite that runs the data plane as real pods: jest --config test/data-plane/jest.config.js */
module.exports = {
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "off" },
  rootDir: "../..",
  roots: ["<rootDir>/test/data-plane"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 1,
  // The first run may have to wait until tools/make has compiled the operators and made the images.
  testTimeout: 1_800_000,
};
