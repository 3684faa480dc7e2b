"use strict";
const path = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/** The longest files; the others follow, in any order. */
const FIRST = [
  "data-plane/data-plane.test.ts",
  "engine/prod.test.ts",
  "controllers/autoscaling.test.ts",
  "incidents/orders-in.test.ts",
  "engine/faults.test.ts",
  "engine/dev.test.ts",
  "cluster/real/real.test.ts",
  "incidents/incidents.test.ts",
  "engine/killed.test.ts",
  "engine/cli.test.ts",
  "controllers/prod.test.ts",
  "controllers/dev.test.ts",
  "promtool/rules.test.ts",
  "engine/aws.test.ts",
  "cluster/stacks.test.ts",
  "cluster/light.test.ts",
  "cluster/acceptance.test.ts",
  "pulumi-cli/documents.test.ts",
  "engine/language-host/language-host.test.ts",
];

/** Keeps all workers busy to the end. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path: file }) => {
      const index = FIRST.indexOf(path.relative(__dirname, file));
      return index < 0 ? FIRST.length : index;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }
};
