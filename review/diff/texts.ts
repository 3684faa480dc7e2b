import { isMap, isScalar, isSeq, parseAllDocuments, type Node } from "yaml";
import { parsePromql, spacelessPromql } from "../promql/parse";
import { isSame, type Path } from "./leaf";
import { settingsOf } from "./settings-file";
import { statementsOf } from "./sql";

/** What two texts hold. */
interface Structure {
  readonly format: string;
  readonly values: readonly [unknown, unknown];
  /** Texts of the same structure mean the same to those who read them. */
  readonly faithful: boolean;
}

type Read = (text: string) => unknown;

interface Format {
  readonly format: string;
  /** Whether a text under this name may be one. */
  readonly concerns: (name: string, text: string) => boolean;
  /** @throws where it is none */
  readonly read: Read;
  /** Says of two texts of the same structure whether they are the same. @default they are */
  readonly isSame?: (before: string, after: string) => boolean;
}

const ending = (pattern: RegExp) => (name: string) => pattern.test(name);

/** Fields whose texts are a configuration file of RabbitMQ, or of variables. */
const SETTINGS_FIELDS = /^(?:additionalConfig|envConfig|advancedConfig)$/;

const FORMATS: readonly Format[] = [
  {
    format: "JSON",
    concerns: (_, text) => /^\s*[[{]/.test(text),
    read: (text) => JSON.parse(text) as unknown,
    isSame: sameNumbers,
  },
  { format: "YAML", concerns: ending(/\.ya?ml$/), read: readYaml },
  {
    format: "PromQL",
    concerns: ending(/^(?:expr|query)$/),
    read: parsePromql,
    isSame: (a, b) => spacelessPromql(a) === spacelessPromql(b),
  },
  { format: "SQL", concerns: ending(/\.sql$/), read: statementsOf },
  {
    format: "settings",
    concerns: (name) => /\.(?:ini|conf|cnf|properties|env)$/.test(name) || SETTINGS_FIELDS.test(name),
    read: settingsOf,
  },
  { format: "lines", concerns: (_, text) => text.includes("\n"), read: (text) => text.split("\n"), isSame: () => false },
];

/** How two texts are to be compared: by the first format that both are of; undefined for plain words. */
export function structureOf(path: Path, before: string, after: string): Structure | undefined {
  const name = nameOf(path);
  for (const { format, concerns, read, isSame: means = () => true } of FORMATS) {
    if (!concerns(name, before) || !concerns(name, after)) continue;
    const values = [attempt(read, before), attempt(read, after)] as const;
    if (values.includes(undefined)) continue;
    return { format, values, faithful: !isSame(values[0], values[1]) || means(before, after) };
  }
  return undefined;
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  return typeof last === "string" ? last : "";
}

function attempt(read: Read, text: string): unknown {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}

/** JSON's readers may tell 1.0 from 1, and numbers that a double cannot hold: such texts are only the same where their numbers are written alike. */
function sameNumbers(before: string, after: string): boolean {
  const numbers = (text: string) =>
    [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)].map(([found]) => found).filter((one) => !one.startsWith('"'));
  return isSame(numbers(before).sort(), numbers(after).sort());
}

/**
 * The documents of a YAML text; one alone is itself. A number that is not written the way it is printed stays as it is written: `1.10` is a version to
 * many programs, and not 1.1.
 */
function readYaml(text: string): unknown {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return undefined;
  const values = documents.map(({ errors, contents }) => {
    if (errors.length > 0) throw errors[0]!;
    return plain(contents);
  });
  return values.length === 1 ? values[0] : values;
}

function plain(node: unknown): unknown {
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), plain(value)] as const);
    return Object.fromEntries(entries);
  }
  if (isSeq(node)) return node.items.map(plain);
  if (!isScalar(node)) return (node as Node | null)?.toString() ?? null;
  if (typeof node.value !== "number") return node.value;
  return String(node.value) === node.source ? node.value : { number: node.source };
}
