import { title, type KubeObject } from "../../kubernetes/objects";
import { at, leaves, recordAt, textAt, type Json } from "../../kubernetes/value";
import type { Resource } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("operators-act");

/** What a value of a chart says of the namespaces that its operator looks at. */
interface Scope {
  readonly path: readonly string[];
  readonly names: readonly string[];
  /** It leaves out those that it names. */
  readonly denies?: boolean;
  /** Kinds that it is about. @default all of the operator but those of which another one is */
  readonly kinds?: readonly string[];
}

/** Names as a chart takes them: a list, or a text with commas between. */
function namesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "string") return [];
  return value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** @param own namespace of the operator */
type Reads = (values: Json, own: string) => readonly Scope[];

function listed(path: readonly string[], more: Omit<Scope, "path" | "names"> = {}): Reads {
  return (values) => {
    const names = namesOf(at(values, ...path));
    return names.length === 0 ? [] : [{ path, names, ...more }];
  };
}

function ownOnly(path: readonly string[], means: boolean): Reads {
  return (values, own) => (at(values, ...path) === means ? [{ path, names: [own] }] : []);
}

/** A switch for all namespaces, and those that count where it is off: its own where none is named. */
function switched(program: string, kinds?: readonly string[]): Reads {
  return (values, own) => {
    if (at(values, program, "watchAllNamespaces") !== false) return [];
    const names = namesOf(at(values, program, "watchNamespaces"));
    const path = [program, names.length === 0 ? "watchAllNamespaces" : "watchNamespaces"];
    return [{ path, names: names.length === 0 ? [own] : names, ...(kinds === undefined ? {} : { kinds }) }];
  };
}

const OPERATOR = "prometheusOperator";

/**
 * By chart. Sources: values.yaml and the operators' templates of each at its pinned version; cmd/operator/main.go of prometheus-operator, by which a
 * list for a kind takes precedence
 */
const SCOPES: Readonly<Record<string, readonly Reads[]>> = {
  keda: [listed(["watchNamespace"])],
  "cloudnative-pg": [ownOnly(["config", "clusterWide"], false)],
  "rabbitmq-cluster-operator": [switched("clusterOperator", ["RabbitmqCluster"]), switched("msgTopologyOperator")],
  "kube-prometheus-stack": [
    ownOnly([OPERATOR, "namespaces", "releaseNamespace"], true),
    listed([OPERATOR, "namespaces", "additional"]),
    listed([OPERATOR, "denyNamespaces"], { denies: true }),
    listed([OPERATOR, "prometheusInstanceNamespaces"], { kinds: ["Prometheus"] }),
    listed([OPERATOR, "alertmanagerInstanceNamespaces"], { kinds: ["Alertmanager"] }),
  ],
};

/** Kinds of which a part of a chart's values is, where it runs several operators. */
const PARTS: Readonly<Record<string, readonly string[]>> = { clusterOperator: ["RabbitmqCluster"] };

/** Variables and arguments that tell the programs themselves. Sources: the pages on the configuration of each */
const VARIABLES = ["WATCH_NAMESPACE", "OPERATOR_SCOPE_NAMESPACE"];
const ARGUMENT = /^--(?:(deny-)?namespaces?|(prometheus|alertmanager)-instance-namespaces)=(.+)$/;

function byProgram(values: Json): Scope[] {
  return leaves(values).flatMap(([path, value]): Scope[] => {
    if (typeof value !== "string") return [];
    const where = path.map(String);
    const part = Object.hasOwn(PARTS, where[0] ?? "") ? PARTS[where[0] ?? ""] : undefined;
    const ofPart = part === undefined ? {} : { kinds: part };
    const [, denies, kind, names] = ARGUMENT.exec(value) ?? [];
    if (names !== undefined) {
      const kinds = kind === undefined ? ofPart : { kinds: [kind === "prometheus" ? "Prometheus" : "Alertmanager"] };
      return [{ path: where, names: namesOf(names), denies: denies !== undefined, ...kinds }];
    }
    const variable = path.at(-1) === "value" ? textAt(at(values, ...path.slice(0, -1)), "name") : path.at(-1);
    if (!VARIABLES.includes(String(variable)) || value === "") return [];
    return [{ path: where, names: namesOf(value), ...ofPart }];
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
  const scopes = [...known.flatMap((reads) => reads(values, own)), ...byProgram(values)];
  const ofTheirOwn = new Set(scopes.flatMap(({ kinds = [] }) => kinds));
  const all = scopes.filter(({ denies, kinds }) => denies !== true && kinds === undefined).flatMap(({ names }) => names);
  return scopes.flatMap((scope) => {
    const denies = scope.denies === true;
    const names = denies || scope.kinds !== undefined ? scope.names : [...new Set(all)];
    const left = objects.find(
      ({ kind, namespace }) =>
        namespace !== "" &&
        (scope.kinds === undefined ? !ofTheirOwn.has(kind) : scope.kinds.includes(kind)) &&
        names.includes(namespace) === denies,
    );
    if (left === undefined) return [];
    const what = denies ? `leaves out ${names.join(", ")}` : `looks at ${names.join(", ")} alone`;
    const message = `${release.name} ${what}, so that nobody acts on ${title(left)}; remove it, or name the namespace ${left.namespace}`;
    return [error(release, ["values", ...scope.path], message)];
  });
}

/** Hosts of a network of one's own. */
const INSIDE =
  /^http:\/\/(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[^./:]+(?:[:/]|$)|[^/:]+\.(?:local|internal|intranet|lan|corp|home|svc|test)(?:[:/]|$))/i;

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
    return [(INSIDE.test(plain.text) ? warning : error)(release, plain.path, message)];
  }
  return [];
}
