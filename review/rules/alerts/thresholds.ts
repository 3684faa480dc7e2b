import { seconds } from "../../promql/duration";
import { selectorsOf, type Binary, type Expression } from "../../promql/parse";
import { count } from "../rule";

/** A sentence about the threshold of an alert, without the alert's name. */
type Said = readonly string[];

const HOUR = 3600;
/** Seconds after which nobody wants to be woken any more for something that waits. */
const MOST_OF_A_PAGE = 4 * HOUR;

/** What waits to be handled, or is behind: of nothing else (the age of a backup) is known how long is long. */
const WAITS = /outbox|inbox|order|queue|unsent|pending|waiting|lag|delay|late|duration|latency/;

/** Times in the units of another program: a threshold of 60000 for what is measured in seconds is 60 s in somebody's mind. */
export function unitsOf({ left, right, operator }: Binary, isPage: boolean): Said {
  const metric = measured(left);
  if (metric === undefined || !WAITS.test(metric) || right.kind !== "number" || !operator.startsWith(">")) return [];
  const { value } = right;
  const inMilliseconds = value >= 10_000 && value % 1000 === 0 && value % HOUR !== 0;
  if (metric.endsWith("_seconds") && (inMilliseconds || (isPage && value > MOST_OF_A_PAGE))) {
    const hint = inMilliseconds ? `; was ${value / 1000} meant, which is ${value} milliseconds?` : "; take less";
    return [`compares ${metric}, which is in seconds, with ${value}: people hear after ${time(value)}${hint}`];
  }
  return [];
}

function time(value: number): string {
  return value >= HOUR ? count(Number((value / HOUR).toPrecision(3)), "hour") : count(Math.round(value / 60), "minute");
}

/** The metric whose own value, or the largest or smallest of it, is compared. */
function measured(expression: Expression): string | undefined {
  if (expression.kind === "selector") return expression.metric;
  if (expression.kind !== "aggregation" && expression.kind !== "call") return undefined;
  const name = expression.kind === "aggregation" ? expression.operator : expression.name;
  const [first] = expression.args;
  return first !== undefined && /^(?:max|min|avg|last)(?:_over_time)?$/.test(name) ? measured(first) : undefined;
}

/**
 * What one side counts within a window and the other does not, against a rate over as long a time or longer: what may be under way is then as much as all that is counted, and
 * nothing is ever missed.
 * @param recording the expressions that are recorded under a name
 */
export function windowsOf({ left, right, operator }: Binary, recording: (name: string) => readonly Expression[]): Said {
  if (!operator.startsWith(">")) return [];
  const [under] = ratesIn(right);
  const sides = [left, ...recordedIn(left, recording)];
  if (under === undefined || !sides.some(isDifference)) return [];
  const ranges = sides.flatMap((side) => selectorsOf(side).flatMap(({ range }) => range ?? []));
  const window = Math.max(0, ...ranges.map((range) => seconds(range) ?? 0));
  if (window === 0 || under < window) return [];
  return [
    `allows for what comes in within ${time(under)}, and counts ${time(window)}: never more than that is missing, and it never fires; allow for less (mes:reconciliation.transit)`,
  ];
}

/** What is recorded under the names in an expression, and under the names in that. */
function recordedIn(
  expression: Expression,
  recording: (name: string) => readonly Expression[],
  seen = new Set<string>(),
): Expression[] {
  return selectorsOf(expression).flatMap(({ metric = "" }) => {
    if (seen.has(metric)) return [];
    seen.add(metric);
    return recording(metric).flatMap((one) => [one, ...recordedIn(one, recording, seen)]);
  });
}

/** Seconds by which a rate is multiplied. */
function ratesIn(expression: Expression): number[] {
  if (expression.kind === "selector" || expression.kind === "number" || expression.kind === "string") return [];
  if (expression.kind !== "binary") return expression.args.flatMap(ratesIn);
  const { left, right, operator } = expression;
  if (operator !== "*") return [...ratesIn(left), ...ratesIn(right)];
  const [number, other] = right.kind === "number" ? [right, left] : [left, right];
  return number.kind === "number" && hasRate(other) ? [number.value] : [];
}

function hasRate(expression: Expression): boolean {
  if (expression.kind === "call") return expression.name === "rate" || expression.args.some(hasRate);
  if (expression.kind === "binary") return hasRate(expression.left) || hasRate(expression.right);
  return expression.kind === "aggregation" && expression.args.some(hasRate);
}

function isDifference(expression: Expression): boolean {
  if (expression.kind === "binary")
    return expression.operator === "-" || isDifference(expression.left) || isDifference(expression.right);
  return (expression.kind === "aggregation" || expression.kind === "call") && expression.args.some(isDifference);
}
