"use strict";
/** The suite that runs the program in the real Pulumi engine. */
module.exports = require("../helpers/longer-suite")(__dirname);
