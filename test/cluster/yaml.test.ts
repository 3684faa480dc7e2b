import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { goYaml } from "../../components/schema/yaml";
import { makeTools, toolPath } from "./tools";

/*
 * What kubectl reads of the YAML that the project writes is what was written: texts and keys that YAML 1.1, 1.2 or Go take for
 * something else among them. The same parser is in Alertmanager, Loki and Grafana, whose files are written in the same way.
 */

let folder: string;
beforeAll(async () => {
  await makeTools("kubectl");
  folder = mkdtempSync(path.join(tmpdir(), "mes-yaml-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What kubectl reads of some objects' YAML, without a cluster. */
async function readByKubectl(objects: readonly object[]): Promise<unknown[]> {
  const file = path.join(folder, "objects.yaml");
  writeFileSync(file, objects.map((object) => `---\n${goYaml(object)}`).join(""));
  const args = ["annotate", "--local", "--filename", file, "read=yes", "--overwrite", "--output", "json"];
  const { stdout } = await promisify(execFile)(toolPath("kubectl"), args, { maxBuffer: 256 * 2 ** 20 });
  // One JSON document after the other.
  return JSON.parse(`[${stdout.replaceAll(/^\}\n\{$/gm, "},{")}]`) as unknown[];
}

/** An object of a kind that kubectl knows nothing of, so that it keeps whatever is in it. */
const objectWith = (spec: unknown, i: number) => ({
  apiVersion: "mes.test/v1",
  kind: "Anything",
  metadata: { name: `anything-${i}`, annotations: { read: "yes" } },
  spec,
});

/** Texts that some reader of YAML takes for a truth value, nothing, a number, a moment, a tag, a merge or the like. */
const ODD = [
  ..."y Y n N yes Yes YES no NO on On ON off OFF true True TRUE false null Null NULL ~ = << .inf -.Inf +.INF .nan .NaN".split(
    " ",
  ),
  ..."0o7 0O17 017 08 0b11 0B1 0x1F 0X1f 1_000 -_8 1__0 1e3 1E5 12e03 .5 5. +.5 -.5e3 +1 -0 685_230.15 190:20:30 1:20".split(" "),
  ..."2001-12-14 2026-11-25T10:00:00Z 1.0 1,000 10m 5Gi 0x - -- --- ... ? ! !a !!binary & &a *a | > % @x `x".split(" "),
  ...[
    "",
    " ",
    "2026-11-25 10:00:00",
    "- a",
    "? x",
    "a: b",
    "a #b",
    "#",
    "a:",
    ":a",
    "{a}",
    "[a]",
    '"',
    "'",
    " a",
    "a ",
    "1\n",
    "on\n",
  ],
  ...[
    "a\nb",
    "\na",
    "a\n\n",
    "  a\n b",
    "\ta\nb",
    "a\tb",
    "a\r\nb",
    "\r",
    "\u0085",
    "a\u2028b",
    "\ufeff",
    "\u0000",
    "\u007f",
    "\ufffe",
  ],
];

const text = fc.oneof(
  fc.constantFrom(...ODD),
  fc.stringMatching(/^[-+]?[0-9_:.exobEaT]{1,8}$/),
  fc.stringMatching(/^[ \n\t#:\-a'"\\|>]{0,12}$/),
  fc.string({ unit: "binary" }),
  fc.string({ minLength: 60, maxLength: 200 }),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test("kubectl reads every odd text as the text that it is, as a value and as a key", async () => {
  const objects = ODD.flatMap((odd) => [odd, { [odd]: odd }, [odd, { [odd]: [odd] }]]).map((odd, i) => objectWith({ odd }, i));
  expect(await readByKubectl(objects)).toEqual(objects);
});

test("kubectl reads whatever was written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 200, maxLength: 200 }), async (values) => {
      const objects = values.map((one, i) => objectWith({ value: one }, i));
      expect(await readByKubectl(objects)).toEqual(objects);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
