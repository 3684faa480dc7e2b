import { relabelled, type LabelValues, type Values } from "../../../review/alerting/relabel";

const labels = (given: Record<string, Values>): LabelValues => new Map(Object.entries(given));
const after = (given: Record<string, Values>, ...steps: object[]) => {
  const result = relabelled(labels(given), steps);
  return result === undefined ? "dropped" : Object.fromEntries(result);
};

// What each step does: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
test.each<[string, Record<string, Values>, object[], unknown]>([
  ["a label with a fixed value", { a: ["1"] }, [{ targetLabel: "job", replacement: "x" }], { a: ["1"], job: ["x"] }],
  ["a copy of a label", { a: ["1"] }, [{ sourceLabels: ["a"], targetLabel: "b" }], { a: ["1"], b: ["1"] }],
  [
    "a part of two labels",
    { a: ["x1"], b: ["y2"] },
    [{ sourceLabels: ["a", "b"], regex: "x(.);y(?<two>.)", targetLabel: "c", replacement: "${two}-$1" }],
    { a: ["x1"], b: ["y2"], c: ["2-1"] },
  ],
  [
    "nothing where an expression, which is anchored, does not match",
    { a: ["12"] },
    [{ sourceLabels: ["a"], regex: "1", targetLabel: "b" }],
    { a: ["12"] },
  ],
  ["no label of an empty value", { a: ["1"] }, [{ targetLabel: "a", replacement: "" }], {}],
  [
    "one of several values",
    { a: ["1", "2"] },
    [{ sourceLabels: ["a"], regex: "1", targetLabel: "a", replacement: "one" }],
    { a: ["one", "2"] },
  ],
  ["what is not known", { a: "any" }, [{ sourceLabels: ["a"], targetLabel: "b" }], { a: "any", b: "any" }],
  ["what is kept", { a: ["1"] }, [{ sourceLabels: ["a"], regex: "1|2", action: "keep" }], { a: ["1"] }],
  ["what is not kept", { a: ["3"] }, [{ sourceLabels: ["a"], regex: "1|2", action: "keep" }], "dropped"],
  ["what is dropped", { a: ["1"] }, [{ sourceLabels: ["a"], regex: "1", action: "Drop" }], "dropped"],
  ["a missing label, which is empty", {}, [{ sourceLabels: ["a"], regex: "", action: "drop" }], "dropped"],
  ["the values that are left", { a: ["1", "2"] }, [{ sourceLabels: ["a"], regex: "1", action: "drop" }], { a: ["2"] }],
  ["what may be kept", { a: "any" }, [{ sourceLabels: ["a"], regex: "1", action: "keep" }], { a: "any" }],
  ["everything, whatever it is", { a: "any" }, [{ sourceLabels: ["a"], action: "drop" }], "dropped"],
  ["labels by their names", { a: ["1"], ab: ["2"] }, [{ regex: "a", action: "labeldrop" }], { ab: ["2"] }],
  ["labels of these names alone", { a: ["1"], ab: ["2"] }, [{ regex: "a", action: "labelkeep" }], { a: ["1"] }],
  [
    "labels under other names, and others that nobody knows",
    { x_a: ["1"] },
    [{ regex: "x_(.+)", action: "labelmap" }],
    { x_a: ["1"], a: ["1"], "*": "any" },
  ],
  [
    "upper and lower case",
    { a: ["aB"] },
    [
      { sourceLabels: ["a"], targetLabel: "up", action: "uppercase" },
      { sourceLabels: ["a"], targetLabel: "low", action: "lowercase" },
    ],
    { a: ["aB"], up: ["AB"], low: ["ab"] },
  ],
  [
    "no step that nobody knows",
    { a: ["1"] },
    [{ action: "fold" }, { regex: "(", sourceLabels: ["a"], action: "keep" }],
    { a: ["1"] },
  ],
])("relabeling makes %s", (_, given, steps, expected) => {
  expect(after(given, ...steps)).toEqual(expected);
});
