/*
 * As much of PromQL as it takes to say which series an expression reads, and which labels and values what it makes has. Prometheus' own grammar
 * (`@prometheus-io/lezer-promql`) takes as long for the expressions of a stack as all else of a plan does; the tests hold this reader against it.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/basics/
 */

import { seconds } from "./duration";

export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

export interface Selector {
  readonly kind: "selector";
  /** Absent where a matcher of `__name__` says more than one. */
  readonly metric?: string;
  readonly matchers: readonly Matcher[];
  /** As `5m`; absent for the last sample. */
  readonly range?: string;
}

export interface Aggregation {
  readonly kind: "aggregation";
  readonly operator: string;
  readonly grouping?: { readonly by: boolean; readonly labels: readonly string[] };
  readonly args: readonly Expression[];
}

export interface Binary {
  readonly kind: "binary";
  readonly operator: string;
  /** A comparison that gives 0 or 1, and drops nothing. */
  readonly bool: boolean;
  readonly matching: { readonly on: boolean; readonly labels: readonly string[] } | undefined;
  readonly group: { readonly side: "left" | "right"; readonly labels: readonly string[] } | undefined;
  readonly left: Expression;
  readonly right: Expression;
}

export type Expression =
  | Selector
  | Aggregation
  | Binary
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  /** An expression at many times: `rate(x[5m])[1h:]`. */
  | { readonly kind: "subquery"; readonly args: readonly [Expression] }
  /** Not a number where it is a variable of Grafana. */
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string };

const AGGREGATIONS = new Set(
  ["sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values"].concat([
    "bottomk",
    "topk",
    "quantile",
    "limitk",
    "limit_ratio",
  ]),
);

/** How tightly operators bind. `^` alone binds to the right, and tighter than a sign before it. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map(
  [["or"], ["and", "unless"], ["==", "!=", "<=", "<", ">=", ">"], ["+", "-"], ["*", "/", "%", "atan2"], ["^"]].flatMap(
    (operators, level) => operators.map((operator) => [operator, level] as const),
  ),
);
const POWER = 5;

interface Token {
  readonly type: "string" | "range" | "number" | "word" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

/** Expressions that were read already: several rules ask for the same ones. */
const read = new Map<string, Expression>();
const MOST_EXPRESSIONS = 2000;

/**
 * Reads an expression. Variables of Grafana stand for numbers, and inside of ranges and strings for anything.
 * @throws SyntaxError with the character where it is no PromQL
 */
export function parsePromql(expr: string): Expression {
  const known = read.get(expr);
  if (known !== undefined) return known;
  const expression = new Parser(tokensOf(expr), expr).whole();
  if (read.size >= MOST_EXPRESSIONS) read.clear();
  read.set(expr, expression);
  return expression;
}

/** The expression; undefined if it is no PromQL, which `metrics-exported` tells. */
export function promqlIn(expr: string): Expression | undefined {
  try {
    return parsePromql(expr);
  } catch {
    return undefined;
  }
}

const BLANK = /(?:\s+|#[^\n]*)+/y;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/y;
/** A text of which every backslash begins something. */
const ESCAPES = /^(?:`|(?:[^\\]|\\(?:[abfnrtv\\'"]|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))*$)/s;
const RANGE = /\[[^\]]*\]/y;
const NUMBER =
  /0x[\da-f]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?:(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)?|\$\{[^}]*\}|\$\w+/iy;
const WORD = /[a-z_:][\w:]*/iy;
const SIGN = /==|!=|>=|<=|=~|!~|[-+*/%^<>=(){},@]/y;

/** What a token may be, by the character that it begins with. */
function kindOf(first: string): readonly [Token["type"] | undefined, RegExp] {
  if (/[\s#]/.test(first)) return [undefined, BLANK];
  if (/[a-z_:]/i.test(first)) return ["word", WORD];
  if (/[\d.$]/.test(first)) return ["number", NUMBER];
  if (/["'`]/.test(first)) return ["string", STRING];
  return first === "[" ? ["range", RANGE] : ["sign", SIGN];
}

