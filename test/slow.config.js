"use strict";
/** Tests of the quick suite's own things that take too long for it: NAME.slow.test.ts beside the others. */
module.exports = require("./helpers/longer-suite")(__dirname, { testMatch: ["**/*.slow.test.ts"] });
