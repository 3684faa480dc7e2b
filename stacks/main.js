// What Pulumi starts (Pulumi.yaml): loads the program as TypeScript, as the command line `mes` does.
"use strict";
require("../tools/plain-stacks");
require("../tools/register");
module.exports = require("./index");
