"use strict";
/** The suite that runs against real API servers. */
module.exports = require("../helpers/longer-suite")(__dirname);
