import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { diffPlans } from "../../../review/diff/changes";
import { assess } from "../../../review/assessment/assess";
import { resourcesOf } from "../../../review/diff/saved";
import { savedContent } from "../../../review/plan/former";
import { SECRET, type Resource } from "../../../review/plan/plan";
import { NO_COLOURS } from "../../../review/report/palette";
import { changeReport } from "../../../review/report/changes";
import { object, planOf, resource } from "../fixtures";

describe("what a plan is compared with", () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "mes-against-")), "state.json");
  afterAll(() => fs.rmSync(path.dirname(file), { recursive: true }));
  const against = (content: unknown, after: readonly Resource[]) => {
    fs.writeFileSync(file, JSON.stringify(content));
    return diffPlans(resourcesOf(savedContent(file), file, "test"), planOf(after)).changes.filter(({ custom }) => custom);
  };
  const encrypted = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "v1:abc",
    plaintext: '"hunter2"',
  };
  const bucket = resource({ type: "aws:s3/bucket:Bucket", name: "b", inputs: { bucket: "b" } });

  test.each<[string, unknown, unknown]>([
    ["a secret is one, whatever the state has of it", { stringData: { key: encrypted } }, { stringData: { key: SECRET } }],
    [
      "what a plug-in filled in is none of the program's",
      { bucket: "b", forceDestroy: false, __defaults: ["forceDestroy"] },
      { bucket: "b" },
    ],
    [
      "nor is a name that it made up",
      { metadata: { name: "a-1234abcd", labels: { a: "1" }, annotations: { "pulumi.com/autonamed": "true" } } },
      { metadata: { labels: { a: "1" } } },
    ],
  ])("%s", (_, state, declared) => {
    const one = resource({ type: "kubernetes:core/v1:Secret", name: "a", inputs: declared as Resource["inputs"] });
    expect(against({ version: 3, deployment: { resources: [{ ...one, inputs: state }] } }, [one])).toEqual([]);
  });

  test("an earlier plan tells its options, a state those that are true", () => {
    const isProtected = { ...bucket, protect: true };
    expect(against({ version: 1, resources: [bucket] }, [isProtected])).toMatchObject([{ verdict: "options" }]);
    expect(
      against({ deployment: { resources: [{ urn: bucket.urn, type: bucket.type, custom: true, inputs: bucket.inputs }] } }, [
        bucket,
      ]),
    ).toEqual([]);
  });

  test("the report says the worst first, and never what was secret", () => {
    const before = { ...object("v1", "Secret", "s", { stringData: { key: SECRET } }), protect: false };
    const plan = planOf([
      { ...before, inputs: { ...before.inputs, stringData: { key: "now in the open" } } },
      object("v1", "Service", "new"),
    ]);
    fs.writeFileSync(file, JSON.stringify({ deployment: { resources: [bucket, before] } }));
    const base = { title: file, resources: resourcesOf(savedContent(file), file, "test") };
    const assessment = assess({ plan, base, diff: diffPlans(base.resources, plan), findings: [], causes: () => [] });
    const text = changeReport(assessment, { palette: NO_COLOURS, width: 100 });
    expect(text).toContain("1 change loses data");
    expect(text).toContain("1 destroyed · 1 created");
    expect(text.indexOf("- destroy Bucket b")).toBeLessThan(text.indexOf("+ create Service new"));
    expect(text).toContain("1 secret or unknown on one side");
    expect(text).not.toContain("now in the open");
  });
});
