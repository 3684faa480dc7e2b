import * as path from "node:path";
import { diffLinesUnified } from "jest-diff";
import { stackNames } from "../../stacks/config/load";
import { object, planOf, resource } from "../review/fixtures";
import { checkedInFiles, currentFiles, currentPlan, GOLDEN_COMMAND, lostFrom } from "./files";
import { goldenFiles } from "./golden";

/** Lines of a difference that a failure shows. */
const MOST_LINES = 60;

const plain = (text: string) => text;

/** The difference of two texts, with three lines around each change; what is left out is counted. */
function difference(before: string, after: string, most: number): string {
  const lines = diffLinesUnified(before.split("\n"), after.split("\n"), {
    ...{ expand: false, contextLines: 3, omitAnnotationLines: true },
    ...{ aColor: plain, bColor: plain, changeColor: plain, commonColor: plain, patchColor: plain },
  }).split("\n");
  return lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more lines`].join("\n") : lines.join("\n");
}

describe.each(stackNames(path.join(__dirname, "..", "..")))("the plan of %s", (stack) => {
  it("is the one that was reviewed", async () => {
    const [before, after] = [checkedInFiles(stack), await currentFiles(stack)];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    const changed = names.filter((name) => before[name] !== after[name]);
    if (changed.length === 0) return;
    const diffs = changed.map((name) => `${stack}/${name}\n${difference(before[name] ?? "", after[name] ?? "", MOST_LINES)}`);
    const shown = diffs.slice(0, 3).join("\n\n");
    const others = diffs.length > 3 ? `\n\nand ${diffs.length - 3} more files: ${changed.slice(3).join(", ")}` : "";
    throw new Error(`the plan changed; if it is meant, run \`${GOLDEN_COMMAND}\` and commit the difference\n\n${shown}${others}`);
  }, 60_000);

  it("leaves every object under its URN, or has an alias for it", async () => {
    expect(lostFrom(checkedInFiles(stack), await currentPlan(stack))).toEqual([]);
  }, 60_000);

  it("would lose every object of a part that is renamed without an alias, and none with one", async () => {
    const plan = await currentPlan(stack);
    const files = goldenFiles(plan);
    const renamed = (aliases: readonly string[]) => {
      const moved = (urn: string) => urn.replace("mes:cache:Cache", "mes:cache:Store");
      const resources = plan.resources.map((one) => ({
        ...one,
        ...{ urn: moved(one.urn), type: moved(one.type), parent: one.parent && moved(one.parent) },
        aliases: one.type === "mes:cache:Cache" ? aliases : one.aliases,
      }));
      return { ...plan, resources };
    };
    const objects = plan.resources.filter(({ urn, type }) => urn.includes("mes:cache:Cache$") && type.startsWith("kubernetes:"));
    expect(objects.length).toBeGreaterThan(5);
    expect(lostFrom(files, renamed([]))).toHaveLength(objects.length);
    expect(lostFrom(files, renamed(["type=mes:cache:Cache"]))).toEqual([]);
  }, 60_000);
});

it.each(stackNames(path.join(__dirname, "..", "..")))("the plan of %s has hashes for dashboards and migrations only", (stack) => {
  let indent = Infinity;
  const hidden = Object.values(checkedInFiles(stack))
    .flatMap((text) => text.split("\n"))
    .filter((line) => {
      const own = line.search(/\S/);
      if (own <= indent) indent = line.endsWith("!dashboard") ? own : Infinity;
      return indent === Infinity && line.includes("bytes sha256:") && !/\d{4}_\w+\.sql: </.test(line);
    });
  expect(hidden).toEqual([]);
});

describe("golden files", () => {
  const component = "urn:pulumi:test::mes::mes:part:Part::part";
  const plan = planOf(
    [
      resource({ type: "mes:part:Part", name: "part", custom: false, urn: component }),
      object("v1", "ConfigMap", "z", { data: { "some.ini": "[a]\nb = c\n", "0001_tables.sql": "x".repeat(5000), short: "y" } }, {
        parent: component,
        protect: true,
        dependsOn: ["urn:pulumi:test::mes::mes:f:F$kubernetes:core/v1:Namespace::mes"],
      }),
      object("v1", "ConfigMap", "a", {}, { parent: component }),
      resource({ type: "pulumi:providers:kubernetes", name: "cluster", inputs: { context: "test" } }),
    ],
    {},
    { url: "https://mes" },
  );

  it("are one for each top-level component, and one for the stack", () => {
    expect(Object.keys(goldenFiles(plan))).toEqual(["part.yaml", "stack.yaml"]);
  });

  it("are short, sorted, and tell options that are set", () => {
    expect(goldenFiles(plan)["part.yaml"]).toBe(
      [
        "kubernetes:core/v1:ConfigMap::a:",
        "  metadata: { name: a, namespace: mes }",
        "kubernetes:core/v1:ConfigMap::z:",
        "  options: { protect: true, dependsOn: [ Namespace mes ] }",
        "  data:",
        "    0001_tables.sql: <5000 bytes sha256:c59d3c04>",
        "    short: y",
        "    some.ini: |",
        "      [a]",
        "      b = c",
        "  metadata: { name: z, namespace: mes }",
        "mes:part:Part::part: {}",
        "",
      ].join("\n"),
    );
  });

  it("do not change when only lines of the sources move", () => {
    const moved = plan.resources.map((one) => ({ ...one, source: { file: "elsewhere.ts", line: 99 } }));
    expect(goldenFiles({ ...plan, resources: [...moved].reverse() })).toEqual(goldenFiles(plan));
  });

});

describe("the difference that a failure shows", () => {
  const text = (lines: number) => Array.from({ length: lines }, (_, i) => `line ${i}`).join("\n");

  it("is what changed, with a little around it", () => {
    expect(difference(text(20), text(20).replace("line 9", "LINE 9"), 60)).toBe(
      [
        ...["@@ -7,7 +7,7 @@", "  line 6", "  line 7", "  line 8"],
        ...["- line 9", "+ LINE 9", "  line 10", "  line 11", "  line 12"],
      ].join("\n"),
    );
  });

  it("is no longer than asked for, and counts what it leaves out", () => {
    expect(difference(text(5), text(100), 10).split("\n")).toHaveLength(11);
    expect(difference(text(5), text(100), 10)).toMatch(/… and \d+ more lines$/);
  });
});
