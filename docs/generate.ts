import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { contractTables } from "../components/mes/contract/tables";
import { clusterKindsTable } from "../components/network/cluster-kinds-table";
import { RULES } from "../review/rules";
import { rulesDocument } from "../review/rules/document";
import { configurationReference } from "../stacks/config/reference";
import { scoreSection } from "./score";
import { versionsDocument } from "./versions";

/** `npm run docs` writes what the pages have from the code; `npm run check` fails when one of them is stale. */
const ROOT = path.join(__dirname, "..");

const PAGES: Readonly<Record<string, () => string>> = {
  "docs/rules.md": () => rulesDocument(RULES, scoreSection()),
  "docs/configuration.md": configurationReference,
};

/** Parts of pages, between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. */
const PARTS: Readonly<Record<string, { name: string; content: () => string }>> = {
  "docs/app-contract.md": { name: "contract", content: contractTables },
  "docs/clusters.md": { name: "kinds", content: clusterKindsTable },
  "README.md": { name: "plan", content: planPicture },
  "docs/proof.md": { name: "versions", content: versionsDocument },
};

for (const [file, page] of Object.entries(PAGES)) write(file, page());
for (const [file, { name, content }] of Object.entries(PARTS)) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  const [before, after] = [text.split(begin)[0], text.split(end)[1]];
  if (before === undefined || after === undefined) throw new Error(`${file} has no ${begin} … ${end}`);
  write(file, `${before}${begin}\n\n${content()}\n\n${end}${after}`);
}

function write(file: string, content: string): void {
  if (fs.existsSync(path.join(ROOT, file)) && fs.readFileSync(path.join(ROOT, file), "utf8") === content) return;
  fs.writeFileSync(path.join(ROOT, file), content);
  console.log(file);
}

/** What `mes plan` prints of prod: the beginning, the roles of the MES and the end. */
function planPicture(): string {
  const printed = execFileSync(process.execPath, [path.join(ROOT, "review", "mes.js"), "plan", "--stack", "prod"], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const blocks = printed.trimEnd().split("\n\n");
  const wanted = /^(prod ─|postgres |broker |mes |network|totals |prod: )/;
  const shown = blocks.flatMap((block, i) =>
    wanted.test(block) ? [block] : i > 0 && wanted.test(blocks[i - 1] ?? "") ? ["…"] : [],
  );
  return ["```console", "$ npx mes plan --stack prod", shown.join("\n\n"), "```"].join("\n");
}
