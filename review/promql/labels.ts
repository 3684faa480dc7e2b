import { nearest } from "../../components/schema/did-you-mean";
import { parsePromql, type Aggregation, type Binary, type Expression, type Selector } from "./parse";
import { typeProblem } from "./types";

/** Names of labels; absent where they are not known. */
export type Labels = ReadonlySet<string> | undefined;

/** What is known of the series that an expression may read. */
export interface Series {
  /**
   * Labels of a metric, of those series that a selector may mean.
   * @param wanted false where the expression holds without any series too
   * @returns the labels (absent: not known), or why nothing exports it
   */
  readonly of: (
    selector: Selector,
    metric: string,
    wanted: boolean,
  ) => { readonly labels: Labels } | { readonly problem: string };
}

export interface Reading {
  /** What the expression reads and nothing exports, as sentences. */
  readonly problems: readonly string[];
  /** Labels of what it makes. */
  readonly labels: Labels;
}

const NO_LABELS: ReadonlySet<string> = new Set();
const WITHOUT_LABELS = new Set(["vector", "time", "scalar", "pi", "absent", "absent_over_time"]);
const KEEPS_LABELS = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

/** What an expression reads that is not there, and the labels of what it makes. */
export function readPromql(expr: string, series: Series): Reading {
  let expression: Expression;
  try {
    expression = parsePromql(expr);
  } catch (error) {
    return { problems: [(error as Error).message], labels: undefined };
  }
  const refused = typeProblem(expression);
  if (refused !== undefined) return { problems: [`Prometheus refuses it: ${refused}`], labels: undefined };
  const reader = new Reader(series);
  const labels = reader.labelsOf(expression);
  return { problems: [...reader.problems], labels };
}

class Reader {
  readonly problems = new Set<string>();
  private wanted = true;

  constructor(private readonly series: Series) {}

  labelsOf(expression: Expression): Labels {
    switch (expression.kind) {
      case "number":
      case "string":
        return NO_LABELS;
      case "selector":
        return this.ofSelector(expression);
      case "subquery":
        return this.labelsOf(expression.args[0]);
      case "call":
        return this.ofCall(expression.name, expression.args);
      case "aggregation":
        return this.ofAggregation(expression);
      case "binary":
        return this.ofBinary(expression);
    }
  }

  private ofSelector(selector: Selector): Labels {
    const { metric, matchers } = selector;
    if (metric === undefined) return undefined;
    const known = this.series.of(selector, metric, this.wanted);
    if ("problem" in known) {
      this.problems.add(known.problem);
      return undefined;
    }
    this.need(
      matchers.map(({ label }) => label),
      known.labels,
      metric,
    );
    return known.labels;
  }

  private ofCall(name: string, args: readonly Expression[]): Labels {
    const all = args.map((argument) => this.labelsOf(argument));
    if (WITHOUT_LABELS.has(name)) {
      const [first] = args;
      const matchers = name.startsWith("absent") && first?.kind === "selector" ? first.matchers : [];
      return new Set(matchers.filter(({ operator }) => operator === "=").map(({ label }) => label));
    }
    const texts = args.map((argument) => (argument.kind === "string" ? argument.value : ""));
    const vector = all[args.findIndex(({ kind }) => kind !== "number" && kind !== "string")];
    if (name === "label_replace" || name === "label_join") {
      const sources = name === "label_replace" ? [texts[3] ?? ""] : texts.slice(3);
      this.need(
        sources.filter((label) => label !== ""),
        vector,
        `the argument of ${name}`,
      );
      return vector && new Set([...vector, texts[1] ?? ""]);
    }
    if (name !== "histogram_quantile" || vector === undefined) return vector;
    this.need(["le"], vector, `the argument of ${name}`);
    return without(vector, ["le"]);
  }

  private ofAggregation({ operator, args, grouping }: Aggregation): Labels {
    const all = args.map((argument) => this.labelsOf(argument));
    const inner = all.at(-1);
    if (grouping?.by) this.need(grouping.labels, inner, `what ${operator} by (${grouping.labels.join(", ")}) is of`);
    if (KEEPS_LABELS.has(operator)) return inner;
    const [first] = args;
    const counted = operator === "count_values" && first?.kind === "string" ? [first.value] : [];
    if (grouping === undefined) return new Set(counted);
    if (grouping.by) return new Set([...grouping.labels, ...counted]);
    return inner && new Set([...without(inner, grouping.labels), ...counted]);
  }

  private ofBinary({ operator, matching, group, left, right }: Binary): Labels {
    const ofLeft = this.labelsOf(left);
    const ofRight = operator === "unless" ? this.ofException(right) : this.labelsOf(right);
    if (matching?.on) {
      const place = `of ${operator} on (${matching.labels.join(", ")})`;
      this.need(matching.labels, ofLeft, `the left side ${place}`);
      this.need(matching.labels, ofRight, `the right side ${place}`);
    }
    if (operator === "or") return ofLeft && ofRight && new Set([...ofLeft, ...ofRight]);
    if (operator === "and" || operator === "unless") return ofLeft;
    if (left.kind === "number") return ofRight;
    if (right.kind === "number") return ofLeft;
    if (group !== undefined) {
      const [many, one] = group.side === "left" ? [ofLeft, ofRight] : [ofRight, ofLeft];
      this.need(group.labels, one, `the other side of group_${group.side}`);
      return many && new Set([...many, ...group.labels]);
    }
    if (matching?.on) return new Set(matching.labels);
    const labels = ofLeft?.size === 0 ? ofRight : ofLeft;
    return matching === undefined ? labels : labels && without(labels, matching.labels);
  }

  /** What an expression leaves out, if there is any. */
  private ofException(expression: Expression): Labels {
    const { wanted } = this;
    this.wanted = false;
    const labels = this.labelsOf(expression);
    this.wanted = wanted;
    return labels;
  }

  private need(wanted: readonly string[], labels: Labels, place: string): void {
    if (labels === undefined) return;
    for (const label of wanted) if (!labels.has(label) && label !== "__name__") this.problems.add(noLabel(place, label, labels));
  }
}

/** A sentence: what has no such label, and which it may mean. */
export function noLabel(place: string, label: string, labels: ReadonlySet<string>): string {
  const meant = nearest(label, [...labels]);
  return `${place} has no label ${label}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

function without(labels: ReadonlySet<string>, left: readonly string[]): ReadonlySet<string> {
  return new Set([...labels].filter((label) => !left.includes(label)));
}
