"use strict";
const { buildSync } = require("esbuild");
const path = require("node:path");

/**
 * Bundles the script and the style sheet of the review page, which `mes plan --format html` puts into each page. They are checked in, so that
 * whoever makes a page needs no bundler.
 */
const PAGE = path.join(__dirname, "..", "review", "page");

buildSync({
  entryPoints: { page: path.join(PAGE, "client", "main.ts") },
  outdir: path.join(PAGE, "bundled"),
  bundle: true,
  minify: true,
  format: "iife",
  // Browsers of the last three years.
  target: ["chrome115", "firefox115", "safari16.6"],
  charset: "ascii",
  legalComments: "none",
});
buildSync({
  entryPoints: { page: path.join(PAGE, "client", "page.css") },
  outdir: path.join(PAGE, "bundled"),
  bundle: true,
  minify: true,
  target: ["chrome115", "firefox115", "safari16.6"],
});
