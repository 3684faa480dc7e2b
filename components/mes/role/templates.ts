import type { RoleConfig } from "../config";
import { brokerVariables, environmentVariables, namedVariables, type Duty } from "../contract/contract";
import { usesBroker } from "../users";
import { dutiesOf } from "./duties";
import { managementPort, metricsPath } from "./ports";

/*
 * `$(NAME)` in a text, as Kubernetes reads it: the value of a variable that is declared before; `$$` is a dollar, so that `$$(NAME)` stays
 * as `$(NAME)`; what is not declared, or declared later, stays as it is written, and no one is told.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.36.3/third_party/forked/golang/expansion/expand.go, and makeEnvironmentVariables in
 * pkg/kubelet/kubelet_pods.go
 */
const REFERENCE = /\$(?:\$|\(([^)]*)\))/g;

/** Names of the variables that a text refers to, each once. */
export function referencesIn(text: string): string[] {
  return [...new Set([...text.matchAll(REFERENCE)].flatMap(([, name]) => name ?? []))];
}

/** A text with the values in the place of the references, as the kubelet makes it. */
export function expanded(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(REFERENCE, (whole, name: string | undefined) => (name === undefined ? "$" : (valueOf(name) ?? whole)));
}

type Texts = Readonly<Record<string, string>>;

/** The variables, each after those that it refers to; those in a circle last, as they are written. */
export function inOrder(env: Texts): Record<string, string> {
  const placed: Record<string, string> = {};
  const place = (name: string, above: readonly string[]): void => {
    const text = env[name];
    if (text === undefined || Object.hasOwn(placed, name) || above.includes(name)) return;
    for (const other of referencesIn(text)) place(other, [...above, name]);
    placed[name] = text;
  };
  for (const name of Object.keys(env)) place(name, []);
  return placed;
}

/** A variable that refers to itself, over others or at once, as the names on the way; undefined if none does. */
export function circleIn(env: Texts): string[] | undefined {
  const follow = (name: string, above: readonly string[]): string[] | undefined => {
    if (above.includes(name)) return [...above.slice(above.indexOf(name)), name];
    for (const other of referencesIn(env[name] ?? "")) {
      const circle = follow(other, [...above, name]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  for (const name of Object.keys(env)) {
    const circle = follow(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** What decides which variables a role has, beside itself. */
export interface VariableSources {
  /** Traces are collected. */
  readonly tracing: boolean;
  /** The object store is in the cluster. */
  readonly storeInCluster: boolean;
  /** The broker's certificate is of a CA that images do not know. */
  readonly brokerCa: boolean;
}

/** Variables of an exporter of traces, which only a stack with tracing sets. */
const OF_TRACING = Object.keys(environmentVariables.all.shape).filter((name) =>
  /^OTEL_(?:EXPORTER|TRACES|PROPAGATORS)/.test(name),
);
const OF_STORE_IN_CLUSTER = ["AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CA_BUNDLE"];

/** Names of all variables that a role's containers have. */
export function variableNames(role: RoleConfig, { tracing, storeInCluster, brokerCa }: VariableSources): Set<string> {
  const duties = dutiesOf(role);
  const ofContract = [...duties].flatMap((duty: Duty) => Object.keys(environmentVariables[duty].shape));
  const left = [
    ...(tracing ? [] : OF_TRACING),
    ...(brokerCa ? [] : ["AMQP_CA_FILE"]),
    ...(managementPort(role) === undefined ? ["MES_MANAGEMENT_PORT"] : []),
    ...(metricsPath(role) === undefined ? ["MES_METRICS_LINGER_SECONDS"] : []),
  ];
  return new Set([
    ...[...ofContract, ...(usesBroker(role) ? Object.keys(brokerVariables.shape) : [])].filter((name) => !left.includes(name)),
    ...Object.keys(role.storage).map(namedVariables.bucket),
    ...(duties.has("storage") && storeInCluster ? OF_STORE_IN_CLUSTER : []),
    ...role.calls.map(namedVariables.role),
    ...[role.env, role.secrets, role.secretRefs].flatMap((map) => Object.keys(map)),
  ]);
}

/** Variables that a text reads, those of the variables that it refers to included. */
export function readBy(text: string, env: Texts, seen = new Set<string>()): Set<string> {
  for (const name of referencesIn(text)) {
    if (seen.has(name)) continue;
    seen.add(name);
    readBy(env[name] ?? "", env, seen);
  }
  return seen;
}
