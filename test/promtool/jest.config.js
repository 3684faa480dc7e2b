"use strict";
/** The suite that asks promtool what the rules of both stacks do: jest --config test/promtool/jest.config.js */
module.exports = {
  testEnvironment: "node",
  rootDir: "../..",
  roots: ["<rootDir>/test/promtool"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 1,
  // promtool is compiled beforehand, by `tools/make promtool`; what is left takes seconds.
  testTimeout: 120_000,
};
