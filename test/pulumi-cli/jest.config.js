"use strict";
const path = require("node:path");

/** Here there is time for more runs of the properties and more typing mistakes than in the quick suite. */
process.env.FUZZ_RUNS ??= "100";
process.env.TYPING_MISTAKES ??= "200";

/** The suite that holds the reading of stack files against the real Pulumi CLI. */
module.exports = require("../helpers/longer-suite")(__dirname, {
  roots: [__dirname, path.join(__dirname, "..", "stacks")],
  testMatch: ["**/test/pulumi-cli/*.test.ts", "**/test/stacks/properties.test.ts", "**/test/stacks/typing/*.test.ts"],
});
