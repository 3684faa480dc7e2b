"use strict";
// Read by test/cluster/tools.ts.
process.env.MES_KUBERNETES = "newest";