const KINDS = Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));

function tokensOf(expr: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expr.length) {
    const [type, pattern] = KINDS[expr.charCodeAt(at)] ?? [undefined, BLANK];
    pattern.lastIndex = at;
    if (!pattern.test(expr)) throw mistake(expr, at);
    const end = pattern.lastIndex;
    if (pattern === NUMBER && /[A-Za-z_]/.test(expr[end] ?? "")) throw mistake(expr, end);
    if (pattern === STRING && !ESCAPES.test(expr.slice(at, end))) throw mistake(expr, at);
    if (type !== undefined) tokens.push({ type, text: expr.slice(at, end), at });
    at = end;
  }
  return [...tokens, { type: "end", text: "", at }];
}

/**
 * An expression without spaces and comments: two that differ in these only are the same to Prometheus.
 * @throws SyntaxError with the character where it is no PromQL
 */
export function spacelessPromql(expr: string): string {
  return tokensOf(expr)
    .map(({ text }) => text)
    .join(" ");
}

function mistake(expr: string, at: number): SyntaxError {
  return new SyntaxError(`not PromQL, at character ${at + 1}: ${expr}`);
}

class Parser {
  private next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly expr: string,
  ) {}

  whole(): Expression {
    const expression = this.binary(0);
    if (this.peek().type !== "end") this.fail();
    return expression;
  }

  private peek(ahead = 0): Token {
    return this.tokens[Math.min(this.next + ahead, this.tokens.length - 1)]!;
  }

  private is(...texts: readonly string[]): boolean {
    const { type, text } = this.peek();
    return type === "sign" ? texts.includes(text) : type === "word" && texts.includes(text.toLowerCase());
  }

  private take(): Token {
    const token = this.peek();
    this.next++;
    return token;
  }

  private accept(...texts: readonly string[]): boolean {
    if (!this.is(...texts)) return false;
    this.next++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  private fail(): never {
    throw mistake(this.expr, this.peek().at);
  }

  /** Operands of operators that bind at least so tightly. */
  private binary(least: number): Expression {
    let left = this.unary();
    for (;;) {
      const operator = this.peek().text.toLowerCase();
      const level = this.peek().type === "string" ? undefined : PRECEDENCE.get(operator);
      if (level === undefined || level < least) return left;
      this.next++;
      const bool = this.accept("bool");
      const on = this.is("on");
      const matching = this.accept("on", "ignoring") ? { on, labels: this.labels() } : undefined;
      const isLeft = this.is("group_left");
      const group = this.accept("group_left", "group_right")
        ? { side: isLeft ? ("left" as const) : ("right" as const), labels: this.is("(") ? this.labels() : [] }
        : undefined;
      const right = this.binary(level === POWER ? level : level + 1);
      left = { kind: "binary", operator, bool, left, right, matching, group };
    }
  }

  private unary(): Expression {
    if (this.accept("+")) return this.binary(POWER);
    if (this.accept("-")) return negative(this.binary(POWER));
    return this.modified(this.primary());
  }

  /** Offsets and times change neither metric nor labels nor what values there may be. */
  private modified(primary: Expression): Expression {
    let expression = primary;
    for (;;) {
      if (this.peek().type === "range") {
        const range = this.peek().text.slice(1, -1).trim();
        const isSubquery = range.includes(":");
        if (!isRange(range) || (!isSubquery && (expression.kind !== "selector" || expression.range !== undefined))) this.fail();
        this.next++;
        if (isSubquery) expression = { kind: "subquery", args: [expression] };
        else if (expression.kind === "selector") expression = { ...expression, range };
      } else if (this.accept("offset")) {
        this.accept("-", "+");
        if (this.take().type !== "number") this.fail();
      } else if (this.accept("@")) {
        if (this.accept("start", "end")) {
          this.expect("(");
          this.expect(")");
        } else if (this.take().type !== "number") this.fail();
      } else return expression;
    }
  }

  private primary(): Expression {
    const { type, text } = this.peek();
    if (type === "number") {
      this.take();
      return { kind: "number", value: valueOf(text) };
    }
    if (type === "string") {
      this.take();
      return { kind: "string", value: unquoted(text) };
    }
    if (this.accept("(")) {
      const inner = this.binary(0);
      this.expect(")");
      return inner;
    }
    if (this.is("{")) return this.selector(undefined);
    if (type !== "word") this.fail();
    this.take();
    const word = text.toLowerCase();
    if (word === "inf" || word === "nan") return { kind: "number", value: word === "inf" ? Infinity : NaN };
    if (AGGREGATIONS.has(word) && this.is("(", "by", "without")) return this.aggregation(word);
    if (this.is("(")) return { kind: "call", name: word, args: this.args() };
    return this.selector(text);
  }

  private aggregation(operator: string): Expression {
    const before = this.grouping();
    const args = this.args();
    const grouping = before ?? this.grouping();
    return { kind: "aggregation", operator, args, ...(grouping === undefined ? {} : { grouping }) };
  }

  private grouping(): Aggregation["grouping"] {
    const by = this.is("by");
    return this.accept("by", "without") ? { by, labels: this.labels() } : undefined;
  }

  private labels(): string[] {
    this.expect("(");
    const labels: string[] = [];
    while (!this.accept(")")) {
      const { type, text } = this.take();
      if (type !== "word" && type !== "string") this.fail();
      labels.push(type === "string" ? unquoted(text) : text);
      if (!this.is(")")) this.expect(",");
    }
    return labels;
  }

  private args(): Expression[] {
    this.expect("(");
    const args: Expression[] = [];
    while (!this.accept(")")) {
      args.push(this.binary(0));
      if (!this.is(")")) this.expect(",");
    }
    return args;
  }

  private selector(name: string | undefined): Selector {
    let metric = name;
    const matchers: Matcher[] = [];
    if (this.accept("{")) {
      while (!this.accept("}")) {
        const { type, text } = this.take();
        if ((type !== "word" || text.includes(":")) && type !== "string") this.fail();
        const label = type === "string" ? unquoted(text) : text;
        // {"metric", label="value"}
        if (type === "string" && this.is(",", "}")) metric = label;
        else {
          const operator = this.take().text as Matcher["operator"];
          const value = this.take();
          if (!["=", "!=", "=~", "!~"].includes(operator) || value.type !== "string") this.fail();
          if (label === "__name__" && operator === "=") metric = unquoted(value.text);
          else matchers.push({ label, operator, value: unquoted(value.text) });
        }
        if (!this.is("}")) this.expect(",");
      }
    }
    return { kind: "selector", matchers, ...(metric === undefined ? {} : { metric }) };
  }
}

