import { assess, type Assessment } from "../../../review/assessment/assess";
import { diffPlans } from "../../../review/diff/changes";
import { findingsOf } from "../../../review/rules";
import { changesReport, changesSchema } from "../../../review/report/changes-json";
import { COMMENT_LIMIT, markdownReport } from "../../../review/report/markdown";
import { sarifLog, sarifRun } from "../../../review/report/sarif";
import { changeReport } from "../../../review/report/changes";
import { NO_COLOURS } from "../../../review/report/palette";
import { SECRET, type Plan, type Resource } from "../../../review/plan/plan";
import { deployment, object, planOf } from "../fixtures";

const PROGRAM = { by: "program", source: { file: "components/test/test.ts", line: 7 }, paths: [""] } as const;

function assessed(before: readonly Resource[], plan: Plan): Assessment {
  const base = { title: "main", resources: [plan.resources[0]!, ...before], findings: [] };
  return assess({ plan, base, diff: diffPlans(base.resources, plan), findings: findingsOf(plan), causes: () => [PROGRAM] });
}

const database = object("postgresql.cnpg.io/v1", "Cluster", "postgres", { spec: { instances: 3 } });
const secret = (value: string) => object("v1", "Secret", "s", { stringData: { key: value, other: value } });
const api = (tag: string) => deployment("order-api", { container: { image: `a:${tag}` } });
const small = assessed(
  [database, secret(SECRET), api("1")],
  planOf([secret("in the open"), api("2"), object("v1", "Service", "new")]),
);
const many = (tag: string, text = "x") =>
  Array.from({ length: 300 }, (_, i) =>
    deployment(`role-${i}`, { container: { image: `a:${tag}`, args: [`${text} ${tag}`.repeat(40)] } }),
  );
const large = assessed(many("1"), planOf(many("2")));

describe("every format", () => {
  const formats: [string, (assessment: Assessment) => string][] = [
    ["text", (one) => changeReport(one, { palette: NO_COLOURS, width: 100 })],
    ["Markdown", (one) => markdownReport(one)],
    ["JSON", (one) => JSON.stringify(changesReport(one))],
    ["SARIF", (one) => JSON.stringify(sarifRun("test", [], one))],
  ];

  test.each(formats)("%s says what is lost before anything else, and never what is secret on one side", (_, format) => {
    const text = format(small);
    expect(text).toContain("Cluster postgres");
    expect(text).not.toContain("in the open");
    const [lost, updated] = [text.indexOf("all orders"), text.lastIndexOf("a:2")];
    if (updated >= 0) expect(lost).toBeLessThan(updated);
  });
});

test("what is printed as JSON is of its schema", () => {
  for (const one of [small, large]) expect(changesSchema.parse(JSON.parse(JSON.stringify(changesReport(one))))).toBeDefined();
});

describe("Markdown", () => {
  test("keeps within what a comment may have, and counts what does not fit", () => {
    const text = markdownReport(large);
    expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    const shown = text.match(/^- \*\*update/gm)?.length ?? 0;
    const [, left] = /\*\*(\d+) more changes do not fit here\*\*/.exec(text) ?? [];
    expect(shown + Number(left)).toBe(300);
    // Fields give way before changes do.
    expect(shown).toBeGreaterThan(100);
    expect(text.split("<details>").length).toBe(text.split("</details>").length);
  });

  test("is nobody's markup but its own", () => {
    const name = "`x` <img src=a> @team #1 [a](b)";
    const at = (value: string) => object("v1", "ConfigMap", "c", { data: { key: value } });
    const one = assessed([at("a")], planOf([at(`${"`".repeat(5)}\n</details> @team <script>`)]));
    const text = markdownReport({ ...one, stack: name, against: name });
    const outside = text.replaceAll(/(`{6,})text\n[^]*?\1/g, "").replaceAll(/`[^`]*`/g, "");
    expect(outside).not.toMatch(/<img|<script|@team|\[a\]\(/);
  });

  test("begins with a mark, by which its comment is found again, and with the verdict", () => {
    expect(markdownReport(small).split("\n").slice(0, 2)).toEqual([
      "<!-- mes plan --against -->",
      expect.stringMatching(/^### `test` against `main`: 1 change loses data/),
    ]);
  });
});

describe("SARIF", () => {
  const run = sarifRun("test", findingsOf(planOf([deployment("a", { container: { image: "a:latest" } })])), small) as Run;

  interface Run {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly Result[];
  }
  interface Result {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly locations: readonly { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[];
    readonly partialFingerprints: Readonly<Record<string, string>>;
  }

  test("is a log of version 2.1.0", () => {
    expect(sarifLog([run])).toMatchObject({ version: "2.1.0", $schema: expect.stringContaining("sarif-schema-2.1.0") });
  });

  test("leads every result to its rule, a line and a file of the repository", () => {
    expect(run.results.length).toBeGreaterThan(2);
    for (const { ruleId, ruleIndex, level, message, locations } of run.results) {
      expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      expect(["error", "warning", "note"]).toContain(level);
      expect(message.text).not.toBe("");
      const [{ physicalLocation } = { physicalLocation: undefined }] = locations;
      expect(physicalLocation?.artifactLocation.uri).toMatch(/^[\w.%/-]+$/);
      expect(physicalLocation?.region?.startLine ?? 1).toBeGreaterThan(0);
    }
  });

  test("tells the same result by the same fingerprint, and others apart", () => {
    const prints = run.results.map(({ partialFingerprints }) => Object.values(partialFingerprints).join());
    expect(new Set(prints).size).toBe(prints.length);
    const again = sarifRun("test", findingsOf(planOf([deployment("a", { container: { image: "a:latest" } })])), small) as Run;
    expect(again.results.map(({ partialFingerprints }) => Object.values(partialFingerprints).join())).toEqual(prints);
  });

  test("has a change that loses data among its errors", () => {
    expect(run.results).toContainEqual(expect.objectContaining({ ruleId: "change/lost", level: "error" }));
  });
});
