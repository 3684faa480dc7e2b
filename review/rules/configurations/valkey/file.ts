import { isIP } from "node:net";
import { nearest } from "../../../../components/schema/did-you-mean";
import { VALKEY_SETTINGS } from "./table";

/** A directive of a configuration file of Valkey. */
export interface Directive {
  /** In lower case, as Valkey reads it. */
  readonly key: string;
  readonly values: readonly string[];
  /** From 1. */
  readonly line: number;
}

export interface ValkeyFile {
  readonly directives: readonly Directive[];
  /** Why the server does not start, with the line. */
  readonly problems: readonly string[];
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\u0007" };

/** The words of a line; nothing where a quotation does not end. Source: https://github.com/valkey-io/valkey/blob/9.1/src/sds.c, sdssplitargs */
function wordsOf(line: string): string[] | undefined {
  const parts = /(\s*)(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"']+))/y;
  const words: string[] = [];
  while (parts.lastIndex < line.length) {
    const found = parts.exec(line);
    if (found === null) return undefined;
    const [, space = "", double, single, plain] = found;
    const part = plain ?? (double === undefined ? (single ?? "").replaceAll(String.raw`\'`, "'") : unescaped(double));
    if (space === "" && words.length > 0) words.push(`${words.pop() ?? ""}${part}`);
    else words.push(part);
  }
  return words;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(x[\da-fA-F]{2}|.)/g, (_, one: string) =>
    one.length > 1 ? String.fromCharCode(Number.parseInt(one.slice(1), 16)) : (ESCAPES[one] ?? one),
  );
}

let table: ReadonlyMap<string, string> | undefined;

function settings(): ReadonlyMap<string, string> {
  table ??= new Map(
    VALKEY_SETTINGS.trim()
      .split("\n")
      .map((line) => {
        const [key = "", takes = ""] = line.split(" ");
        return [key, takes];
      }),
  );
  return table;
}

const WHOLE = /^(?:0|-?[1-9]\d*)$/;
const MEMORY = /^(-?)(\d*)(b|k|kb|m|mb|g|gb)?$/i;
const UNITS: Readonly<Record<string, bigint>> = { k: 1000n, kb: 1024n, m: 10n ** 6n, mb: 2n ** 20n, g: 10n ** 9n, gb: 2n ** 30n };
const MOST = 2n ** 63n - 1n;

/** Bytes of a value as `100mb`; nothing where it is none. */
export function valkeyBytes(value: string): bigint | undefined {
  const found = MEMORY.exec(value);
  if (found === null) return undefined;
  const [, sign, digits = "", unit = ""] = found;
  const bytes = BigInt(digits === "" ? 0 : digits) * (UNITS[unit.toLowerCase()] ?? 1n);
  return sign === "-" ? -bytes : bytes;
}

/** What is wrong with the value of a setting; nothing where it is right. */
function valueProblem(takes: string, value: string): string | undefined {
  const [, form = "", least = "", most = ""] = /^(int|memory)(-?\d*)\.\.(\d*)$/.exec(takes) ?? [];
  if (form !== "") return boundsProblem(form, least, most, value);
  switch (takes) {
    case "":
    case "*":
      return undefined;
    case "text":
      return value === "" ? "must not be empty" : undefined;
    case "name":
      return value === "" || value.includes("/") ? "takes the name of a file without a folder" : undefined;
    case "octal":
      return /^\+?[0-7]{0,3}$/.test(value) ? undefined : "takes an octal number, as 770";
    case "memory%":
      return /^\d+%$/.test(value) || (valkeyBytes(value) ?? -1n) >= 0n
        ? undefined
        : "takes a size or a percentage, as 100mb or 5%";
    case "folder":
      return value.startsWith("/") || value === "." || value === "./" ? undefined : "takes the path of a folder";
    case "ipv4":
    case "ipv6":
      return value === "" || isIP(value) === Number(takes.slice(-1))
        ? undefined
        : `takes an address of IP version ${takes.slice(-1)}`;
    case "host":
      return /^[A-Za-z\d.-]*$/.test(value) ? undefined : "takes the name of a host";
    case "word":
      return /^[^\s,;=|@"'\\{}[\]()<>]*$/.test(value) ? undefined : "takes one word";
    case "events":
      return /^[Ag$lshzxeKEtmdn]*$/.test(value) ? undefined : "takes letters of Ag$lshzxeKEtmdn";
    default: {
      const words = takes.replace("+", "").split("|");
      return words.includes(value.toLowerCase()) || words.includes(value) ? undefined : `takes ${words.join(" or ")}`;
    }
  }
}

function boundsProblem(form: string, least: string, most: string, value: string): string | undefined {
  const number = form === "memory" ? valkeyBytes(value) : WHOLE.test(value) ? BigInt(value) : undefined;
  const open = form === "memory" ? 2n * MOST + 1n : MOST;
  const [from, to] = [least === "" ? -MOST - 1n : BigInt(least), most === "" ? open : BigInt(most)];
  const wanted = form === "memory" ? "a size, as 100mb" : "a whole number";
  if (number === undefined || number > open || number < -MOST - 1n) return `takes ${wanted}`;
  if (number >= from && number <= to) return undefined;
  return `takes ${wanted}${least === "" ? "" : ` from ${least}`}${most === "" ? "" : ` to ${most}`}`;
}

const MAY_BE_EMPTY = new Set(["bind", "rdma-bind", "save"]);
const BUFFER_CLASSES = new Set(["normal", "slave", "replica", "pubsub"]);

/** Settings that take several arguments of a form of their own. Source: https://github.com/valkey-io/valkey/blob/9.1/valkey.conf */
function listProblem({ key, values }: Directive): string | undefined {
  switch (key) {
    case "save": {
      if (values.length === 1 && values[0] === "") return undefined;
      const pairs = values.length % 2 === 0 && values.every((one, i) => /^\d+$/.test(one) && (i % 2 === 1 || Number(one) >= 1));
      return pairs ? undefined : 'takes pairs of seconds and changes, as 3600 1, or ""';
    }
    case "client-output-buffer-limit": {
      const right =
        values.length % 4 === 0 &&
        values.every((one, i) => {
          if (i % 4 === 0) return BUFFER_CLASSES.has(one.toLowerCase());
          return i % 4 === 3 ? /^\d+$/.test(one) : (valkeyBytes(one) ?? -1n) >= 0n;
        });
      return right ? undefined : "takes a class (normal, replica, pubsub), two sizes and seconds";
    }
    case "replicaof":
    case "slaveof": {
      if (values.length !== 2) return "takes a host and a port";
      const [host = "", port = ""] = values;
      if (host.toLowerCase() === "no" && port.toLowerCase() === "one") return undefined;
      return /^\d+$/.test(port) && Number(port) <= 65_535 ? undefined : "takes a host and a port";
    }
    case "oom-score-adj-values":
      return values.length === 3 && values.every((one) => /^-?\d+$/.test(one) && Math.abs(Number(one)) <= 2000)
        ? undefined
        : "takes three numbers from -2000 to 2000";
    case "latency-tracking-info-percentiles":
      return values.every((one) => one === "" || (/^\d+(?:\.\d+)?$/.test(one) && Number(one) <= 100))
        ? undefined
        : "takes percentages";
    case "rename-command":
      return values.length === 2 ? undefined : "takes a command and its new name";
    case "user":
    case "loadmodule":
      return values.length > 0 ? undefined : "takes an argument";
    default:
      return undefined;
  }
}

function directiveProblem(one: Directive): string | undefined {
  const takes = settings().get(one.key);
  if (takes === undefined) {
    const near = nearest(one.key, [...settings().keys()]);
    return `Valkey has no setting ${one.key}; ${near === undefined ? "remove it" : `use ${near}`}`;
  }
  if (one.values.length === 0) return takes === "*" && MAY_BE_EMPTY.has(one.key) ? undefined : `${one.key} has no value`;
  if (takes === "*") {
    const problem = listProblem(one);
    return problem === undefined ? undefined : `${one.key} is ${one.values.join(" ")}: it ${problem}`;
  }
  if (one.values.length > 1 && !takes.endsWith("+")) return `${one.key} takes one value, and has ${one.values.length}`;
  for (const value of one.values) {
    const problem = valueProblem(takes, value);
    if (problem !== undefined) return `${one.key} is ${value === "" ? "empty" : value}: it ${problem}`;
  }
  return undefined;
}

/** Reads a configuration as the server does. @param text a file's, and after it a line for each argument that follows it */
export function valkeyFile(text: string): ValkeyFile {
  const directives: Directive[] = [];
  const problems: string[] = [];
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const words = wordsOf(line);
    if (words === undefined) {
      problems.push(`line ${i + 1} has a quotation mark without its second`);
      continue;
    }
    const [key = "", ...values] = words;
    const one = { key: key.toLowerCase(), values, line: i + 1 };
    directives.push(one);
    const problem = directiveProblem(one);
    if (problem !== undefined) problems.push(problem);
  }
  return { directives, problems };
}
