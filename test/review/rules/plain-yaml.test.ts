import { parse, stringify } from "yaml";
import { goYaml } from "../../../components/schema/yaml";
import { plain, readYaml } from "../../../review/rules/configurations/plain-yaml";

const TEXTS = [
  "a",
  "",
  "true",
  "no",
  "1",
  "0x1",
  "1.5",
  "null",
  "~",
  "- x",
  "a: b",
  "a #b",
  "2026-01-01",
  "5m",
  "${env:X}",
  "^(a|b)$",
  "line\nline",
  " x ",
];
const KEYS = ["a", "b.c", "otlp/x", "traces/all", "k 1", "1", "true", "é"];

/** A value that is the same for the same seed. */
function generated(seed: number, depth = 0): unknown {
  const next = (n: number) => Math.floor(((seed * 9301 + 49_297 * (depth + 1) + n * 7919) % 233_280) / 7) % n;
  switch (next(depth > 3 ? 5 : 8)) {
    case 0:
      return next(1000) - 500;
    case 1:
      return next(2) === 0;
    case 2:
      return null;
    case 3:
    case 4:
      return TEXTS[next(TEXTS.length)];
    case 5:
      return Array.from({ length: next(4) }, (_, i) => generated(seed + i * 31 + 1, depth + 1));
    default:
      return Object.fromEntries(KEYS.slice(0, next(6)).map((key, i) => [key, generated(seed + i * 17 + 3, depth + 1)]));
  }
}

it("reads what the library reads, in what this project and others write", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const value = generated(seed);
    for (const text of [goYaml(value), stringify(value)]) expect(readYaml(text)).toEqual(parse(text));
  }
});

it.each([
  "a: [1, 2]",
  "a: {b: 1}",
  "a: |\n  x\n  y",
  "a: &x 1\nb: *x",
  "a: 'x'",
  "a: x\n  y",
  "? a\n: b",
  "a: 1 # one",
  "---\na: 1",
])("leaves %j to the library", (text) => {
  expect(() => plain(text)).toThrow();
  expect(readYaml(text)).toEqual(parse(text));
});

it.each(["a: 1\na: 2", "a: [", "a:\n b: 1\n  c: 2", '"a'])("refuses %j, as the library does", (text) => {
  expect(() => readYaml(text)).toThrow();
});

it("reads a list below its key without a blank", () => {
  expect(plain("a:\n- 1\n- b: 2\n  c: 3\n- - 4\n  - 5\nd:\n")).toEqual({ a: [1, { b: 2, c: 3 }, [4, 5]], d: null });
});
