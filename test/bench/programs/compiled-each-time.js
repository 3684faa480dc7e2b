// Compiles every module at every start, as Node.js does by itself.
"use strict";
const file = require.resolve("../../../tools/compile-cache");
require.cache[file] = { id: file, filename: file, loaded: true, exports: {}, children: [] };
