"use strict";
/** The suite that runs the data plane as real pods. */
module.exports = require("../helpers/longer-suite")(__dirname);
