// Takes source maps out of stack traces. The types are stripped without moving a line, so the program's own frames are right without;
// the SDK takes a stack for each of its promises, and looking all of them up is much of the work of a preview. And its maps give its
// own files paths over which Node 20, when it colours the stack of an error that ended a program, goes round in circles for half
// a minute before the user is told anything.
"use strict";
Error.prepareStackTrace = (error, frames) => [String(error), ...frames].join("\n    at ");
