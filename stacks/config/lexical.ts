import { CST, Lexer } from "yaml";

/** What is wrong with the characters of a YAML text, before its structure is known. */
export interface LexicalProblems {
  /** Offset of the first value that is nested deeper than the limit, by brackets or by dashes on one line. */
  readonly tooDeep: number | undefined;
  /** Offsets of tabs where the engine's parser takes spaces only; that of this program is less strict. */
  readonly tabs: readonly number[];
  /** Offsets of byte order marks that are not at the beginning, where a file was put behind another one: they belong to a word there. */
  readonly byteOrderMarks: readonly number[];
}

/** Lexemes that stand for no text: the beginning of a document, the end of a collection in brackets, and that a scalar follows. */
const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

const BYTE_ORDER_MARK = "\ufeff";

/** Reads a text up to the first value that is nested too deeply: parsers of YAML call themselves for each level. */
export function lexicalProblems(text: string, limit: number): LexicalProblems {
  const tabs: number[] = [];
  const byteOrderMarks: number[] = [];
  let offset = 0;
  let brackets = 0;
  let dashes = 0;
  /** Nothing but spaces and dashes so far on this line, so that a space is indentation. */
  let indenting = true;
  let scalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const isMark = MARKS.has(lexeme);
    const type = scalar || isMark ? undefined : CST.tokenType(lexeme);
    if (type === "flow-seq-start" || type === "flow-map-start") brackets++;
    else if (type === "flow-seq-end" || type === "flow-map-end") brackets--;
    else if (type === "seq-item-ind" || type === "explicit-key-ind") dashes++;
    else if (type === "newline") dashes = 0;
    if (brackets + dashes > limit) return { tooDeep: offset, tabs, byteOrderMarks };
    if (type === "space" && indenting && brackets === 0 && lexeme.includes("\t")) tabs.push(offset + lexeme.indexOf("\t"));
    if (scalar && offset > 0 && lexeme.includes(BYTE_ORDER_MARK)) byteOrderMarks.push(offset + lexeme.indexOf(BYTE_ORDER_MARK));
    if (type === "newline") indenting = true;
    else if (!isMark && type !== "space" && type !== "seq-item-ind" && type !== "explicit-key-ind") indenting = false;
    scalar = lexeme === CST.SCALAR;
    if (!isMark) offset += lexeme.length;
  }
  return { tooDeep: undefined, tabs, byteOrderMarks };
}
