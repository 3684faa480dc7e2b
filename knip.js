"use strict";

const production = process.argv.includes("--production");

/**
 * Nothing is exported that nothing imports (`npm run knip`). With `--production` tests do not count: what only they import is dead, unless its own file
 * needs it.
 * @type {import("knip").KnipConfig}
 */
module.exports = {
  entry: production
    ? [
        "review/{cli.ts,mes.js,policy-pack/index.js}!",
        "stacks/{main.js,index.ts}!",
        "review/page/client/main.ts!",
        "docs/generate.ts!",
        "tools/{*,images/archive}.js!",
      ]
    : [
        "review/{cli.ts,policy-pack/index.js}",
        "review/page/client/main.ts",
        "stacks/{main.js,index.ts}",
        "tools/{*,images/archive}.js",
        "test/**/*.test.ts",
        "test/**/{run,update}.ts",
        // Started as processes of their own.
        "test/bench/{objects.ts,report.js,programs/*}",
        "test/engine/{proof,language-host/language-host}.ts",
      ],
  project: ["{stacks,components,review,docs,tools}/**/*.{ts,js}!", "test/**/*.{ts,js}"],
  // Made from review/page/client, and read as a text.
  ignore: ["review/page/bundled/**"],
  jest: { config: ["jest.config.js", "test/{slow,longer}.config.js", "test/*/{jest,newest}.config.js"] },
  // Programs of the system.
  ignoreBinaries: ["setpriv", "psql"],
  ignoreExportsUsedInFile: production,
};
