"use strict";
/** The suite that plays incidents through Prometheus' rules and Alertmanager, in simulated time. */
module.exports = require("../helpers/longer-suite")(__dirname);