/** Inside of brackets: a duration, or two with a colon between, the second of which may be left out. Variables of Grafana stand for any. */
function isRange(text: string): boolean {
  const [range = "", step, ...more] = text.split(":").map((part) => part.trim());
  const isDuration = (part: string) => part.includes("$") || (seconds(part) ?? 0) > 0 || /^\d+(?:\.\d+)?$/.test(part);
  return isDuration(range) && (step === undefined || step === "" || isDuration(step)) && more.length === 0;
}

/** A number, also one written as a duration. */
function valueOf(text: string): number {
  return seconds(text) ?? Number(text.replaceAll("_", ""));
}

function negative(expression: Expression): Expression {
  if (expression.kind === "number") return { kind: "number", value: -expression.value };
  return { kind: "call", name: "-", args: [expression] };
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith("`") ? inner : inner.replaceAll(/\\(.)/g, "$1");
}

/** All selectors of an expression. */
export function selectorsOf(expression: Expression): Selector[] {
  switch (expression.kind) {
    case "selector":
      return [expression];
    case "binary":
      return [...selectorsOf(expression.left), ...selectorsOf(expression.right)];
    case "call":
    case "subquery":
    case "aggregation":
      return expression.args.flatMap(selectorsOf);
    default:
      return [];
  }
}
