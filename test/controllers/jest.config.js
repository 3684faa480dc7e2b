"use strict";
/** The suite that runs real controllers on what the stacks declare: jest --config test/controllers/jest.config.js */
module.exports = {
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "off" },
  rootDir: "../..",
  roots: ["<rootDir>/test/controllers"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 1,
  // The first run may have to wait until tools/make has compiled the operators.
  testTimeout: 2_400_000,
};
