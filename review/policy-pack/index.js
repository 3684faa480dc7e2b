// The policy pack as the engine starts it: in this folder, after ts-node. The types are stripped as in the command line, and the
// version is that of the project.
"use strict";
process.chdir(require("node:path").join(__dirname, "..", ".."));
require("../../tools/register");
require("../../tools/lean-sdk");
require("./pack");
