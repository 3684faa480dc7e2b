"use strict";
/** The suite that runs the migrations on a real Postgres. */
module.exports = require("../helpers/longer-suite")(__dirname);
