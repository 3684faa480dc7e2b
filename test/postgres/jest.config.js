"use strict";
/** The suite that runs the migrations on a real Postgres: jest --config test/postgres/jest.config.js */
module.exports = {
  testEnvironment: "node",
  rootDir: "../..",
  roots: ["<rootDir>/test/postgres"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "@sucrase/jest-plugin" },
  maxWorkers: 1,
  // Debian's packages may have to be installed first.
  testTimeout: 180_000,
};
