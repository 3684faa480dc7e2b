import { CST, Lexer } from "yaml";

/** Lexemes that stand for no text: the beginning of a document, the end of a collection in brackets, and that a scalar follows. */
const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/**
 * Offset of the first value that is nested deeper than a number of levels, by brackets or by dashes on one line; undefined
 * where there is none. Parsers of YAML call themselves for each level, so this is told before they run.
 */
export function tooDeepAt(text: string, limit: number): number | undefined {
  let offset = 0;
  let brackets = 0;
  let dashes = 0;
  let scalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const isMark = MARKS.has(lexeme);
    const type = scalar || isMark ? undefined : CST.tokenType(lexeme);
    if (type === "flow-seq-start" || type === "flow-map-start") brackets++;
    else if (type === "flow-seq-end" || type === "flow-map-end") brackets--;
    else if (type === "seq-item-ind" || type === "explicit-key-ind") dashes++;
    else if (type === "newline") dashes = 0;
    if (brackets + dashes > limit) return offset;
    scalar = lexeme === CST.SCALAR;
    if (!isMark) offset += lexeme.length;
  }
  return undefined;
}
