import * as fs from "node:fs";
import * as path from "node:path";
import { readStackFile } from "../../stacks/config/load";
import { BROKEN, examples, outcome, readExample, VALID } from "./fixtures";

/**
 * The folders beside this file are meant to be read: broken/ has stack files with mistakes, and beside each what is said of
 * them; valid/ has odd ones that are right, and beside each what they are read as.
 */
describe("a broken stack file", () => {
  it.each(examples(BROKEN))("is told all that is wrong with it, at its place: %s", (name) => {
    // After a change that is meant: node --require ./tools/register.js test/stacks/update.ts
    expect(outcome(BROKEN, name)).toBe(fs.readFileSync(path.join(BROKEN, `${name}.txt`), "utf8"));
  });

  it.each(examples(BROKEN))("gets complaints in one form: %s", (name) => {
    for (const line of outcome(BROKEN, name).trimEnd().split("\n"))
      expect(line).toMatch(/^[\w-]+\.yaml:\d+:\d+(?: [^\s:].*?)?: \S/);
  });
});

describe("an odd stack file", () => {
  it.each(examples(VALID))("is read as what it means: %s", (name) => {
    const expected = JSON.parse(fs.readFileSync(path.join(VALID, `${name}.json`), "utf8")) as object;
    // As JSON, so that a secret shows what everybody sees of it.
    const config = JSON.parse(JSON.stringify(readStackFile(`${name}.yaml`, readExample(VALID, name)).config)) as object;
    expect(config).toMatchObject(expected);
  });
});
