import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { findingsOf } from "../../review/rules";
import type { Finding } from "../../review/rules/rule";
import { ConfigError } from "../../stacks/config/issues";
import { stackFilePath, stackNames } from "../../stacks/config/load";
import { planOfChanged, type StackChange } from "../helpers/changed-stack";
import { PROJECT_DIRECTORY } from "../helpers/record";

/** Whatever docs/configuration.md calls optional can be taken out of each stack file. */

const PAGE = fs.readFileSync(path.join(PROJECT_DIRECTORY, "docs", "configuration.md"), "utf8");
const OPTIONAL = [...PAGE.matchAll(/^## (mes:\S+)\n\n.* Optional\.$/gm)].map(([, section = ""]) => section);
/** Roles name what is in them one by one, and backups the buckets, so that these are taken out with them. */
const NAMED_ELSEWHERE = ["mes:storage", "mes:broker", "mes:postgres"];

const without =
  (section: string): StackChange =>
  (file) => {
    file.deleteIn(["config", section]);
  };

const sectionsOf = (stack: string): string[] => {
  const { config } = parse(fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8")) as { config: object };
  return OPTIONAL.filter((section) => section in config);
};

/** Errors but for room: without its section a part has its defaults, and whether these fit a laptop is another question. */
const errors = (findings: readonly Finding[]) =>
  findings.filter(({ severity, rule }) => severity === "error" && rule !== "fits-cluster");

it("the page names what is optional", () => {
  expect(OPTIONAL).toEqual(expect.arrayContaining(["mes:gateway", "mes:monitoring", "mes:tracing", "mes:storage"]));
});

describe.each(stackNames(PROJECT_DIRECTORY))("the stack %s", (stack) => {
  it.each(sectionsOf(stack).filter((section) => !NAMED_ELSEWHERE.includes(section)))("plans without %s", async (section) => {
    expect(errors(findingsOf(await planOfChanged(stack, without(section))))).toEqual([]);
  });

  it.each(["mes:broker", "mes:postgres"])("names every role that needs %s", async (section) => {
    const refused = await planOfChanged(stack, without(section)).catch((error: unknown) => error);
    if (!(refused instanceof ConfigError)) throw new Error("it was taken as it is");
    expect(refused.issues.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(new RegExp(`^needs ${section}: add it.*, or, for an?.* that is there already`)),
    );
  });

  it("says of each role with routes that nothing leads to it without a gateway", async () => {
    const findings = findingsOf(await planOfChanged(stack, without("mes:gateway")));
    expect(findings.filter(({ rule }) => rule === "routes-lead-in")).toEqual([
      expect.objectContaining({
        severity: "warning",
        message: expect.stringMatching(/reaches 3 roles with routes: order-api \(\/api\/orders\), dashboard \(\/\) and pricing/),
      }),
    ]);
  });

  it("names every key that wants a bucket of mes:storage, and plans without those", async () => {
    const refused = await planOfChanged(stack, without("mes:storage")).catch((error: unknown) => error);
    if (!(refused instanceof ConfigError)) throw new Error("it was taken as it is");
    for (const { message } of refused.issues) expect(message).toMatch(/^needs the bucket \w+, but the stack has no mes:storage$/);
    const plan = await planOfChanged(stack, (file) => {
      without("mes:storage")(file);
      file.setIn(["config", "mes:postgres", "backups"], { enabled: false });
      file.setIn(["config", "mes:logging"], {});
      for (const role of ["dashboard", "pricing"]) file.deleteIn(["config", "mes:roles", role, "storage"]);
    });
    // Where data is protected, no backups are an error of their own, and the only one.
    expect(errors(findingsOf(plan)).filter(({ rule }) => rule !== "backups-restorable")).toEqual([]);
  });
});
