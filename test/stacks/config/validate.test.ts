import { z } from "zod";
import { bytes, holds, parseBytes, rule } from "../../../components/schema";
import { problemsOf } from "../../../stacks/config/validate";

const messages = <T>(schema: z.ZodType<T>, value: unknown) => {
  const result = problemsOf(schema, value);
  return "problems" in result ? result.problems.map(({ path, message }) => `${path.join(".")}: ${message}`) : [];
};

describe("rules between keys", () => {
  const range = z
    .strictObject({ min: z.int(), max: z.int(), size: bytes, label: z.string().optional() })
    .check(holds(({ min, max }) => min <= max, { path: ["min"], message: "is greater than max" }))
    .check(holds(({ size }) => parseBytes(size) > 1024, { path: ["size"], message: "is too small" }));

  it("are told together with mistakes in other keys", () => {
    expect(messages(range, { min: 2, max: 1, size: "lots", label: 1 })).toEqual([
      expect.stringMatching(/^size: expected a quantity/),
      expect.stringMatching(/^label: expected a text/),
      "min: is greater than max",
    ]);
  });

  it("are told together with keys that are missing or unknown", () => {
    expect(messages(range, { min: 2, max: 1, labl: "x" })).toEqual([
      expect.stringMatching(/^size: missing/),
      expect.stringMatching(/^labl: unknown key; did you mean label/),
      "min: is greater than max",
    ]);
  });

  it("wait where a key that they read is wrong", () => {
    expect(messages(range, { min: 2, max: "one", size: "1Ki" })).toEqual([
      'max: expected a whole number, found "one"',
      "size: is too small",
    ]);
  });

  it("see through lists and mappings up to what is wrong", () => {
    const total = z
      .strictObject({ parts: z.record(z.string(), z.strictObject({ size: z.int(), name: z.string() })), limit: z.int() })
      .check(
        holds(({ parts, limit }) => Object.values(parts).reduce((sum, part) => sum + part.size, 0) <= limit, "is over the limit"),
      );
    expect(messages(total, { parts: { a: { size: 5, name: 1 }, b: { size: 6, name: "b" } }, limit: 10 })).toEqual([
      expect.stringMatching(/^parts\.a\.name: expected a text/),
      ": is over the limit",
    ]);
    expect(messages(total, { parts: { a: { size: "x", name: "a" }, b: { size: 6, name: "b" } }, limit: 1 })).toEqual([
      expect.stringMatching(/^parts\.a\.size: expected a whole number/),
    ]);
  });

  it("of a single value wait until it is of the right form", () => {
    const large = bytes.check(holds((size) => parseBytes(size) > 1024, "expected more than 1Ki"));
    expect(messages(z.strictObject({ large }), { large: "lots" })).toEqual([
      expect.stringMatching(/^large: expected a quantity/),
    ]);
    expect(messages(z.strictObject({ large }), { large: "1Ki" })).toEqual(['large: expected more than 1Ki, found "1Ki"']);
  });

  it("with a mistake of their own are not hidden", () => {
    const broken = z.strictObject({ a: z.string() }).check(
      rule(() => {
        throw new TypeError("a mistake in a rule");
      }),
    );
    expect(() => problemsOf(broken, { a: "x" })).toThrow("a mistake in a rule");
  });
});

describe("a number", () => {
  const schema = z.strictObject({ ratio: z.number().max(1), list: z.array(z.int()).optional() });

  it("may be written as text, as the CLI does", () => {
    expect(problemsOf(schema, { ratio: "0.8", list: ["1", 2] })).toEqual({ value: { ratio: 0.8, list: [1, 2] } });
  });

  it("leaves what it was read from as it is", () => {
    const value = { ratio: "0.8" };
    problemsOf(schema, value);
    expect(value).toEqual({ ratio: "0.8" });
  });

  it.each(["", "0x1", "1e3", "1_000", "one", " 1", "1 "])("is not read from %p", (text) => {
    expect(messages(schema, { ratio: text })).toEqual([`ratio: expected a number, found ${JSON.stringify(text)}`]);
  });

  it("written as text is held against its bounds", () => {
    expect(messages(schema, { ratio: "1.5" })).toEqual(['ratio: expected at most 1, found "1.5"']);
  });
});

describe("one of several forms", () => {
  const target = z.union([
    z.strictObject({ host: z.string(), port: z.int() }),
    z.strictObject({ cidrs: z.array(z.string()) }),
    z.literal(false),
  ]);
  const schema = z.strictObject({ target });

  it.each<[string, unknown, string[]]>([
    ["that was meant", { host: "a", port: "x" }, ['target.port: expected a whole number, found "x"']],
    [
      "that knows most of the keys",
      { host: "a", prt: 1 },
      [expect.stringMatching(/^target\.prt: unknown key; did you mean port/)],
    ],
    ["none of which knows the keys", { x: 1 }, ["target: expected {host, port}, {cidrs} or false, found a mapping"]],
    ["none of which it is", 12, ["target: expected {host, port}, {cidrs} or false, found 12"]],
    ["that is missing", undefined, ["target: missing; expected {host, port}, {cidrs} or false"]],
    ["that is nothing", null, ["target: there is no value; expected {host, port}, {cidrs} or false"]],
  ])("is told by the one %s", (_, value, expected) => {
    const given = messages(schema, value === undefined ? {} : { target: value });
    expect(given).toEqual(expected);
  });

  it("by a key that tells them apart", () => {
    const kinds = z.strictObject({
      store: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("aws"), region: z.string() }),
        z.strictObject({ kind: z.literal("cluster"), size: bytes }),
      ]),
    });
    expect(messages(kinds, { store: { kind: "asw", region: "x" } })).toEqual([
      'store.kind: expected aws or cluster, found "asw"',
    ]);
    expect(messages(kinds, { store: { region: "x" } })).toEqual(["store.kind: missing; expected aws or cluster"]);
    expect(messages(kinds, { store: { kind: "aws", size: "1Gi" } })).toEqual([
      "store.region: missing; expected a text",
      "store.size: unknown key; known here are kind, region",
    ]);
  });
});

describe("a value that must not be seen", () => {
  const schema = z.strictObject({ port: z.int(), name: z.enum(["a", "b"]), size: bytes });

  it("is not quoted, whatever is said of it", () => {
    const value = { port: "hunter2", name: "hunter2", size: "hunter2" };
    const result = problemsOf(schema, value, (path) => path[0] !== "size");
    expect("problems" in result && result.problems.map(({ message }) => message)).toEqual([
      "expected a whole number, found a text",
      "expected a or b, found a text",
      expect.stringContaining('found "hunter2"'),
    ]);
  });
});
