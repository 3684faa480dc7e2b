"use strict";
// Lines stay where they are when the types are stripped, so stack traces need no source maps. The SDK takes one for each of its
// promises, and to look all of them up is a good part of the time of a test that runs a program.
Error.prepareStackTrace = (error, frames) => [String(error), ...frames].join("\n    at ");
