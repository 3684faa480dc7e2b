import * as path from "node:path";
import { stackNames } from "../../stacks/config/load";
import { object, planOf, resource } from "../review/fixtures";
import { unifiedDiff } from "./diff";
import { checkedInFiles, currentFiles, currentPlan, GOLDEN_COMMAND, lostFrom } from "./files";
import { compact, goldenFiles } from "./golden";

/** Lines of a difference that a failure shows. */
const MOST_LINES = 60;

describe.each(stackNames(path.join(__dirname, "..", "..")))("the plan of %s", (stack) => {
  it("is the one that was reviewed", async () => {
    const [before, after] = [checkedInFiles(stack), await currentFiles(stack)];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    const changed = names.filter((name) => before[name] !== after[name]);
    if (changed.length === 0) return;
    const diffs = changed.map((name) => `${stack}/${name}\n${unifiedDiff(before[name] ?? "", after[name] ?? "", MOST_LINES)}`);
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

describe("golden files", () => {
  const component = "urn:pulumi:test::mes::mes:part:Part::part";
  const plan = planOf(
    [
      resource({ type: "mes:part:Part", name: "part", custom: false, urn: component }),
      object("v1", "ConfigMap", "z", { data: { file: "x".repeat(5000), short: "y" } }, {
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
    const hash = String(compact("x".repeat(5000))).slice(-9, -1);
    expect(goldenFiles(plan)["part.yaml"]).toBe(
      [
        "kubernetes:core/v1:ConfigMap::a:",
        "  metadata: { name: a, namespace: mes }",
        "kubernetes:core/v1:ConfigMap::z:",
        "  options: { protect: true, dependsOn: [ Namespace mes ] }",
        `  data: { file: <5000 bytes sha256:${hash}>, short: y }`,
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

  it("change with an abbreviated text", () => {
    expect(compact("x".repeat(300))).not.toBe(compact("y".repeat(300)));
  });
});

describe("the difference that a failure shows", () => {
  const text = (lines: number) => Array.from({ length: lines }, (_, i) => `line ${i}`).join("\n");

  it("is what changed, with a little around it", () => {
    expect(unifiedDiff(text(20), text(20).replace("line 9", "LINE 9"), 60)).toBe(
      ["@@ line 7 @@", " line 6", " line 7", " line 8", "-line 9", "+LINE 9", " line 10", " line 11", " line 12"].join("\n"),
    );
  });

  it("is no longer than asked for, and counts what it leaves out", () => {
    expect(unifiedDiff(text(5), text(100), 10).split("\n")).toHaveLength(11);
    expect(unifiedDiff(text(5), text(100), 10)).toMatch(/… and \d+ more lines$/);
  });
});
