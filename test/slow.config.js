"use strict";
/** Here there is time for odder plans. */
process.env.FUZZ_RUNS ??= "100";

/** Tests of the quick suite's own things that take too long for it: NAME.slow.test.ts beside the others. */
module.exports = require("./helpers/longer-suite")(__dirname, { testMatch: ["**/*.slow.test.ts"] });
