/**
 * Mistakes that people make when they type in, or paste into, a YAML file. They are made on the lines of a text and know
 * nothing of what the file is for or of how it is read.
 */

/** A source of random numbers from 0 to 1. */
export type Random = () => number;

export interface Mistake {
  readonly kind: string;
  readonly text: string;
  /** The line that was touched, counted from 1 in the new text; both, where two were. Where one is gone: what stands around the gap. */
  readonly lines: readonly number[];
}

/** The new lines, and the places of those that were touched, counted from 0; undefined if the mistake cannot be made. */
type Edit = (lines: readonly string[], random: Random) => { lines: string[]; touched: number[] } | undefined;

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One mistake of the given kind, somewhere in the text; undefined if none of a few places suits. */
export function mistake(kind: string, text: string, random: Random): Mistake | undefined {
  const edit = MISTAKES[kind];
  if (edit === undefined) throw new RangeError(`no such kind of mistake: ${kind}`);
  for (let i = 0; i < 20; i++) {
    const made = edit(text.split("\n"), random);
    if (made !== undefined && made.lines.join("\n") !== text) {
      return { kind, text: made.lines.join("\n"), lines: made.touched.map((line) => line + 1) };
    }
  }
  return undefined;
}

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!;
const indentOf = (line: string) => /^ */.exec(line)![0].length;
const isContent = (line: string) => /^\s*[^\s#]/.test(line);

/** Below `config:`, lines that say something. */
function contentLines(lines: readonly string[]): number[] {
  const start = lines.findIndex((line) => line.startsWith("config:"));
  return lines.flatMap((line, i) => (i > start && isContent(line) ? [i] : []));
}

/** A line on its own is changed, where the change finds something to change. */
function onALine(change: (line: string, random: Random) => string | undefined): Edit {
  return (lines, random) => {
    const at = pick(contentLines(lines), random);
    const changed = change(lines[at]!, random);
    return changed === undefined ? undefined : { lines: lines.with(at, changed), touched: [at] };
  };
}

/** One of the places where a pattern is found in a line is replaced. The text of a comment is left alone. */
function replacing(pattern: RegExp, replacement: string | ((found: RegExpExecArray, random: Random) => string)): Edit {
  return onALine((line, random) => {
    const code = /^(?:(?!\s#).)*/.exec(line)![0];
    const found = [...code.matchAll(new RegExp(pattern.source, "g"))];
    if (found.length === 0) return undefined;
    const one = pick(found, random);
    const by = typeof replacement === "string" ? replacement : replacement(one, random);
    return line.slice(0, one.index) + by + line.slice(one.index + one[0].length);
  });
}

/** A line of its own comes in, as deep as its neighbour. */
function inserting(what: (neighbour: string, random: Random) => string): Edit {
  return (lines, random) => {
    const at = pick(contentLines(lines), random);
    const added = " ".repeat(indentOf(lines[at]!)) + what(lines[at]!, random);
    return { lines: lines.toSpliced(at, 0, added), touched: [at] };
  };
}

/** A line and all that stands deeper below it. */
function blockAt(lines: readonly string[], at: number): number {
  let end = at + 1;
  while (end < lines.length && (!isContent(lines[end]!) || indentOf(lines[end]!) > indentOf(lines[at]!))) end++;
  while (!isContent(lines[end - 1]!)) end--;
  return end;
}

/** Lines that stand above a line and shallower: what it belongs to. */
function parentsOf(lines: readonly string[], at: number): number[] {
  const parents: number[] = [];
  let depth = indentOf(lines[at]!);
  for (let i = at - 1; i >= 0; i--) {
    if (!isContent(lines[i]!) || indentOf(lines[i]!) >= depth) continue;
    parents.push(i);
    depth = indentOf(lines[i]!);
  }
  return parents;
}

function moved(line: string, by: number): string | undefined {
  return by > 0 ? " ".repeat(by) + line : indentOf(line) >= -by ? line.slice(-by) : undefined;
}

const indented = (by: number): Edit => onALine((line) => moved(line, by));

/** A key is moved with all that is below it, as an editor does it. */
const blockIndented = (by: number): Edit => {
  return (lines, random) => {
    const at = pick(contentLines(lines), random);
    const end = blockAt(lines, at);
    const block = lines.slice(at, end).map((line) => (isContent(line) ? moved(line, by) : line));
    if (block.includes(undefined)) return undefined;
    const touched = Array.from({ length: end - at }, (_, i) => at + i);
    return { lines: [...lines.slice(0, at), ...(block as string[]), ...lines.slice(end)], touched };
  };
};

/** What is around a line that is gone: its neighbours, and what it belonged to. */
const withoutLines = (lines: readonly string[], at: number, end: number, instead: readonly string[] = []) => ({
  lines: [...lines.slice(0, at), ...instead, ...lines.slice(end)],
  touched: [at, at - 1, ...parentsOf(lines, at)],
});

const KEYBOARD = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];

function neighbourOnKeyboard(char: string, random: Random): string {
  const row = KEYBOARD.find((keys) => keys.includes(char.toLowerCase()));
  if (row === undefined) return pick([..."asdf"], random);
  const at = row.indexOf(char.toLowerCase());
  return row[at === 0 ? 1 : at - 1]!;
}

const KEY = /(?<=^\s*(?:- )*(?:\{ )?|[{,] )[A-Za-z][\w-]*(?=:\s|:$)/;
const VALUE = /(?<=: )(?:"[^"]*"|[^\s{}[\],"'#][^\s{}[\],]*)/;
const NUMBER = /(?<=: )\d+(?=$|[\s,}])/;

export const MISTAKES: Readonly<Record<string, Edit>> = {
  "a lost character": replacing(/\S/, ""),
  "a doubled character": replacing(/\S/, ([char]) => char + char),
  "two characters the wrong way round": replacing(/[^\s][^\s]/, ([two]) => two[1]! + two[0]!),
  "a neighbour on the keyboard": replacing(/[a-z0-9]/, ([char], random) => neighbourOnKeyboard(char, random)),
  "a character too many": replacing(/(?<=\S)(?=\S)/, (_, random) => pick([...":;,.#-'\"{}[]&*!|>%@`?=/\\+"], random)),
  "a space too many": replacing(/(?<=\S)(?=\S)/, " "),
  "a lost space": replacing(/(?<=\S) (?=\S)/, ""),
  "a letter in the other case": replacing(/[A-Za-z]/, ([char]) =>
    char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase(),
  ),

  "a lost colon": replacing(/:(?=\s|$)/, ""),
  "a lost colon before a nested mapping": replacing(/:$/, ""),
  "a doubled colon": replacing(/:(?=\s|$)/, "::"),
  "a semicolon for a colon": replacing(/:(?=\s|$)/, ";"),
  "an equals sign for a colon": replacing(/:(?=\s|$)/, "="),
  "no space after a colon": replacing(/: /, ":"),
  "a lost quote": replacing(/["']/, ""),
  "a quote too many": replacing(/(?<=[:,[] )(?=\w)/, '"'),
  "a quote of the other kind": replacing(/["']/, ([quote]) => (quote === '"' ? "'" : '"')),
  "a lost brace": replacing(/[{}]/, ""),
  "a doubled brace": replacing(/[{}]/, ([brace]) => brace + brace),
  "a lost bracket": replacing(/[[\]]/, ""),
  "a doubled bracket": replacing(/[[\]]/, ([bracket]) => bracket + bracket),
  "a bracket for a brace": replacing(/[{}]/, ([brace]) => (brace === "{" ? "[" : "]")),
  "a brace for a bracket": replacing(/[[\]]/, ([bracket]) => (bracket === "[" ? "{" : "}")),
  "a lost comma": replacing(/,(?= )/, ""),
  "a doubled comma": replacing(/,(?= )/, ",,"),
  "a semicolon for a comma": replacing(/,(?= )/, ";"),
  "a lost dash": replacing(/(?<=^ *)- /, ""),
  "a dash without its space": replacing(/(?<=^ *)- /, "-"),
  "a doubled dash": replacing(/(?<=^ *)- /, "- - "),
  "a dash too many": replacing(/(?<=^ *)(?=[A-Za-z])/, "- "),

  "one space too deep": indented(1),
  "two spaces too deep": indented(2),
  "one space not deep enough": indented(-1),
  "two spaces not deep enough": indented(-2),
  "a block one space too deep": blockIndented(1),
  "a block two spaces too deep": blockIndented(2),
  "a block one space not deep enough": blockIndented(-1),
  "a block two spaces not deep enough": blockIndented(-2),
  "a tab for indentation": replacing(/(?<=^(?: {2})*) {2}(?=\s*\S)/, "\t"),
  "a tab before a line": onALine((line) => `\t${line}`),
  "a tab after a colon": replacing(/(?<=:) (?=\S)/, "\t"),
  "a tab after a comma": replacing(/(?<=,) /, "\t"),
  "a tab after a dash": replacing(/(?<=^ *-) /, "\t"),
  "a tab in braces": replacing(/(?<=\{) /, "\t"),

  "a line twice": (lines, random) => {
    const at = pick(contentLines(lines), random);
    return { lines: lines.toSpliced(at, 0, lines[at]!), touched: [at, at + 1] };
  },
  "a block twice": (lines, random) => {
    const at = pick(contentLines(lines), random);
    const block = lines.slice(at, blockAt(lines, at));
    return { lines: lines.toSpliced(at, 0, ...block), touched: [at, at + block.length] };
  },
  "two lines the wrong way round": (lines, random) => {
    const at = pick(contentLines(lines), random);
    if (at + 1 >= lines.length || !isContent(lines[at + 1]!)) return undefined;
    return { lines: lines.with(at, lines[at + 1]!).with(at + 1, lines[at]!), touched: [at, at + 1] };
  },
  "a lost line": (lines, random) => {
    const at = pick(contentLines(lines), random);
    return withoutLines(lines, at, at + 1);
  },
  "a lost block": (lines, random) => {
    const at = pick(contentLines(lines), random);
    return withoutLines(lines, at, blockAt(lines, at));
  },
  "a lost line end": (lines, random) => {
    const at = pick(contentLines(lines), random);
    if (at + 1 >= lines.length || !isContent(lines[at + 1]!)) return undefined;
    return { lines: lines.toSpliced(at, 2, lines[at]! + lines[at + 1]!), touched: [at] };
  },
  "a line broken in two": (lines, random) => {
    const at = pick(contentLines(lines), random);
    const spaces = [...lines[at]!.matchAll(/(?<=\S) (?=\S)/g)];
    if (spaces.length === 0) return undefined;
    const { index } = pick(spaces, random);
    return { lines: lines.toSpliced(at, 1, lines[at]!.slice(0, index), lines[at]!.slice(index + 1)), touched: [at, at + 1] };
  },
  "a line out of use": (lines, random) => {
    const at = pick(contentLines(lines), random);
    const line = lines[at]!;
    return /^ *\S+: [^{[]/.test(line) ? withoutLines(lines, at, at + 1, [line.replace(/^( *)/, "$1# ")]) : undefined;
  },

  "a key misspelt": replacing(KEY, ([key], random) => {
    const at = Math.floor(random() * key.length);
    return key.slice(0, at) + pick([..."aeioulrst"], random) + key.slice(at + 1);
  }),
  "a key in the plural": replacing(KEY, ([key]) => (key.endsWith("s") ? key.slice(0, -1) : `${key}s`)),
  "a key in snake case": replacing(KEY, ([key]) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  "a key with dashes": replacing(KEY, ([key]) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)),
  "a key in capitals": replacing(KEY, ([key]) => key.toUpperCase()),
  "a key without its name": replacing(KEY, ""),
  "a key that nobody knows": inserting(() => "colour: blue"),
  "a text without a key": inserting((_, random) => pick(["and so on", "TODO", "see above", "~"], random)),

  "megabytes for mebibytes": replacing(/(?<=\d)([KMGT])i\b/, ([unit]) => pickUnit(unit)),
  "a unit in lower case": replacing(/(?<=\d)[KMGT]i\b/, ([unit]) => unit.toLowerCase()),
  "a space before the unit": replacing(/(?<=: \d+)(?=[KMGT]i\b|[dhms]\b)/, " "),
  "a unit written out": replacing(/(?<=: \d+)[dhms]\b/, ([unit]) => ({ d: " days", h: "hours", m: "min", s: "sec" })[unit]!),
  "a unit that is no unit": replacing(/(?<=: \d+)[dhms]\b/, (_, random) => pick(["ms", "w", "y", "us"], random)),
  "a lost unit": replacing(/(?<=: \d+)(?:[KMGT]i|[dhms])\b/, ""),
  "a word for a number": replacing(NUMBER, (_, random) => pick(["three", "many", "none", "auto"], random)),
  "a negative number": replacing(NUMBER, ([number]) => `-${number}`),
  "a fraction": replacing(NUMBER, ([number]) => `${number}.5`),
  "a number with a thousands separator": replacing(/(?<=: )\d{4,}(?=$|[\s,}])/, ([number]) =>
    Number(number).toLocaleString("en").replaceAll(",", " "),
  ),
  "a letter O for a zero": replacing(/(?<=: \d*)0/, "O"),
  "far too many": replacing(NUMBER, ([number]) => `${number}0000000`),
  "a word for true or false": replacing(/(?<=: )(?:true|false)\b/, (_, random) =>
    pick(["yes", "no", "on", "off", "enabled", "1", '"true"'], random),
  ),
  "no value": replacing(VALUE, ""),
  "nothing in a list": replacing(/\[[^\]]+\]/, "[]"),
  "a list for a value": replacing(VALUE, ([value]) => `[${value}]`),
  "a mapping for a value": replacing(VALUE, ([value]) => `{ value: ${value} }`),
  "a value for a list": replacing(/\[[^\]]+\]/, "all"),
  "a value for a mapping": replacing(/\{[^}]+\}/, "default"),
  "a text for a nested mapping": replacing(/:$/, ": default"),
  "nothing for a nested mapping": replacing(/:$/, ": {}"),
  "another word": replacing(/(?<=: )[a-z]+(?=$|[\s,}])/, "something"),

  "a line end of Windows": onALine((line) => `${line}\r`),
  "a carriage return in the middle": replacing(/(?<=\S) (?=\S)/, "\r"),
  "a non-breaking space for indentation": replacing(/(?<=^ *) (?= *\S)/, "\u00a0"),
  "a non-breaking space after a colon": replacing(/(?<=:) (?=\S)/, "\u00a0"),
  "a non-breaking space after a comma": replacing(/(?<=,) /, "\u00a0"),
  "a non-breaking space after a dash": replacing(/(?<=^ *-) /, "\u00a0"),
  "smart quotes": replacing(VALUE, ([value]) => `“${value.replaceAll('"', "")}”`),
  "a smart single quote": replacing(VALUE, ([value]) => `‘${value.replaceAll('"', "")}’`),
  "a byte order mark": onALine((line) => `\ufeff${line}`),
  "a zero-width space in a key": replacing(KEY, ([key]) => `${key.slice(0, 2)}\u200b${key.slice(2)}`),
  "a zero-width space at the end": onALine((line) => `${line}\u200b`),
  "an en dash": replacing(/-/, "–"),
  "a full-width colon": replacing(/:(?=\s|$)/, "："),
  "a Cyrillic letter": replacing(KEY, ([key]) =>
    key.replace(/[aceo]/, (letter) => ({ a: "а", c: "с", e: "е", o: "о" })[letter]!),
  ),
  "an umlaut": replacing(KEY, ([key]) => key.replace(/[aou]/, (letter) => ({ a: "ä", o: "ö", u: "ü" })[letter]!)),

  "a variable of the shell": replacing(VALUE, "${HOME}"),
  "a variable in braces": replacing(/(?<=\{[^}]*: )[^\s{}[\],"]+/, "${VALUE}"),
  "a template": replacing(VALUE, "{{ .Values.something }}"),
  "a reference to nothing": replacing(VALUE, "*nothing"),
  "a reference to a mapping that is not there": inserting(() => "<<: *defaults"),
  "a merge of a text": inserting(() => "<<: defaults"),
  "an anchor in place of a value": replacing(VALUE, "&value"),
  "a tag": replacing(VALUE, ([value], random) => `${pick(["!!int", "!Ref", "!secret", "!!binary"], random)} ${value}`),
  "a secret reference of another tool": replacing(VALUE, "ENC[AES256,data:abc=]"),
  "a percentage": replacing(NUMBER, ([number]) => `${number}%`),
  "an at sign": replacing(/(?<=: )(?=[A-Za-z])/, "@"),
  "a backtick": replacing(/(?<=: )(?=[A-Za-z])/, "`"),
  "a block of text": replacing(/(?<=: )[^\s{[].*$/, ([value]) => `| ${value}`),

  "a mark of a merge conflict": (lines, random) => {
    const at = pick(contentLines(lines), random);
    const mark = pick(["<<<<<<< HEAD", "=======", ">>>>>>> feature"], random);
    return { lines: lines.toSpliced(at, 0, mark), touched: [at] };
  },
  "a mark of a difference": onALine((line, random) => pick(["+", "-", ">", "< "], random) + line),
  "the fence of a page": (lines, random) => {
    const at = pick(contentLines(lines), random);
    return { lines: lines.toSpliced(at, 0, pick(["```yaml", "```"], random)), touched: [at] };
  },
  "a command that was pasted": (lines, random) => {
    const at = pick(contentLines(lines), random);
    return {
      lines: lines.toSpliced(at, 0, pick(["$ pulumi preview --diff", "pulumi config set x y", "npx mes plan"], random)),
      touched: [at],
    };
  },
  "a comment of another language": inserting((_, random) =>
    pick(["// for now", "-- for now", "/* for now */", "; for now"], random),
  ),
  "a comment without its sign": (lines, random) => {
    const comments = lines.flatMap((line, i) => (/^ +# /.test(line) ? [i] : []));
    const at = pick(comments, random);
    return { lines: lines.with(at, lines[at]!.replace("# ", "")), touched: [at] };
  },
  "the mark of a document": (lines, random) => {
    const at = pick(contentLines(lines), random);
    return { lines: lines.toSpliced(at, 0, pick(["---", "..."], random)), touched: [at] };
  },
};

function pickUnit(unit: string): string {
  return `${unit[0]!}B`;
}
