import * as fs from "node:fs";
import * as path from "node:path";
import { scoreSection } from "../../../docs/score";
import { RULES } from "../../../review/rules";
import { rulesDocument } from "../../../review/rules/document";
import { PROJECT_DIRECTORY } from "../../helpers/record";

const read = (...parts: string[]) => fs.readFileSync(path.join(PROJECT_DIRECTORY, ...parts), "utf8");

describe("the page of the rules", () => {
  it("is fresh: npm run docs writes it", () => {
    expect(read("docs", "rules.md")).toBe(rulesDocument(RULES, scoreSection()));
  });

  it("has every rule, each in a file of its name", () => {
    for (const { name } of RULES) expect(read("review", "rules", `${name}.ts`)).toContain(`const name = "${name}";`);
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  });
});
