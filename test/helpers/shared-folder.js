"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** A folder for what the test files of one run share, gone when it ends. */
module.exports = async function makeSharedFolder() {
  process.env.MES_TEST_SHARED = fs.mkdtempSync(path.join(os.tmpdir(), "mes-tests-"));
  process.once("exit", () => fs.rmSync(process.env.MES_TEST_SHARED, { recursive: true, force: true }));
};
