"use strict";
/** The suite that computes who can reach whom from the network policies. */
module.exports = require("../helpers/longer-suite")(__dirname);
