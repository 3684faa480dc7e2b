"use strict";
/** The suite that runs against real API servers: jest --config test/cluster/jest.config.js */
module.exports = {
  testEnvironment: "node",
  rootDir: "../..",
  roots: ["<rootDir>/test/cluster"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  // A cluster takes both cores for seconds while it starts.
  maxWorkers: 1,
  // The tools are compiled beforehand, by `tools/make`; what is left takes seconds.
  testTimeout: 120_000,
};
