import { parser } from "@prometheus-io/lezer-promql";
import fc from "fast-check";
import { parsePromql, selectorsOf } from "../../../review/promql/parse";

/** The metrics and labels that Prometheus' own grammar finds in an expression; undefined if it is no PromQL. */
function byPrometheus(expr: string): string[] | undefined {
  const found: string[] = [];
  let wrong = false;
  parser.parse(expr).iterate({
    enter: ({ type, node }) => {
      if (type.isError) wrong = true;
      if (type.name !== "VectorSelector") return;
      const text = (child: { from: number; to: number } | null | undefined) => (child ? expr.slice(child.from, child.to) : "");
      const labels: string[] = [];
      const matchers = node.getChild("LabelMatchers");
      for (let child = matchers?.firstChild ?? null; child !== null; child = child.nextSibling)
        labels.push(text(child.firstChild));
      found.push([text(node.getChild("Identifier")), ...labels].join(" "));
    },
  });
  return wrong ? undefined : found;
}

const byReader = (expr: string): string[] | undefined => {
  try {
    return selectorsOf(parsePromql(expr)).map(({ metric = "", matchers }) =>
      [metric, ...matchers.map(({ label }) => label)].join(" "),
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

describe("the reader of PromQL", () => {
  it.each([
    ["up", ["up"]],
    ['sum by (job) (rate(http_requests_total{code=~"5.."}[5m]))', ["http_requests_total"]],
    ["a / on (pod) group_left (node) b", ["a", "b"]],
    ["service:cpu_cores:rate5m > 1 and on () vector(1)", ["service:cpu_cores:rate5m"]],
    ['label_replace(a, "to", "$1", "from", "(.*)")', ["a"]],
    ["predict_linear(a[6h:5m] offset 1h, 3600) < 0 unless b @ end()", ["a", "b"]],
    ['{__name__="a", job="x"}', ["a"]],
    ['{"a", job="x"}', ["a"]],
    ["vector(1)", []],
    ["-a ^ 2 * 1e3 + +b", ["a", "b"]],
    ["sum(a) by (job) == bool 1", ["a"]],
    ["rate(a[$__rate_interval])", ["a"]],
    ["a[${__range}:$__interval]", ["a"]],
    ['a{job=~"$job",pod=~"${pod:regex}"} > $limit', ["a"]],
    ["count / 2", ["count"]],
  ])("finds the metrics of %s", (expr, names) => {
    expect(selectorsOf(parsePromql(expr)).map(({ metric }) => metric)).toEqual(names);
  });

  it.each([
    "sum((",
    "rate(a[5m)",
    "a b",
    "a{job=}",
    "sum by job (a)",
    "a{b}",
    "",
    "a +",
    "a offset b",
    "(a",
    "a)",
    "a{b='c' d='e'}",
  ])("refuses what does not parse, with its place: %s", (expr) => {
    expect(() => parsePromql(expr)).toThrow(/^not PromQL, at character \d+: /);
  });

  const name = fc.constantFrom("a", "b_total", "job:x:rate5m", "up", "sum_x", "on_call");
  const selector = fc
    .tuple(
      name,
      fc.array(
        fc.tuple(
          fc.constantFrom("job", "le", "by"),
          fc.constantFrom("=", "!=", "=~", "!~"),
          fc.constantFrom('"x"', "'y|z'", '"a\\"b"'),
        ),
        { maxLength: 2 },
      ),
    )
    .map(([metric, matchers]) =>
      matchers.length === 0 ? metric : `${metric}{${matchers.map((parts) => parts.join("")).join(", ")}}`,
    );
  const { expr } = fc.letrec<{ expr: string }>((tie) => ({
    expr: fc.oneof(
      { depthSize: "small" },
      selector,
      selector.map((one) => `rate(${one}[5m])`),
      selector.map((one) => `max_over_time(${one}[1h:1m] offset 5m)`),
      fc.constantFrom("1", "1e3", ".5", "5m", "Inf"),
      fc
        .tuple(
          tie("expr"),
          fc.constantFrom(
            "+",
            "-",
            "*",
            "/",
            "%",
            "^",
            "== bool",
            ">",
            "and on (job)",
            "or",
            "unless ignoring (le)",
            "/ on (a) group_left (b)",
            "* on () group_right",
          ),
          tie("expr"),
        )
        .map((parts) => parts.join(" ")),
      tie("expr").map((inner) => `(${inner})`),
      tie("expr").map((inner) => `-(${inner})`),
      tie("expr").map((inner) => `sum by (job, le) (${inner})`),
      tie("expr").map((inner) => `topk(3, ${inner}) without (pod)`),
      tie("expr").map((inner) => `clamp_min(${inner}, 1)`),
    ),
  }));

  it("finds in generated expressions what Prometheus' own grammar finds", () => {
    fc.assert(
      fc.property(expr, (text) => expect(byReader(text)).toEqual(byPrometheus(text))),
      { numRuns: 300 },
    );
  });

  it("refuses no expression that Prometheus' grammar takes, and few that it refuses, after a mistake", () => {
    const broken = fc.tuple(expr, fc.nat(), fc.constantFrom("", ")", "{", ",", " x ")).map(([text, at, put]) => {
      const i = at % (text.length + 1);
      return text.slice(0, i) + put + text.slice(i + 1);
    });
    fc.assert(
      fc.property(broken, (text) => {
        // The grammar takes any character after a backslash; Prometheus itself does not.
        fc.pre(!/\\[^abfnrtv\\'"0-7xuU]/.test(text));
        const expected = byPrometheus(text);
        if (expected !== undefined) expect(byReader(text)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
