/**
 * Repairs of a text that is not YAML: small edits of one line each, as a person would make them. Which of them is right is
 * found by trying (`unreadable.ts`); here is only what can be tried. No repair adds or removes a line, so that places stay.
 */

export interface Repair {
  readonly text: string;
  /** Line and column of the mistake, from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** How far-fetched it is: of several that work, the least is taken. */
  readonly cost: number;
}

/** An edit of a line: its new content, where the mistake was in the old one, what it was. */
interface Edit {
  readonly to: string;
  readonly at: number;
  readonly message: string;
  readonly cost: number;
}

/** All repairs that begin at a line, counted from 1. */
export function repairsAt(text: string, line: number): Repair[] {
  const lines = text.split("\n");
  const content = lines[line - 1];
  if (content === undefined || !hasContent(content)) return [];
  const edits = [
    ...characters(content),
    ...colons(content),
    ...closing(content),
    ...dashes(content),
    ...values(content),
    notYaml(content),
  ];
  const ofOneLine = edits
    .filter(({ to }) => to !== content)
    .map(({ to, at, message, cost }) => ({ text: lines.with(line - 1, to).join("\n"), line, column: at + 1, message, cost }));
  return [...ofOneLine, ...indentations(lines, line), ...joined(lines, line)];
}

export function hasContent(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

const ODD_SPACES: Readonly<Record<string, string>> = {
  "\u00a0": "a no-break space",
  "\u2003": "a wide space",
  "\u3000": "a wide space",
  "\u202f": "a narrow no-break space",
  "\t": "a tab",
  "\r": "a carriage return",
};
const INVISIBLE = /[\u200b-\u200d\u2060\ufeff]/g;

/** Characters that look like others, or like nothing. */
function characters(line: string): Edit[] {
  const edits: Edit[] = [];
  const space = /[\u00a0\u2003\u3000\u202f\t]|\r(?!$)/.exec(line);
  if (space !== null) {
    const name = ODD_SPACES[space[0]] ?? "";
    const message = `${name}${name === "a tab" ? "; YAML is indented with spaces" : ", which is no space to YAML; type a space instead"}`;
    const one = line.replaceAll(/[\u00a0\u2003\u3000\u202f\t]|\r(?!$)/g, " ");
    edits.push({ to: one, at: space.index, message, cost: 0 });
    // In the place of the whole indentation, or before it.
    for (const to of [one.trimStart(), ` ${one}`])
      for (const width of WIDTHS) edits.push({ to: `${width}${to.trimStart()}`, at: space.index, message, cost: 0.1 });
  }
  const hidden = line.search(INVISIBLE);
  if (hidden >= 0)
    edits.push({ to: line.replaceAll(INVISIBLE, ""), at: hidden, message: "an invisible character; delete it", cost: 0 });
  const dash = /^\s*[–—](?=\s)/.exec(line);
  if (dash !== null)
    edits.push({
      to: line.replace(/[–—]/, "-"),
      at: dash[0].length - 1,
      message: "a long dash; an entry of a list begins with `-`",
      cost: 0,
    });
  return edits;
}

const WIDTHS = Array.from({ length: 11 }, (_, i) => " ".repeat(2 * i));

function colons(line: string): Edit[] {
  const edits: Edit[] = [];
  const body = line.replace(/\s*(?:#.*)?\r?$/, "");
  const end = line.slice(body.length);
  if (!body.endsWith(":"))
    edits.push({ to: `${body}:${end}`, at: body.length, message: "a `:` is missing after the key", cost: 1 });
  for (const found of body.matchAll(/[;=：](?=\s|$)|(?<=\w)::(?=\s|$)/g)) {
    const to = line.slice(0, found.index) + ":" + line.slice(found.index + found[0].length);
    edits.push({ to, at: found.index, message: `${found[0]} in the place of a colon`, cost: 0.5 });
  }
  for (const found of body.matchAll(/(?<=[\w"'\]]):(?=[^\s:/])/g)) {
    const to = `${line.slice(0, found.index + 1)} ${line.slice(found.index + 1)}`;
    edits.push({ to, at: found.index, message: "a space is missing after the `:`", cost: 1 });
  }
  for (const found of body.matchAll(/(?<=^\s*(?:- )*[\w.:-]+) (?=\S)|(?<=[{,] *[\w.-]+) (?=[\w"'[{])/g)) {
    const to = `${line.slice(0, found.index)}:${line.slice(found.index)}`;
    edits.push({ to, at: found.index, message: "a `:` is missing after the key", cost: 1 });
  }
  return edits;
}

const BRACKETS = "[]{}";
const PARTNER: Readonly<Record<string, string>> = { "[": "{", "]": "}", "{": "[", "}": "]" };

/** Brackets, quotes and commas: one too few, one too many, one of the other kind. */
function closing(line: string): Edit[] {
  const body = line.replace(/\s*(?:\s#.*)?\r?$/, "");
  return [
    ...missingAtEnd(line, body),
    ...[...body].flatMap((char, at) => [
      ...brackets(line, char, at),
      ...quotes(line, char, at),
      ...separators(line, body, char, at),
    ]),
    ...missingBefore(line, body),
  ];
}

function insertion(line: string, at: number, char: string, cost: number): Edit {
  return { to: line.slice(0, at) + char + line.slice(at), at, message: `a ${char} is missing`, cost };
}

/** An edit of one character. @param by nothing: it is left out */
function replacement(line: string, at: number, by: string, message: string, cost: number): Edit {
  return { to: line.slice(0, at) + by + line.slice(at + 1), at, message, cost };
}

function missingAtEnd(line: string, { length: end }: string): Edit[] {
  const one = ["}", "]", '"', "'"].map((char) => insertion(line, end, char, 1));
  return [...one, ...["}]", "]}"].map((two) => insertion(line, end, two, 1.6))];
}

function brackets(line: string, char: string, at: number): Edit[] {
  if (!BRACKETS.includes(char)) return [];
  const other = PARTNER[char] ?? "";
  return [
    replacement(line, at, "", `a ${char} too many`, 1),
    replacement(line, at, other, `${char} in the place of ${other}`, 1.1),
    ...["}", "]"].filter(() => ",]} ".includes(char)).map((missing) => insertion(line, at, missing, 1.2)),
    ...["[", "{"].filter(() => char === "[" || char === "{").map((missing) => insertion(line, at, missing, 1.2)),
  ];
}

function quotes(line: string, char: string, at: number): Edit[] {
  if (char !== '"' && char !== "'") return [];
  const other = char === '"' ? "'" : '"';
  return [
    replacement(line, at, "", `a quote is not closed, or one ${char} too many`, 1),
    replacement(line, at, other, "two kinds of quotes around one text", 1.1),
  ];
}

function separators(line: string, body: string, char: string, at: number): Edit[] {
  const edits: Edit[] = [];
  if (char === "," || (char === " " && body[at + 1] === " "))
    edits.push(...["}", "]", '"', "'"].map((missing) => insertion(line, at, missing, 1.3)));
  if (char === ";" && body[at + 1] === " ") edits.push(replacement(line, at, ",", "a semicolon in the place of a comma", 0.6));
  if (char === "," && /^[\s,]*[,}\]]/.test(body.slice(at + 1))) edits.push(replacement(line, at, "", "a comma too many", 1));
  return edits;
}

/** A comma before a key, an opening bracket before a value. */
function missingBefore(line: string, body: string): Edit[] {
  const at = (place: RegExp) => [...body.matchAll(place)].map(({ index }) => index);
  return [
    ...at(/(?<=[\w"'}\]]) (?=[\w"']+:(?:\s|$))/g).map((index) => ({
      to: `${line.slice(0, index)},${line.slice(index)}`,
      at: index,
      message: "a `,` is missing",
      cost: 1,
    })),
    ...at(/(?<=: +)(?=[[{\w])/g).flatMap((index) => ["{", "["].map((missing) => insertion(line, index, missing, 1.2))),
    ...at(/(?<=^\s*- )(?=[\w])/g).flatMap((index) => ["{", "["].map((missing) => insertion(line, index, missing, 1.2))),
  ];
}

function dashes(line: string): Edit[] {
  const edits: Edit[] = [];
  const [indent = ""] = /^\s*/.exec(line) ?? [];
  const rest = line.slice(indent.length);
  if (/^-[^\s-]/.test(rest))
    edits.push({
      to: `${indent}- ${rest.slice(1)}`,
      at: indent.length + 1,
      message: "a space is missing after the `-`",
      cost: 0.8,
    });
  if (/^-\s/.test(rest)) {
    edits.push({ to: `${indent}${rest.replace(/^-\s+/, "")}`, at: indent.length, message: "a `-` too many", cost: 1.5 });
    edits.push({
      to: `${indent}${rest.replace(/^-/, "").trimStart()}`.replace(/^/, "  "),
      at: indent.length,
      message: "a `-` too many",
      cost: 1.6,
    });
  } else
    edits.push({ to: `${indent}- ${rest}`, at: indent.length, message: "a `-` is missing before an entry of a list", cost: 1.7 });
  if (/^[+<>|-]\s*/.test(rest)) {
    const to = rest.replace(/^[+<>|-]+ ?/, "");
    for (const width of [indent, ...WIDTHS])
      edits.push({
        to: width + to.trimStart(),
        at: indent.length,
        message: `${rest[0] ?? ""} at the beginning of a line; delete it`,
        cost: 1.8,
      });
  }
  return edits;
}

/** Values that need quotes, and values beside what is nested below them. */
function values(line: string): Edit[] {
  const edits: Edit[] = [];
  for (const found of line.matchAll(/\$\{[^}]*\}|\{\{[^}]*\}\}|\$\([^)]*\)/g)) {
    const message = `${found[0]} stands for nothing here: a stack file has no variables; write the value itself`;
    edits.push({
      to: `${line.slice(0, found.index)}x${line.slice(found.index + found[0].length)}`,
      at: found.index,
      message,
      cost: 0.2,
    });
  }
  for (const found of line.matchAll(
    /(?<=(?:[:[,]|^\s*-) +)(?=[^\s"'[{#])[^,\s]*[[\]{}:&*!|>%@`"'][^,\s]*(?=\s*[,}\]]|\s*$)|(?<=: )[^"'[{#]+$/g,
  )) {
    const inner = found[0].replace(/\s+$/, "");
    for (const text of new Set([inner, inner.replace(/[}\]]+$/, "")])) {
      if (text === "") continue;
      const to = `${line.slice(0, found.index)}"${text.replaceAll(/["\\]/g, "")}"${line.slice(found.index + text.length)}`;
      edits.push({
        to,
        at: found.index,
        message: `${text} needs quotes: some of its characters have a meaning in YAML`,
        cost: 2.4,
      });
    }
  }
  const [, before = "", value = ""] = /^(\s*(?:- )*[^\s"'{[][^\s"'{[]*: +)([^"'[{#\s].*?)\s*$/.exec(line) ?? [];
  if (value.includes(": ")) {
    const to = `${before}"${value.replaceAll(/["\\]/g, "")}"`;
    edits.push({
      to,
      at: before.length,
      message: "a second `key: value` on one line; put a value that holds `: ` in quotes",
      cost: 1.4,
    });
  }
  const nested = /^(\s*(?:- )*[^\s#"'{[][^#]*?:)\s+\S.*$/.exec(line);
  const [, key = ""] = nested ?? [];
  if (nested !== null)
    edits.push({ to: key, at: key.length + 1, message: "a value, although more is nested below; keep one of the two", cost: 2 });
  return edits;
}

/** Nothing that a stack file could hold. */
function notYaml(line: string): Edit {
  return { to: "", at: line.search(/\S/), message: "this line is no `key: value`", cost: 3 };
}

const indentOf = (line: string) => /^ */.exec(line)?.[0].length ?? 0;

/** A line, or a line with all that is nested below it, deeper or less deep. */
function indentations(lines: readonly string[], line: number): Repair[] {
  const at = line - 1;
  const content = lines[at] ?? "";
  const now = indentOf(content);
  const wanted = new Set([now - 2, now - 1, now + 1, now + 2]);
  for (const step of [-1, 1]) {
    for (let i = at + step; i >= 0 && i < lines.length; i += step) {
      if (!hasContent(lines[i] ?? "")) continue;
      const width = indentOf(lines[i] ?? "");
      for (const near of [width, width + 2]) wanted.add(near);
      break;
    }
  }
  let end = at + 1;
  while (end < lines.length && (!hasContent(lines[end] ?? "") || indentOf(lines[end] ?? "") > now)) end++;
  const repairs: Repair[] = [];
  for (const width of wanted) {
    if (width < 0 || width === now) continue;
    const direction = width > now ? "not deep enough" : "too deep";
    const message = `indented ${Math.abs(width - now)} ${Math.abs(width - now) === 1 ? "space" : "spaces"} ${direction}`;
    const cost = 1.5 + (width % 2 === 0 ? 0 : 1) + Math.abs(width - now) * 0.05;
    const shift = (text: string) =>
      hasContent(text) ? " ".repeat(Math.max(0, indentOf(text) + width - now)) + text.trimStart() : text;
    const place = { line, column: now + 1, message };
    repairs.push({ ...place, text: lines.with(at, shift(content)).join("\n"), cost });
    if (end > at + 1) {
      const block = [...lines.slice(0, at), ...lines.slice(at, end).map(shift), ...lines.slice(end)];
      repairs.push({ ...place, text: block.join("\n"), cost: cost + 0.1 });
    }
  }
  return repairs;
}

/** A line that belongs to the end of the one above. */
function joined(lines: readonly string[], line: number): Repair[] {
  let above = line - 2;
  while (above >= 0 && !hasContent(lines[above] ?? "")) above--;
  const content = lines[line - 1] ?? "";
  if (above < 0) return [];
  const text = lines
    .with(above, `${lines[above] ?? ""} ${content.trimStart()}`)
    .with(line - 1, "")
    .join("\n");
  return [
    { text, line, column: indentOf(content) + 1, message: "continues the line above, and has to be indented deeper", cost: 2.2 },
  ];
}
