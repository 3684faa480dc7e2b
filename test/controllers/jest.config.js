"use strict";
/** The suite that runs real controllers on what the stacks declare. */
module.exports = require("../helpers/longer-suite")(__dirname);
