import fc from "fast-check";
import { formatLeafPath, type Leaf } from "../../../review/diff/leaf";
import { diffValues, hiddenOnBothSides } from "../../../review/diff/values";
import { SECRET, UNKNOWN } from "../../../review/plan/plan";
import { applied } from "./apply";

/** Differences in a line each, as people are told of them. */
const told = (before: unknown, after: unknown, type = "") => diffValues(before, after, type).map(line);

function line({ path, change, before, after, noise, uncertain, parts }: Leaf): string {
  const what = change === "set" ? `${JSON.stringify(before)} → ${JSON.stringify(after)}` : change;
  const mark = noise === undefined ? "" : ` (${noise})`;
  const inner = parts === undefined ? what : `{${parts.map(line).join("; ")}}`;
  return `${formatLeafPath(path)}: ${inner}${mark}${uncertain ? " (uncertain)" : ""}`;
}

/** Inputs as they are: mappings, lists with and without identity, texts, placeholders. */
const names = fc.constantFrom("a", "b", "c", "http");
const { value: anyInputs } = fc.letrec<{ value: unknown; item: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<unknown>(SECRET, UNKNOWN, `x${SECRET}y`, "xzy", "512Mi", "0.5Gi", "60s", "1m", 1, 2, true, null, ""),
    fc.constantFrom("a: 1\n", "a:   1 # one\n", "a: 1.10\n", '{"a":1}', '{ "a": 1 }', "up > 1", "up>1", "k = v\n", "a;b;"),
  ),
  item: fc.oneof(tie("leaf"), fc.record({ name: fc.oneof(names, tie("leaf")), of: tie("value") }, { requiredKeys: [] })),
  value: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc.array(tie("item"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("ports", "env", "expr", "conf.yaml", "x.sql", "memory", "timeout", "requests"), tie("value"), {
      maxKeys: 4,
    }),
  ),
}));

describe("the differences of two values", () => {
  test("make the second out of the first: nothing is missing", () => {
    const same = fc.property(anyInputs, anyInputs, (before, after) => {
      expect(applied(before, diffValues(before, after))).toEqual(after);
    });
    fc.assert(same, { numRuns: 300 });
  });

  test("are none of a value and itself", () => {
    fc.assert(
      fc.property(anyInputs, (value) => expect(diffValues(value, structuredClone(value))).toEqual([])),
      { numRuns: 100 },
    );
  });

  test("are noise alone where a list that is a set to its readers has another order", () => {
    const ports = fc.uniqueArray(fc.record({ name: fc.string(), port: fc.nat() }), { selector: ({ name }) => name });
    const shuffled = ports.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    const quiet = fc.property(shuffled, ([before, after]) => {
      expect(diffValues({ ports: before }, { ports: after }).every(({ noise }) => noise === "order")).toBe(true);
    });
    fc.assert(quiet, { numRuns: 100 });
  });

  test.each<[string, unknown, unknown, string[]]>([
    [
      "items of a list are found by their name",
      {
        containers: [
          { name: "a", image: "a:1" },
          { name: "b", image: "b:1" },
        ],
      },
      { containers: [{ name: "b", image: "b:2" }, { name: "c" }] },
      ["containers[name=a]: remove", 'containers[name=b].image: "b:1" → "b:2"', "containers[name=c]: add"],
    ],
    [
      "init containers run in their order",
      { initContainers: [{ name: "a" }, { name: "b" }] },
      { initContainers: [{ name: "b" }, { name: "a" }] },
      ["initContainers: order"],
    ],
    ["so do arguments", { args: ["-a", "-b"] }, { args: ["-b", "-a"] }, ["args: order"]],
    [
      "a variable may name those before it",
      {
        env: [
          { name: "a", value: "1" },
          { name: "b", value: "$(a)" },
        ],
      },
      {
        env: [
          { name: "b", value: "$(a)" },
          { name: "a", value: "1" },
        ],
      },
      ["env: order"],
    ],
    [
      "alerts of one name are told apart by severity",
      {
        rules: [
          { alert: "A", labels: { severity: "page" }, for: "1m" },
          { alert: "A", labels: { severity: "ticket" }, for: "1m" },
        ],
      },
      {
        rules: [
          { alert: "A", labels: { severity: "page" }, for: "2m" },
          { alert: "A", labels: { severity: "ticket" }, for: "60s" },
        ],
      },
      [
        'rules[alert=A,labels.severity=page].for: "1m" → "2m"',
        'rules[alert=A,labels.severity=ticket].for: "1m" → "60s" (notation)',
      ],
    ],
    [
      "quantities are compared by value",
      { requests: { cpu: "500m", memory: "512Mi" } },
      { requests: { cpu: 0.5, memory: "0.5Gi" } },
      ['requests.cpu: "500m" → 0.5 (notation)', 'requests.memory: "512Mi" → "0.5Gi" (notation)'],
    ],
    [
      "but what a program reads as it is, is not",
      { env: [{ name: "TIMEOUT", value: "60s" }] },
      { env: [{ name: "TIMEOUT", value: "1m" }] },
      ['env[name=TIMEOUT].value: "60s" → "1m"'],
    ],
    ["a secret on one side says nothing", { password: "x" }, { password: SECRET }, [`password: "x" → "${SECRET}" (uncertain)`]],
    [
      "unless what is known beside it has changed",
      { url: `amqp://${SECRET}@a` },
      { url: "amqp://x@b" },
      [`url: "amqp://${SECRET}@a" → "amqp://x@b"`],
    ],
  ])("%s", (_, before, after, expected) => expect(told(before, after)).toEqual(expected));

  test("what is hidden on both sides is counted", () => {
    expect(
      hiddenOnBothSides(
        { a: SECRET, b: [{ name: "x", value: UNKNOWN }], c: 1 },
        { a: SECRET, b: [{ name: "x", value: UNKNOWN }], c: 2 },
      ),
    ).toBe(2);
  });
});

