/** What a token of a script is that spaces or semicolons in it end nothing. Source: https://www.postgresql.org/docs/18/sql-syntax-lexical.html */
const TOKEN = /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[a-z_]\w*)?\$)[^]*?\1|\s+|;|[^\s;'"$/-]+|[^]/giy;

interface Statement {
  /** What it is about, e.g. `CREATE TABLE outbox`; with a number where several are. */
  readonly key: string;
  readonly statement: string;
}

/**
 * The statements of a script, in order, without comments and with single spaces between their words; what is quoted is as it was written. A line of psql
 * (`\\set …`) is one too.
 */
export function statementsOf(script: string): readonly Statement[] {
  const seen = new Map<string, number>();
  return split(script).map((statement) => {
    const subject = subjectOf(statement);
    const number = (seen.get(subject) ?? 0) + 1;
    seen.set(subject, number);
    return { key: number === 1 ? subject : `${subject} #${number}`, statement };
  });
}

function split(script: string): string[] {
  const statements: string[] = [];
  let words = "";
  const end = (): void => {
    if (words.trim() !== "") statements.push(words.trim());
    words = "";
  };
  for (let at = 0; at < script.length;) {
    const meta = words.trim() === "" ? /\\[^\n]*/y : undefined;
    const pattern = meta !== undefined && script[at] === "\\" ? meta : TOKEN;
    pattern.lastIndex = at;
    const [token = script[at] ?? ""] = pattern.exec(script) ?? [];
    at += token.length;
    if (pattern === meta) statements.push(token.trim());
    else if (token === ";") end();
    else if (/^(?:\s|--|\/\*)/.test(token)) words += words.endsWith(" ") ? "" : " ";
    else words += token;
  }
  end();
  return statements;
}

/** `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS sent ON …` → `CREATE INDEX sent`. */
function subjectOf(statement: string): string {
  const words = statement
    .split(/[\s(]+/)
    .filter((word) => !/^(?:or|replace|unique|concurrently|if|not|exists|temp|temporary|only)$/i.test(word));
  return words.slice(0, 3).join(" ");
}
