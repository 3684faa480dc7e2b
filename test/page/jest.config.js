"use strict";
/** The suite that opens the review page in a real browser. */
module.exports = require("../helpers/longer-suite")(__dirname);
