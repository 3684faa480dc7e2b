import { nearest } from "../../components/schema/did-you-mean";
import { FUNCTIONS, type Type } from "./functions";
import { matchesWhole } from "./anchored";
import type { Aggregation, Binary, Expression, Matcher, Selector } from "./parse";

/** Aggregations whose first argument is no vector. */
const PARAMETERS: Readonly<Record<string, Type>> = {
  bottomk: "scalar",
  count_values: "string",
  limit_ratio: "scalar",
  limitk: "scalar",
  quantile: "scalar",
  topk: "scalar",
};

const SETS = new Set(["and", "or", "unless"]);
const COMPARISONS = new Set(["==", "!=", "<=", "<", ">=", ">"]);

/** What Prometheus refuses of an expression that parses, in words that go after it; undefined if it takes it. */
export function typeProblem(expression: Expression): string | undefined {
  try {
    typeOf(expression);
    return undefined;
  } catch (error) {
    if (error instanceof TypeProblem) return error.message;
    throw error;
  }
}

class TypeProblem extends Error {}

/** @throws TypeProblem */
function typeOf(expression: Expression): Type {
  switch (expression.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "selector":
      return ofSelector(expression);
    case "subquery":
      expects(expression.args[0], "vector", "a subquery");
      return "matrix";
    case "call":
      return ofCall(expression.name, expression.args);
    case "aggregation":
      return ofAggregation(expression);
    case "binary":
      return ofBinary(expression);
  }
}

function expects(argument: Expression, wanted: Type, where: string): void {
  const type = typeOf(argument);
  if (type === wanted || (type === "scalar" && wanted === "vector" && where === "a subquery")) return;
  throw new TypeProblem(`${where} takes a ${wanted}, and is given a ${type}`);
}

function ofSelector({ metric, matchers, range }: Selector): Type {
  const patterns = matchers.filter(({ operator }) => operator === "=~" || operator === "!~");
  for (const { value } of patterns) {
    if (!isPattern(value)) throw new TypeProblem(`${value} is no regular expression`);
  }
  if (metric === undefined && matchers.every(takesEmpty))
    throw new TypeProblem("selects all series: name a metric, or a value of a label");
  return range === undefined ? "vector" : "matrix";
}

/** Whether a series without the label is selected. */
function takesEmpty({ operator, value }: Matcher): boolean {
  if (operator === "=" || operator === "!=") return (operator === "=") === (value === "");
  return matchesWhole(value, "") === (operator === "=~");
}

/** Go's syntax has a few things that JavaScript's has not; whatever begins so is not judged. */
function isPattern(text: string): boolean {
  if (/\(\?[a-zA-Z-]*[:)]|\(\?P|\[\[:|\\[zAQECpP]/.test(text)) return true;
  // JavaScript reads a ] that comes first as the end.
  if (/\[\^?\]/.test(text)) return /\[\^?\][^\]]*\]/.test(text);
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function ofCall(name: string, args: readonly Expression[]): Type {
  // A sign.
  if (name === "-" || name === "+") {
    const type = args[0] === undefined ? "scalar" : typeOf(args[0]);
    if (type === "scalar" || type === "vector") return type;
    throw new TypeProblem(`a sign before a ${type}`);
  }
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) {
    const near = nearest(name, Object.keys(FUNCTIONS));
    throw new TypeProblem(`there is no function ${name}${near === undefined ? "" : `; use ${near}`}`);
  }
  const { takes, optional = 0, more = false, gives } = known;
  const least = takes.length - optional;
  if (args.length < least || (!more && args.length > takes.length)) {
    const most = more ? " or more" : optional > 0 ? ` to ${takes.length}` : "";
    throw new TypeProblem(`${name} takes ${least}${most} arguments, and is given ${args.length}`);
  }
  for (const [i, argument] of args.entries()) expects(argument, takes[i] ?? takes.at(-1) ?? "vector", name);
  return gives;
}

function ofAggregation({ operator, args }: Aggregation): Type {
  const parameter = Object.hasOwn(PARAMETERS, operator) ? PARAMETERS[operator] : undefined;
  const takes: Type[] = parameter === undefined ? ["vector"] : [parameter, "vector"];
  if (args.length !== takes.length)
    throw new TypeProblem(`${operator} takes ${takes.length} arguments, and is given ${args.length}`);
  for (const [i, argument] of args.entries()) expects(argument, takes[i] ?? "vector", operator);
  return "vector";
}

function ofBinary({ operator, bool, matching, left, right }: Binary): Type {
  const types = [typeOf(left), typeOf(right)];
  const wrong = types.find((type) => type !== "scalar" && type !== "vector");
  if (wrong !== undefined) throw new TypeProblem(`${operator} takes scalars and vectors, and is given a ${wrong}`);
  const scalars = types.filter((type) => type === "scalar").length;
  if (SETS.has(operator) && scalars > 0) throw new TypeProblem(`${operator} takes vectors, and is given a scalar`);
  if (bool && !COMPARISONS.has(operator)) throw new TypeProblem(`bool goes with comparisons, not with ${operator}`);
  if (COMPARISONS.has(operator) && scalars === 2 && !bool)
    throw new TypeProblem(`${operator} of two scalars needs bool after it`);
  if (matching !== undefined && matching.labels.length > 0 && scalars > 0)
    throw new TypeProblem(`${operator} matches labels of vectors, and is given a scalar`);
  return scalars === 2 ? "scalar" : "vector";
}
