// What Pulumi starts (Pulumi.yaml): loads the program as TypeScript, as the command line `mes` does.
"use strict";
require("../tools/register");
const { keepOwnFrames } = require("./own-frames");

// Before the SDK's own listeners, which say what the error is.
process.prependListener("uncaughtException", keepOwnFrames);
process.prependListener("unhandledRejection", keepOwnFrames);

module.exports = require("./index");
