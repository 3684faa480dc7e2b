"use strict";
/** The suite that runs README.md's two commands on every Node.js of tools/node-versions. */
module.exports = require("../helpers/longer-suite")(__dirname);
