import { stringify, type ScalarTag, type Tags } from "yaml";

/** Numbers that Go reads in a plain text and neither YAML 1.2 nor 1.1 has, e.g. `0O17` and `-_8`. */
const GO_NUMBER: ScalarTag = {
  tag: "go-number",
  default: true,
  test: /^(?:[-+]?0[box][\da-f_]+|[-+.\d][-+.\d_e]*_[-+.\d_e]*)$/i,
  resolve: (text) => text,
};

const OPTIONS = {
  compat: "yaml-1.1",
  customTags: (tags: Tags) => [...tags, GO_NUMBER],
  singleQuote: false,
  doubleQuotedAsJSON: true,
  lineWidth: 0,
  aliasDuplicateObjects: false,
} as const;

/** What YAML 1.1 takes for the end of a line, or refuses, unless it is escaped. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** A block that begins with white space: its indentation is read wrongly. */
const BLOCK_WITH_SPACE = /[|>][-+\d]*\n *[\n\t]/;

/**
 * YAML as kubectl and programs in Go read it. Their parsers are of YAML 1.1, in which `off` is a truth value, `2006-01-02` a
 * moment and `1_000` a number: texts that look like those to 1.1, 1.2 or Go are put in quotes, keys too. Held against kubectl
 * in `test/cluster/yaml.test.ts`.
 *
 * @param value as JSON has it; a text that is no Unicode, with half a surrogate pair, has no way through YAML
 */
export function goYaml(value: unknown): string {
  const text = stringify(value, OPTIONS);
  if (text.search(UNPRINTABLE) < 0 && !BLOCK_WITH_SPACE.test(text)) return text;
  const quoted = stringify(value, { ...OPTIONS, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "QUOTE_DOUBLE" });
  return quoted.replaceAll(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
