import * as fs from "node:fs";
import * as fc from "fast-check";
import { concernsOf } from "../../stacks/config/concerns";
import { ConfigError } from "../../stacks/config/issues";
import { stackFilePath, stackNames } from "../../stacks/config/load";
import { StackFile } from "../../stacks/config/stack-file";
import { decode } from "../../stacks/config/text";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { configCli, type ConfigCli } from "./cli";

/** Documents that parsers of YAML read differently, or that look as if they might. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  "an anchor and references": "base: &base {a: 1, b: [x, y]}\nsame: *base\nlist: [*base, *base]",
  "a merge": "base: &base {a: 1, b: 2}\nmerged: {<<: *base, b: 3}",
  "a merge before the own keys": "base: &base {a: 1, b: 2}\nmerged:\n  <<: *base\n  b: 3\n  c: 4",
  "a merge of several": "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nmerged: {<<: [*one, *two], c: 3}",
  "a merge of a merge": "one: &one {a: 1}\ntwo: &two {<<: *one, b: 2}\nthree: {<<: *two, c: 3}",
  "a merge of a literal mapping": "merged: {<<: {a: 1}, b: 2}",
  "a quoted <<": 'plain: {"<<": {a: 1}}',
  "an anchor that is set twice": "a: &x 1\nb: *x\nc: &x 2\nd: *x",
  "an anchor within an anchor": "a: &x {b: &y [1]}\nc: *y\nd: *x",
  "an anchor on a key": "&k key: 1\nother: *k",
  "a reference as a key": "a: &x word\n*x : 1",
  "a reference to nothing": "a: *nothing",
  "a reference to itself": "a: &a [*a]",
  "a merge of a list": "a: {<<: [1]}",
  "a merge of a text": "a: {<<: x}",
  "two merges": "a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a",
  "keys that are numbers": "1: a",
  "keys that are numbers in quotes": '"1": a',
  "keys that are booleans": "true: a",
  "keys that are yes and no": "yes: a\nno: b",
  "keys that are nothing": "~: a",
  "keys that are dates": "2026-11-22: a",
  "keys that are lists": "? [a]\n: b",
  "duplicate keys": "a: 1\na: 2",
  "duplicate keys, one quoted": 'a: 1\n"a": 2',
  "explicit text": "a: !!str 12\nb: !!str\nc: !!str yes",
  "other tags": "a: !secret x",
  "a number by tag": 'a: !!int "12"',
  "block texts": "a: |\n  one\n   two\n\nb: >-\n  one\n  two\n\n  three\nc: |+\n  end\n\nd: 1",
  "an indented block text": "a: |2\n    one\n   two\nb: 1",
  "a text over several lines": "a: one\n  two\n\n  three\nb: 'one\n  two'\nc: \"one \\\n  two\\tthree\\u00e4\\x41\"",
  "an escape of JSON": 'a: "\\/"',
  "half of a surrogate pair": 'a: "\\ud83d\\ude00"',
  "no escape": 'a: "\\\\/ \\\\ud83d"',
  escapes: 'a: "\\e \\0 \\N \\_ \\L \\P \\U0001F600 \\" \\\\"',
  "an unknown escape": 'a: "\\q"',
  "comments everywhere": "# top\na: 1 # one\n# between\nb: # nothing here\n  - 1 # item\n  # in the list\n  - 2\n",
  "a # within a word": "a: b#c\nd: 'e # f'",
  "colons within words": "a: b:c\nd: http://x/y?z=1\nf: [a:b, c]",
  "flow mappings": 'a: {b: 1, "c": [2, {d: 3}], e, f: }\ng: [a, b,]\nh: {a: 1,}',
  "flow over several lines": "a: [\n  1,\n  2\n  ]\nb: {c: 1,\n    d: 2}",
  "quoted keys in flow, without a space": 'a: {"b":1}',
  "lists at the level of their key": "a:\n- 1\n- b: 2\n  c: 3\n- - 4\n  - 5",
  "nothing as a value": "a:\nb: ~\nc: null\nd: ''\ne: [~, '']",
  "empty collections": "a: {}\nb: []",
  "special characters first": "a: -x\nb: ?x\nd: -1x\ne: <x\nf: =\ng: (x)\nh: a - b",
  "a reserved character first": "a: @x",
  "a percent sign first": "a: %x",
  "a tab after a colon": "a:\tb\nc: d\t# e",
  "a tab as indentation": "a:\n\tb: 1",
  "wide characters": "a: ä€𝄞\nb: '日本'\nключ: 1",
  "a secure value": "a: {secure: v1:x}\nb: {secure: v1:x, c: 1}\nc: {secure: 12}\nd: [{secure: v1:x}]",
  "an unclosed bracket": "a: [1, 2",
  "an unclosed quote": 'a: "b',
  "a colon too many": "a: b: c",
  "a wrong indentation": "a:\n    b: 1\n  c: 2",
};

/** Whole files: where documents begin and end. */
const FILES: Readonly<Record<string, string>> = {
  "a document mark": "---\nconfig:\n  mes:x: {a: 1}\n",
  "a directive": "%YAML 1.2\n---\nconfig:\n  mes:x: {a: yes, b: 010}\n",
  "a directive of YAML 1.1": "%YAML 1.1\n---\nconfig:\n  mes:x: {a: yes, b: 010}\n",
  "no settings": "config:\n",
  "settings that are single values": 'config:\n  mes:a: 1\n  mes:b: x\n  mes:c: true\n  mes:d: "1"\n  mes:e:\n  mes:f: 1.50\n',
  "nothing but a list": "- config: {}\n",
};

