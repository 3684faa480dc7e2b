// Loaded before a measured program: says at its end what it took.
"use strict";
const fs = require("node:fs");
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS * 1024 };
  fs.writeFileSync(process.env.MES_BENCH_REPORT, JSON.stringify(usage));
});
