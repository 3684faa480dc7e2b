"use strict";
/** The suite that computes who can reach whom from the network policies: jest --config test/reachability/jest.config.js */
module.exports = {
  testEnvironment: "node",
  // The SDK keeps its state in globals and still settles promises while a file is torn down.
  testEnvironmentOptions: { globalsCleanup: "off" },
  rootDir: "../..",
  roots: ["<rootDir>/test/reachability"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 1,
  // The analyzer is compiled beforehand, by `tools/make netpol-analyzer`; what is left takes seconds.
  testTimeout: 120_000,
};
