"use strict";
/** The suite that asks promtool what the rules of both stacks do. */
module.exports = require("../helpers/longer-suite")(__dirname);
