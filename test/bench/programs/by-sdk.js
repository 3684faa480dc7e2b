// Has the SDK keep every resource of a plan, as it keeps those that have something to wait for.
"use strict";
const recording = require("../../../review/plan/record");
const { record } = recording;
recording.record = (program, args) => record(program, { ...args, atOnce: false });