describe("texts by their structure", () => {
  test.each<[string, string, string, string, string[]]>([
    ["YAML", "config.yaml", "a: 1\nb: [x]\n", "a: 2 # two\nb:\n  - x\n", ["{a: 1 → 2}"]],
    ["comments of YAML are noise", "config.yaml", "a: 1\n", "# one\na:   1\n", ["{} (text)"]],
    ["a version is no number", "config.yaml", "v: 1.1\n", "v: 1.10\n", ['{v: 1.1 → {"number":"1.10"}}']],
    [
      "JSON",
      "policy",
      '{"Statement":[{"Sid":"Read","Action":"s3:Get*"}]}',
      '{"Statement":[{"Sid":"Read","Action":"s3:*"}]}',
      ['{Statement[Sid=Read].Action: "s3:Get*" → "s3:*"}'],
    ],
    ["notation of JSON is noise", "policy", '{"a":1}', '{ "a": 1 }', ["{} (text)"]],
    ["PromQL", "expr", "sum(rate(a[5m])) > 1", "sum(rate(a[10m])) > 1", ['{left.args[name=rate].args[0].range: "5m" → "10m"}']],
    ["spaces of PromQL are noise", "expr", "sum(a)>1", "sum(a) > 1", ["{} (text)"]],
    [
      "what the reader of PromQL leaves out is no noise",
      "expr",
      "a offset 5m",
      "a offset 10m",
      ['"a offset 5m" → "a offset 10m"'],
    ],
    [
      "settings",
      "valkey.conf",
      "maxmemory 1gb\nsave 60 1\n",
      "# more\nmaxmemory 2gb\nsave 60 1\n",
      ['{[key=maxmemory].value: "1gb" → "2gb"}'],
    ],
    [
      "SQL by statement",
      "a.sql",
      "CREATE TABLE a (x int);\nCREATE INDEX i ON a (x);",
      "create index",
      ["{[key=CREATE TABLE a]: remove; [key=CREATE INDEX i]: remove; [key=create index]: add}"],
    ],
    ["comments of SQL are noise", "a.sql", "SELECT 1;", "-- one\nSELECT  1;\n", ["{} (text)"]],
    [
      "what is quoted in SQL is not",
      "a.sql",
      "DO $$ a; b $$;",
      "DO $$ a;  b $$;",
      ['{[key=DO $$ a;].statement: "DO $$ a; b $$" → "DO $$ a;  b $$"}'],
    ],
    ["other texts by line", "run.sh", "a\nb\n", "a\nc\n", ['{["b"]: remove; ["c"]: add; : order (place)}']],
  ])("%s", (_, key, before, after, expected) =>
    expect(told({ [key]: before }, { [key]: after }).map((text) => text.slice(text.indexOf(": ") + 2))).toEqual(expected),
  );
});
