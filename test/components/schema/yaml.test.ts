import { parse } from "yaml";
import { goYaml } from "../../../components/schema/yaml";

/* Held against kubectl itself in test/cluster/yaml.test.ts. */

test.each([
  "off",
  "on",
  "Yes",
  "n",
  "1_000",
  "0o7",
  "0O17",
  "017",
  "190:20:30",
  "2026-11-25",
  ".inf",
  "~",
  "null",
  "=",
  "<<",
  "",
])("%j stays a text, as a value and as a key, whatever version of YAML it is read by", (odd) => {
  const value = { odd, list: [odd], [odd]: { [odd]: odd } };
  for (const version of ["1.1", "1.2"] as const) expect(parse(goYaml(value), { version })).toEqual(value);
});

test("what needs no quotes has none, and lines stay as they are", () => {
  const value = { cpu: "500m", image: "registry.example.com/mes:1.2", count: 3, on_call: "no one", file: "a: 1\nb: off\n" };
  expect(goYaml(value)).toBe(`cpu: 500m
image: registry.example.com/mes:1.2
count: 3
on_call: no one
file: |
  a: 1
  b: off
`);
});

test("what no plain text can hold is escaped", () => {
  expect(goYaml({ name: "a\u2028b" })).toBe('"name": "a\\u2028b"\n');
  expect(goYaml({ makefile: "\tall\n" })).toBe('"makefile": "\\tall\\n"\n');
});
