import { readFileSync } from "node:fs";
import * as path from "node:path";
import { isPlatformVariable, PATHS } from "../../../../components/mes/contract/contract";
import { messageHeaders, outboxRow } from "../../../../components/mes/contract/messages";
import { contractTables } from "../../../../components/mes/contract/tables";
import { PROJECT_DIRECTORY } from "../../../helpers/record";

const PAGE = readFileSync(path.join(PROJECT_DIRECTORY, "docs", "app-contract.md"), "utf8");

describe("the contract with the image", () => {
  it("stands in docs as it is in the program (npm run docs writes it)", () => {
    const written = /<!-- contract:begin -->\n\n([\s\S]*)\n\n<!-- contract:end -->/.exec(PAGE)?.[1];
    expect(written).toBe(contractTables());
  });

  it("tells of every path", () => {
    for (const known of Object.values(PATHS)) expect(contractTables()).toContain(`\`${known}\``);
  });

  it.each([
    ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true],
    ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", false],
    ["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false],
    ["4bf92f3577b34da6a3ce929d0e0e4736", false],
    ["", false],
  ])("knows a trace: %s", (traceparent, valid) => {
    expect(messageHeaders.safeParse({ traceparent }).success).toBe(valid);
  });

  it("has columns for the outbox that its table has", () => {
    const sql = readFileSync(path.join(PROJECT_DIRECTORY, "components", "outbox", "migrations", "0001_messaging.sql"), "utf8");
    const [, columns = ""] = /CREATE TABLE messaging\.outbox \(([\s\S]*?)\n\)/.exec(sql) ?? [];
    for (const column of Object.keys(outboxRow.shape)) expect(columns).toMatch(new RegExp(`^  ${column} `, "m"));
  });

  it.each([
    ["PGPASSWORD", true],
    ["S3_BUCKET_ANYTHING", true],
    ["MES_PRICING_URL", true],
    ["AWS_CA_BUNDLE", true],
    ["MES_FEATURE", false],
    ["LANG", false],
  ])("says whose %s is", (name, platform) => {
    expect(isPlatformVariable(name)).toBe(platform);
  });
});
