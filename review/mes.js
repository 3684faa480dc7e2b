#!/usr/bin/env node
// The command line `mes`. Plain JavaScript, so that it runs as it is; what it loads is TypeScript, stripped as it loads.
"use strict";
require("../tools/register");
require("../tools/lean-sdk");
require("./cli").main(process.argv.slice(2));