/** The document as the value of a configuration key. */
const asConfig = (document: string) =>
  `config:\n  mes:x:\n${document
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n")}\n`;

type Reading = { readonly values: Record<string, unknown> } | { readonly refused: string };

function ours(text: string): Reading {
  try {
    const file = StackFile.parse("file", decode("file", Buffer.from(text)));
    const problems = [...file.refusals, ...concernsOf(file.value).problems];
    if (problems.length > 0) return { refused: problems.map(({ message }) => message).join("; ") };
    const { config } = file.value as { config?: Record<string, unknown> };
    return { values: config ?? {} };
  } catch (error) {
    if (error instanceof ConfigError) return { refused: error.message };
    throw error;
  }
}

describe("a stack file", () => {
  let cli: ConfigCli;
  beforeAll(async () => {
    cli = await configCli();
  });
  afterAll(() => {
    cli.stop();
  });

  /** What the engine reads, secrets as they stand; undefined where it refuses the file. */
  async function engine(text: string): Promise<Record<string, unknown> | undefined> {
    cli.write(text);
    const { code, stdout } = await cli.run("config", "--json", "--stack", "test");
    if (code !== 0) return undefined;
    const values = JSON.parse(stdout) as Record<string, { value?: string; objectValue?: unknown; secret: boolean }>;
    return Object.fromEntries(
      Object.entries(values).map(([key, { value, objectValue, secret }]) => [key, secret ? "secret" : (objectValue ?? value)]),
    );
  }

  /** Holds the two readings against each other: what is read here is read there, as the same values. */
  async function compare(text: string): Promise<void> {
    const reading = ours(text);
    if ("refused" in reading) return;
    const there = await engine(text);
    expect({ text, values: there }).toEqual({ text, values: Object.fromEntries(Object.entries(reading.values).map(asShown)) });
  }

  it.each(Object.keys(DOCUMENTS))("is read as the engine reads it: %s", async (name) => {
    await compare(asConfig(DOCUMENTS[name] ?? ""));
  });

  it.each(Object.keys(FILES))("is read as the engine reads it: %s", async (name) => {
    await compare(FILES[name] ?? "");
  });

  it.each(["\ufeff", "\ufeff# comment\n"])("may begin with a byte order mark", async (mark) => {
    await compare(`${mark}${asConfig("a: 1")}`);
    expect(ours(`${mark}${asConfig("a: 1")}`)).toEqual({ values: { "mes:x": { a: 1 } } });
  });

  it("may have the line ends of Windows", async () => {
    const text = asConfig("a: 1\nb: |\n  one\n  two\nc: one\n  two").replaceAll("\n", "\r\n");
    await compare(text);
    expect(ours(text)).toEqual({ values: { "mes:x": { a: 1, b: "one\ntwo\n", c: "one two" } } });
  });

  it("is refused where the engine refuses it, or reads something that nobody meant", () => {
    const refused = Object.keys(DOCUMENTS).filter((name) => "refused" in ours(asConfig(DOCUMENTS[name] ?? "")));
    expect(refused).toEqual([
      "a quoted <<",
      "a reference to nothing",
      "a reference to itself",
      "a merge of a list",
      "a merge of a text",
      "two merges",
      "keys that are numbers",
      "keys that are booleans",
      "keys that are nothing",
      "keys that are dates",
      "keys that are lists",
      "duplicate keys",
      "duplicate keys, one quoted",
      "other tags",
      "a number by tag",
      "an escape of JSON",
      "half of a surrogate pair",
      "an unknown escape",
      "a reserved character first",
      "a percent sign first",
      "a tab as indentation",
      "an unclosed bracket",
      "an unclosed quote",
      "a colon too many",
      "a wrong indentation",
    ]);
  });

  it("is read as the engine reads it, whatever is done to it", async () => {
    const files = stackNames(PROJECT_DIRECTORY).map((stack) => fs.readFileSync(stackFilePath(PROJECT_DIRECTORY, stack), "utf8"));
    const snippet = fc.constantFrom(
      ...": |- |\n|\n  |\n      |#| #|,|[|]|{|}|&a |*a|'|\"|<<: *a\n|? |!|%|@|\t|~|---\n|...\n|\\|0x1|é|\r\n".split("|"),
    );
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(3), paste: snippet });
    const edited = fc.tuple(
      fc.constantFrom(...files, ...Object.values(DOCUMENTS).map(asConfig)),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(edited, async ([file, edits]) => {
        await compare(
          edits.reduce((text, { at, cut, paste }) => {
            const offset = Math.floor(at * text.length);
            return text.slice(0, offset) + paste + text.slice(offset + cut);
          }, file),
        );
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 200), endOnFailure: true },
    );
  });
});

/** As `pulumi config --json` shows a value: a single one as text, and one with a secret not at all. */
function asShown([key, value]: [string, unknown]): [string, unknown] {
  if (JSON.stringify(value).includes('{"secure":"')) return [key, "secret"];
  if (value === null) return [key, ""];
  return [key, typeof value === "number" || typeof value === "boolean" ? JSON.stringify(value) : value];
}
