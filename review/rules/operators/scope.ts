import { title, type KubeObject } from "../../kubernetes/objects";
import { leaves, recordAt, textAt, type Json } from "../../kubernetes/value";
import type { Resource } from "../../plan/plan";
import { matchesWhole } from "../../promql/anchored";
import { reporter, type Finding } from "../rule";

const { error } = reporter("operators-act");

/** What a value of a chart says of the namespaces that its operator looks at. */
interface Scope {
  readonly path: readonly string[];
  /** Namespaces it names; absent: its own alone. */
  readonly names?: readonly string[];
  /** It leaves out those that it names. */
  readonly denies?: boolean;
  /** Kinds that it is about. @default all of the operator */
  readonly kinds?: readonly string[];
}

/** Names as a chart takes them: a list, a mapping by name, or a text with commas between. */
function namesOf(value: unknown): readonly string[] {
  if (typeof value === "string")
    return value
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "");
  if (Array.isArray(value)) return value.map(String);
  return Object.entries(recordAt({ value }, "value")).flatMap(([name, on]) => (on === false ? [] : [name]));
}

type Reads = (values: Json) => readonly Scope[];

function listed(path: readonly string[], more: Omit<Scope, "path" | "names"> = {}): Reads {
  return (values) => {
    const value = path.reduce<unknown>((of, key) => recordAt({ of }, "of")[key], values);
    const names = namesOf(value);
    return names.length === 0 ? [] : [{ path, names, ...more }];
  };
}

function ownOnly(path: readonly string[], means: boolean): Reads {
  return (values) => {
    const value = path.reduce<unknown>((of, key) => recordAt({ of }, "of")[key], values);
    return value === means ? [{ path }] : [];
  };
}

const OPERATOR = "prometheusOperator";

/**
 * By chart. Sources: values.yaml of each at its pinned version, and the flags and variables of the programs: `WATCH_NAMESPACE` of KEDA and
 * CloudNativePG, `OPERATOR_SCOPE_NAMESPACE` of RabbitMQ's operators, `--namespaces` and `--deny-namespaces` of prometheus-operator, `--namespace` of
 * cert-manager
 */
const SCOPES: Readonly<Record<string, readonly Reads[]>> = {
  keda: [listed(["watchNamespace"])],
  "cloudnative-pg": [ownOnly(["config", "clusterWide"], false)],
  "rabbitmq-cluster-operator": [
    ownOnly(["watchAllNamespaces"], false),
    listed(["watchNamespaces"]),
    ownOnly(["clusterOperator", "watchAllNamespaces"], false),
    listed(["clusterOperator", "watchNamespaces"], { kinds: ["RabbitmqCluster"] }),
    ownOnly(["msgTopologyOperator", "watchAllNamespaces"], false),
    listed(["msgTopologyOperator", "watchNamespaces"]),
  ],
  "kube-prometheus-stack": [
    ownOnly([OPERATOR, "namespaces", "releaseNamespace"], true),
    listed([OPERATOR, "namespaces", "additional"]),
    listed([OPERATOR, "denyNamespaces"], { denies: true }),
    listed([OPERATOR, "prometheusInstanceNamespaces"], { kinds: ["Prometheus"] }),
    listed([OPERATOR, "alertmanagerInstanceNamespaces"], { kinds: ["Alertmanager"] }),
  ],
};

/** Variables and arguments that tell any of them the same, wherever a chart takes some. */
const VARIABLES = ["WATCH_NAMESPACE", "OPERATOR_SCOPE_NAMESPACE", "WATCH_NAMESPACES"];
const ARGUMENT = /^--(?:watch-)?(?:(deny-)?namespaces?|(prometheus|alertmanager)-instance-namespaces)=(.+)$/;

function byProgram(values: Json): Scope[] {
  return leaves(values).flatMap(([path, value]): Scope[] => {
    if (typeof value !== "string") return [];
    const where = path.map(String);
    const [, denies, kind, names] = ARGUMENT.exec(value) ?? [];
    if (names !== undefined) {
      const kinds = kind === undefined ? {} : { kinds: [kind === "prometheus" ? "Prometheus" : "Alertmanager"] };
      return [{ path: where, names: namesOf(names), denies: denies !== undefined, ...kinds }];
    }
    const holder = path.slice(0, -1).reduce<unknown>((of, key) => (of as Record<string | number, unknown>)[key], values);
    const variable = path.at(-1) === "value" ? textAt(holder, "name") : path.at(-1);
    if (!VARIABLES.includes(String(variable)) || value === "") return [];
    return [{ path: where, names: namesOf(value) }];
  });
}

/**
 * Objects in a namespace that their operator is told not to look at. Namespaces that several values name count together.
 * @param objects those that the operator is for
 */
export function scopeFindings(release: Resource, chart: string, objects: readonly KubeObject[]): Finding[] {
  const values = recordAt(release.inputs, "values");
  const own = textAt(release.inputs, "namespace") ?? "";
  const known = Object.hasOwn(SCOPES, chart) ? (SCOPES[chart] ?? []) : [];
  const scopes = [...known.flatMap((reads) => reads(values)), ...byProgram(values)];
  const together = scopes
    .filter(({ denies, kinds }) => denies !== true && kinds === undefined)
    .flatMap(({ names }) => names ?? [own]);
  return scopes.flatMap((scope) => {
    const names = scope.denies === true || scope.kinds !== undefined ? (scope.names ?? [own]) : together;
    const among = (namespace: string) => names.some((name) => name === namespace || matchesWhole(name, namespace) === true);
    const left = objects.find(
      ({ kind, namespace }) =>
        namespace !== "" && (scope.kinds?.includes(kind) ?? true) && among(namespace) === (scope.denies === true),
    );
    if (left === undefined) return [];
    const what = scope.denies === true ? `leaves out ${names.join(", ")}` : `looks at ${[...new Set(names)].join(", ")} alone`;
    const message = `${release.name} ${what}, so that nobody acts on ${title(left)}; remove it, or name the namespace ${left.namespace}`;
    return [error(release, ["values", ...scope.path], message)];
  });
}

/** Charts that come without anybody knowing who sent them. */
export function sourceFindings(release: Resource): Finding[] {
  const repository = textAt(release.inputs, "repositoryOpts", "repo") ?? "";
  const chart = textAt(release.inputs, "chart") ?? "";
  const plain = [
    { path: "repositoryOpts.repo", text: repository },
    { path: "chart", text: chart },
  ].find(({ text }) => /^(?:http|git):\/\//i.test(text));
  if (plain !== undefined) {
    const message = `${plain.text}: without TLS whoever is on the way puts an operator of his own into the cluster; use https (mes:operators.${release.name}.repository)`;
    return [error(release, plain.path, message)];
  }
  return [];
}
