import { parse } from "yaml";
import type { Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { entriesAt, isRecord, listAt, textAt } from "../kubernetes/value";
import { SECRET } from "../plan/plan";
import { matchesWhole } from "../promql/anchored";

/*
 * The configuration of Alertmanager, as far as rules ask for it.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/
 */

export interface AlertingConfig {
  /** The Secret with the configuration, and its key. */
  readonly secret: KubeObject;
  readonly key: string;
  /** Absent where nothing of it can be seen. */
  readonly root?: unknown;
}

/** The configuration that an Alertmanager of the operator reads. */
export function alertingConfig(alertmanager: KubeObject, known: Inventory): AlertingConfig | undefined {
  const name = textAt(alertmanager.spec, "configSecret") ?? `alertmanager-${alertmanager.name}`;
  const secret = known.find("Secret", alertmanager.namespace, name);
  if (secret === undefined) return undefined;
  const key = "alertmanager.yaml";
  const text = textAt(secret.resource.inputs, "stringData", key);
  if (text === undefined || text === SECRET) return { secret, key };
  try {
    return { secret, key, root: parse(text) as unknown };
  } catch {
    return { secret, key };
  }
}

/** A receiver, and the ways by which it tells people, e.g. `email`, `webhook`, `pagerduty`. */
export interface Receiver {
  readonly name: string;
  readonly ways: readonly string[];
  readonly settings: unknown;
}

export function receiversOf(root: unknown): Receiver[] {
  return listAt(root, "receivers").map((receiver) => ({
    name: textAt(receiver, "name") ?? "",
    ways: entriesAt(receiver).flatMap(([field, value]) => {
      const way = /^(\w+)_configs$/.exec(field)?.[1];
      return way === undefined || !Array.isArray(value) || value.length === 0 ? [] : [way];
    }),
    settings: receiver,
  }));
}

export interface Route {
  readonly path: readonly (string | number)[];
  readonly receiver?: string;
  readonly matchers: readonly string[];
  readonly settings: unknown;
  readonly routes: readonly Route[];
  readonly goesOn: boolean;
}

export function routeOf(value: unknown, path: Route["path"] = ["route"]): Route {
  const receiver = textAt(value, "receiver");
  return {
    path,
    ...(receiver === undefined ? {} : { receiver }),
    matchers: [
      ...listAt(value, "matchers").map(String),
      ...entriesAt(value, "match").map(([label, text]) => `${label}="${String(text)}"`),
      ...entriesAt(value, "match_re").map(([label, text]) => `${label}=~"${String(text)}"`),
    ],
    settings: value,
    routes: listAt(value, "routes").map((inner, i) => routeOf(inner, [...path, "routes", i])),
    goesOn: isRecord(value) && value.continue === true,
  };
}

export function allRoutes(route: Route): Route[] {
  return [route, ...route.routes.flatMap(allRoutes)];
}

interface Matcher {
  readonly label: string;
  /** `=`, `!=`, `=~` or `!~`. */
  readonly operator: string;
  readonly value: string;
}

/** `severity = page`, `alertname=~"A|B"`; undefined if it is no matcher. */
export function matcherOf(text: string): Matcher | undefined {
  const [, label, operator, value] = /^\s*\{?\s*"?([\w.-]+)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*\}?\s*$/.exec(text) ?? [];
  return label === undefined || operator === undefined ? undefined : { label, operator, value: value ?? "" };
}

/** Whether a matcher names a value, whether it selects it or all others. */
export function isMeant({ operator, value }: Matcher, actual: string): boolean {
  return operator.endsWith("~") ? (matchesWhole(value, actual) ?? false) : value === actual;
}

/**
 * Whether a matcher selects an alert of which some labels are known.
 * @returns undefined where that depends on a label that is not known
 */
function selectsAlert(matcher: string, labels: Readonly<Record<string, string>>): boolean | undefined {
  const parsed = matcherOf(matcher);
  if (parsed === undefined) return false;
  const actual = labels[parsed.label];
  if (actual === undefined) return undefined;
  return parsed.operator.startsWith("=") ? isMeant(parsed, actual) : !isMeant(parsed, actual);
}

export interface Delivery {
  readonly route: Route;
  readonly receiver: string;
}

/**
 * Where an alert may be delivered: by all routes that select it or may.
 * Source: `Route.Match` in dispatch/route.go of Alertmanager
 */
export function deliveries(route: Route, labels: Readonly<Record<string, string>>, inherited?: string): Delivery[] {
  const receiver = route.receiver ?? inherited ?? "";
  const found: Delivery[] = [];
  let certain = false;
  for (const inner of route.routes) {
    const selected = inner.matchers.map((matcher) => selectsAlert(matcher, labels));
    if (selected.includes(false)) continue;
    found.push(...deliveries(inner, labels, receiver));
    if (selected.includes(undefined)) continue;
    certain = true;
    if (!inner.goesOn) break;
  }
  // A route itself delivers only what none of its own takes.
  return certain ? found : [...found, { route, receiver }];
}
