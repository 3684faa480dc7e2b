import { entriesAt, isRecord, listAt, textAt, type Json } from "./value";

type Labels = Readonly<Record<string, string>>;

/** Whether a `LabelSelector` selects a set of labels. An empty selector selects everything, an absent one nothing. */
export function selects(selector: unknown, labels: Labels): boolean {
  if (!isRecord(selector)) return false;
  return (
    matchesLabels(entriesAt(selector, "matchLabels"), labels) &&
    listAt(selector, "matchExpressions").every((expression) => matchesExpression(expression, labels))
  );
}

/** Whether a plain mapping, as a Service's selector, selects a set of labels. An empty one selects nothing. */
export function selectsPlainly(selector: Json, labels: Labels): boolean {
  const entries = Object.entries(selector);
  return entries.length > 0 && matchesLabels(entries, labels);
}

function matchesLabels(entries: readonly [string, unknown][], labels: Labels): boolean {
  return entries.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

function matchesExpression(expression: unknown, labels: Labels): boolean {
  const key = textAt(expression, "key") ?? "";
  const values = listAt(expression, "values");
  const present = Object.hasOwn(labels, key);
  switch (textAt(expression, "operator")) {
    case "In":
      return present && values.includes(labels[key]);
    case "NotIn":
      return !present || !values.includes(labels[key]);
    case "Exists":
      return present;
    case "DoesNotExist":
      return !present;
    default:
      return false;
  }
}
