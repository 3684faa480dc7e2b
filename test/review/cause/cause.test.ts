import * as path from "node:path";
import { causesOf, type Cause } from "../../../review/cause/cause";
import { causeFinder } from "../../../review/cause";
import { changedSettings, type ChangedSetting } from "../../../review/cause/settings";
import { groupsOf } from "../../../review/cause/trials";
import { diffPlans } from "../../../review/diff/changes";
import { planStack } from "../../../review/plan/stack";
import { readText } from "../../../stacks/config/text";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { deployment, planOf } from "../fixtures";

const FILE = path.join(PROJECT_DIRECTORY, "Pulumi.prod.yaml");

/** Causes as people read them: `mes:… 3 → 4`, or the line of the program. */
function told(causes: readonly Cause[]): string[] {
  return causes.map((cause) =>
    cause.by === "settings"
      ? cause.settings.map(({ key, before, after }) => `${key} ${before ?? "-"} → ${after ?? "-"}`).join(", ")
      : cause.by,
  );
}

describe("settings that changed", () => {
  const changed = (before: string, after: string) =>
    changedSettings(
      { file: "a", text: `config:\n  mes:broker:\n${before}` },
      { file: "b", text: `config:\n  mes:broker:\n${after}` },
    );

  test("are told by key and line, a secret by nothing but that", () => {
    expect(
      changed("    replicas: 3\n    a: {secure: v1:x}\n", "    # more\n    replicas: 5\n    a: {secure: v1:y}\n"),
    ).toMatchObject([
      { key: "mes:broker.replicas", before: "3", after: "5", file: "b", line: 4 },
      { key: "mes:broker.a", before: "[secret]", after: "[secret]" },
    ]);
  });

  test("that are gone are where they were", () => {
    expect(changed("    replicas: 3\n    a: 1\n", "    a: 1\n")).toMatchObject([
      { key: "mes:broker.replicas", before: "3", file: "a", line: 3 },
    ]);
  });

  test("and are many are put back together by role, or by concern", () => {
    const setting = (concern: number, role: number, key: number) =>
      ({
        path: ["config", `mes:${concern}`, `${role}`, `${key}`],
        key: `${concern}.${role}.${key}`,
      }) as unknown as ChangedSetting;
    const many = (concerns: number, roles: number, keys: number) =>
      Array.from({ length: concerns * roles * keys }, (_, i) => setting(i % concerns, Math.floor(i / concerns) % roles, i));
    expect(groupsOf(many(1, 1, 8))).toHaveLength(8);
    expect(groupsOf(many(1, 4, 3))).toHaveLength(4);
    expect(groupsOf(many(3, 4, 1))).toHaveLength(3);
    expect(groupsOf(many(9, 1, 1))).toHaveLength(1);
  });
});

test("what no setting explains is the program's", () => {
  const at = (image: string, replicas: number) => deployment("a", { container: { image }, spec: { replicas } });
  const plan = planOf([at("a:2", 3)]);
  const [change] = diffPlans([plan.resources[0]!, at("a:1", 2)], plan).changes;
  const setting = { key: "replicas", path: [], file: "f", line: 1, before: "2", after: "3" };
  const causes = causesOf(change!, plan, [{ settings: [setting], plan: planOf([at("a:2", 2)]) }], undefined);
  expect(causes).toEqual([
    { by: "settings", settings: [setting], paths: ["spec.replicas"] },
    {
      by: "program",
      source: { file: "components/test/test.ts", line: 7 },
      paths: ["spec.template.spec.containers[name=main].image"],
    },
  ]);
});

describe("in prod", () => {
  const text = readText(FILE);
  const args = { stack: "prod", file: FILE, projectDirectory: PROJECT_DIRECTORY };

  test("each changed field is led back to the setting without which it would be as it was", async () => {
    const before = text.replace("min: 3", "min: 2");
    const [then, now] = [await planStack({ ...args, text: before }), await planStack(args)];
    const diff = diffPlans(then.resources, now);
    const causes = await causeFinder(now, { title: "before", resources: then.resources, stackFile: before }, diff, args);
    const custom = diff.changes.filter((change) => change.custom && change.verdict !== "noise");
    expect(custom.length).toBeGreaterThan(0);
    for (const change of custom)
      expect(told(causes(change))).toEqual([expect.stringMatching(/^mes:roles\.[\w-]+\.scale\.min 2 → 3$/)]);
  });
});
