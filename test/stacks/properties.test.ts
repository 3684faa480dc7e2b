import * as fs from "node:fs";
import * as fc from "fast-check";
import { isMap, isSeq, parseDocument, stringify, type Document, type Node, type Pair } from "yaml";
import { ConfigError, type Issue } from "../../stacks/config/issues";
import { loadEngineConfig, readStackFile, stackFilePath, stackNames } from "../../stacks/config/load";
import { formatKey, StackFile } from "../../stacks/config/stack-file";
import { PROJECT_DIRECTORY } from "../helpers/record";

const STACKS = stackNames(PROJECT_DIRECTORY).map((stack) => fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8"));

type Path = readonly (string | number)[];

/** What is wrong with a text; nothing, when it is a configuration. Anything but a ConfigError is a failure of the test. */
function issuesOf(text: string): readonly Issue[] {
  try {
    readStackFile("file", text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

/** Every issue has a place that the file has, and says something in one line. */
function expectPlaced(text: string, issues: readonly Issue[]): void {
  const lines = text.split(/\r?\n/);
  for (const { line = 0, column = 0, message, key } of issues) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
    expect(`${key}: ${message}`).toMatch(/^.+$/);
    expect(message).not.toMatch(/undefined|\[object|\u0001|Invalid input/);
  }
}

/** Paths of all values of a stack file, mappings and lists included. */
function pathsOf(node: unknown, path: Path = []): Path[] {
  if (isMap(node)) {
    return (node.items as Pair<Node & { value: string }, Node>[]).flatMap((pair) => {
      const child = [...path, pair.key.value];
      return [child, ...pathsOf(pair.value, child)];
    });
  }
  if (isSeq(node)) return node.items.flatMap((item, index) => [[...path, index], ...pathsOf(item, [...path, index])]);
  return [];
}

/** A stack file and a path of the platform's own configuration in it. */
const place = fc.constantFrom(
  ...STACKS.flatMap((text) =>
    pathsOf(parseDocument(text).contents)
      .filter((path) => path.length > 1 && String(path[1]).startsWith("mes:"))
      .map((path) => ({ text, path })),
  ),
);

/** Runs of each property; test/pulumi-cli, which has more time, asks for more. */
const RUNS = { numRuns: Number(process.env.FUZZ_RUNS ?? 10) };

function edited(text: string, edit: (document: Document) => void): string {
  const document = parseDocument(text);
  edit(document);
  return document.toString({ lineWidth: 0 });
}

const anything = fc.jsonValue({ maxDepth: 4 });

describe("whatever a stack file holds, it is a configuration or told what is wrong with it", () => {
  it("any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        expectPlaced(text, issuesOf(text));
      }),
      RUNS,
    );
  });

  it("any text that looks like YAML", () => {
    const token = fc.constantFrom(
      ..."config:|  mes:cluster:|  mes:roles: |\n|\n  |\n    |- |: |{|}|[|]|, |&a |*a|<<: |!!str |'|\"|a|12|~|# |\t|---\n|x: ".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 30 }), (tokens) => {
        expectPlaced(tokens.join(""), issuesOf(tokens.join("")));
      }),
      RUNS,
    );
  });

  it("any values", () => {
    const concern = fc.constantFrom("cluster", "namespaces", "images", "roles", "postgres", "other");
    fc.assert(
      fc.property(fc.dictionary(concern, anything), (values) => {
        const text = stringify({
          config: Object.fromEntries(Object.entries(values).map(([key, value]) => [`mes:${key}`, value])),
        });
        expectPlaced(text, issuesOf(text));
      }),
      RUNS,
    );
  });

  it("a good file with any value in place of one of its own", () => {
    fc.assert(
      fc.property(place, anything, ({ text, path }, value) => {
        const changed = edited(text, (document) => {
          document.setIn(path, document.createNode(value));
        });
        expectPlaced(changed, issuesOf(changed));
      }),
      RUNS,
    );
  });

  it("a good file without one of its values, or with a key misspelt", () => {
    fc.assert(
      fc.property(place, fc.constantFrom("drop", "misspell"), ({ text, path }, how) => {
        const changed = edited(text, (document) => {
          const value: unknown = document.getIn(path, true);
          document.deleteIn(path);
          const name = path.at(-1);
          if (how === "misspell" && typeof name === "string") document.setIn([...path.slice(0, -1), `${name}x`], value);
        });
        expectPlaced(changed, issuesOf(changed));
      }),
      RUNS,
    );
  });
});

describe("a mistake is told where it was made", () => {
  it("a value that fits nowhere", () => {
    fc.assert(
      fc.property(place, ({ text, path }) => {
        const changed = edited(text, (document) => {
          document.setIn(path, document.createNode([[[["nowhere"]]]]));
        });
        const key = formatKey(path);
        const there = issuesOf(changed).filter((issue) => issue.key === key || issue.key.startsWith(`${key}[`));
        expect({ path, there }).not.toEqual({ path, there: [] });
        const [first = 0, last = 0] = linesOf(changed, path);
        for (const issue of there) {
          expect(issue.line).toBeGreaterThanOrEqual(first);
          expect(issue.line).toBeLessThanOrEqual(last);
        }
      }),
      RUNS,
    );
  });

  it("a key that does not exist", () => {
    fc.assert(
      fc.property(place, ({ text, path }) => {
        const document = parseDocument(text);
        fc.pre(isMap(document.getIn(path)));
        const changed = edited(text, (copy) => {
          copy.setIn([...path, "No Such Key"], 1);
        });
        const [line = 0] = linesOf(changed, [...path, "No Such Key"]);
        expect(issuesOf(changed)).toContainEqual(expect.objectContaining({ key: formatKey([...path, "No Such Key"]), line }));
      }),
      RUNS,
    );
  });
});

describe("the engine and the file", () => {
  it("are told the same, whatever is in them", () => {
    fc.assert(
      fc.property(place, anything, ({ text, path }, value) => {
        const changed = edited(text, (document) => {
          document.setIn(path, document.createNode(value));
        });
        const fromFile = issuesOf(changed).map(({ key, message }) => ({ key, message }));
        const { value: content, refusals } = StackFile.parse("file", changed);
        // A name as `<<` or `__proto__`: the file is refused before anything is handed over.
        fc.pre(refusals.length === 0);
        const { config } = content as { config: Record<string, unknown> };
        const values = Object.fromEntries(
          Object.entries(config).map(([key, each]) => [key, typeof each === "string" ? each : JSON.stringify(each)]),
        );
        fc.pre(!changed.includes("secure"));
        const fromEngine = engineIssues(values).map(({ key, message }) => ({ key, message }));
        expect(new Set(fromEngine.map((issue) => JSON.stringify(issue)))).toEqual(
          new Set(fromFile.map((issue) => JSON.stringify(issue))),
        );
      }),
      RUNS,
    );
  });
});

function engineIssues(values: Readonly<Record<string, string>>): readonly Issue[] {
  try {
    loadEngineConfig(values, [], "/nowhere/Pulumi.test.yaml");
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

/** First and last line of what stands at a path, its key included. */
function linesOf(text: string, path: Path): [number, number] {
  const document = parseDocument(text);
  const parent = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? (parent.items as Pair<Node & { value: string }, Node>[]).find((item) => item.key.value === path.at(-1))
    : undefined;
  const value = document.getIn(path, true) as Node;
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  return [lineAt((pair?.key ?? value).range?.[0] ?? 0), lineAt(value.range?.[1] ?? 0)];
}
