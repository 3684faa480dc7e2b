import fc from "fast-check";
import { parse } from "yaml";
import { compact, goldenFiles } from "./golden";
import { object, planOf, resource } from "../review/fixtures";
import { formatPromql } from "./promql";

/** A file of a ConfigMap as a golden file shows it. */
function shown(key: string, text: string): string[] {
  const urn = "urn:pulumi:test::mes::mes:part:Part::part";
  const part = resource({ type: "mes:part:Part", name: "part", custom: false, urn });
  const plan = planOf([part, object("v1", "ConfigMap", "c", { data: { [key]: text } }, { parent: urn })]);
  const lines = (goldenFiles(plan)["part.yaml"] ?? "").split("\n");
  const from = lines.findIndex((line) => line.startsWith("  data:"));
  const to = lines.findIndex((line) => line.startsWith("  metadata:"));
  return lines.slice(from, to);
}

const DASHBOARD = {
  title: "Orders",
  schemaVersion: 39,
  panels: [
    { type: "row", title: "Now" },
    { type: "stat", title: "Accepted", targets: [{ expr: "a" }] },
    { type: "stat", title: "Accepted", targets: [{ expr: "b" }] },
  ],
  templating: { list: [{ name: "job", query: "label_values(up, job)" }] },
};

describe("a text in a golden file", () => {
  it("is shown by its keys where it is JSON, a leaf a line", () => {
    expect(shown("policy", '{"b":[{"d":1,"c":"2"}],"a":"x"}')).toEqual([
      ...["  data:", "    policy: !json", "      a: x", "      b:", '        - c: "2"', "          d: 1"],
    ]);
  });

  it("is shown by its keys where it is YAML", () => {
    expect(shown("config.yaml", "b: [1, 2]\n# why\na: {c: d}\n")).toEqual([
      ...["  data:", "    config.yaml: !yaml", "      a:", "        c: d", "      b:", "        - 1", "        - 2"],
    ]);
  });

  it.each([
    ["settings", "some.conf", "port 0\ntls-port 6379\n"],
    ["Erlang terms", "advanced.config", "[{rabbit, []}].\n"],
    ["a script", "run.sh", "set -eu\nexec run\n"],
    ["statements that are no migration", "settings.sql", "ALTER DATABASE mes SET jit = off;\n"],
    ["YAML that does not parse", "config.yaml", "a: [\nb\n"],
  ])("is shown as it is where it is %s", (_, key, text) => {
    const lines = text.trimEnd().split("\n");
    expect(shown(key, text)).toEqual(["  data:", `    ${key}: |`, ...lines.map((line) => `      ${line}`)]);
  });

  it("is a placeholder where it is secret, and in the place of each secret in it", () => {
    expect(shown("alertmanager.yaml", "[secret]")).toEqual(['  data: { alertmanager.yaml: "[secret]" }']);
    expect(shown("alertmanager.yaml", "url: '[secret]'\n")).toEqual([
      ...["  data:", "    alertmanager.yaml: !yaml", '      url: "[secret]"'],
    ]);
  });

  it("is a hash for each panel where it is a dashboard, so that a difference names the panel", () => {
    const before = shown("mes.json", JSON.stringify(DASHBOARD));
    const [row, first, second] = DASHBOARD.panels;
    const panels = [row, first, { ...second, targets: [{ expr: "c" }] }];
    const after = shown("mes.json", JSON.stringify({ ...DASHBOARD, panels }));
    const changed = after.filter((line, i) => line !== before[i]);
    expect(changed).toEqual([expect.stringMatching(/^ {8}Now \/ Accepted \(2\): <\d+ bytes sha256:\w{8}>$/)]);
  });

  it("is a hash where it is a migration, so that a difference names the file", () => {
    expect(shown("etc_outbox_0001_messaging.sql", "CREATE TABLE a ();\n")).toEqual([
      expect.stringMatching(/^ {2}data: \{ etc_outbox_0001_messaging\.sql: <19 bytes sha256:\w{8}> \}$/),
    ]);
  });

  it("differs whenever the text does, whatever it holds", () => {
    const key = fc.constantFrom("a.yaml", "a.json", "a.conf", "expr", "policy", "0001_a.sql");
    const text = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.array(fc.constantFrom("a: 1", "b: [x]", "- c", "x = y", "[s]", ""), { maxLength: 4 }).map((lines) => lines.join("\n")),
    );
    const meaning = (value: string) => {
      try {
        return JSON.stringify(parse(value, { logLevel: "silent" }));
      } catch {
        return value;
      }
    };
    fc.assert(
      fc.property(key, text, text, (name, a, b) => {
        fc.pre(meaning(a) !== meaning(b));
        expect(JSON.stringify(compact(a, name))).not.toBe(JSON.stringify(compact(b, name)));
      }),
    );
  });
});

describe("a formatted expression", () => {
  const metric = "some_metric_with_a_long_name_total";

  it("has an operand and an argument a line, and keeps every token", () => {
    const expr = `sum by (job) (rate(${metric}{job="a"}[5m])) / on (job) group_left () sum by (job) (rate(${metric}{job="b"}[5m])) > 0.5`;
    expect(formatPromql(expr).split("\n")).toEqual([
      `sum by (job) (rate(${metric}{job="a"}[5m]))`,
      `/ on (job) group_left () sum by (job) (rate(${metric}{job="b"}[5m]))`,
      "> 0.5",
    ]);
  });

  it("says the same as what it was made of", () => {
    const leaf = fc.constantFrom(`rate(${metric}[5m])`, `${metric}{job=~"a|b"}`, "1e3", `max_over_time(${metric}[1h:5m])`);
    const { expr } = fc.letrec<{ expr: string }>((tie) => ({
      expr: fc.oneof(
        { depthSize: "medium" },
        leaf,
        fc.tuple(tie("expr"), fc.constantFrom("+", "and on (job)", "unless", "> bool", "/ on (a) group_left (b)"), tie("expr")).map((parts) => parts.join(" ")),
        tie("expr").map((inner) => `(${inner})`),
        tie("expr").map((inner) => `sum by (job) (${inner})`),
        tie("expr").map((inner) => `max(${inner}) by (job)`),
        tie("expr").map((inner) => `clamp_min(${inner}, 1)`),
      ),
    }));
    const bare = (text: string) => text.replaceAll(/\s/g, "");
    fc.assert(fc.property(expr, (text) => expect(bare(formatPromql(text))).toBe(bare(text))));
  });
});
