import { configFiles } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { at, listAt, textAt } from "../../kubernetes/value";
import { variablesOf, type Variable } from "../../kubernetes/variables";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("connections-open");

/** Databases that pods are told of, at a server of the plan. */
export function databaseFindings(known: Inventory): Finding[] {
  return known.pods.flatMap((group) => {
    const variables = variablesOf(group, known);
    const host = variables.get("PGHOST");
    const server = host === undefined ? undefined : serverAt(host.value, group.namespace, known);
    if (host === undefined || server === undefined) return [];
    return [...unknownDatabase(group, variables, server.cluster, known), ...writesToReplica(group, host, server, known)];
  });
}

interface Server {
  readonly cluster: KubeObject;
  readonly type: string;
}

/** The database behind a host: that of a pooler, or of a Service that the operator makes. */
function serverAt(host: string, own: string, known: Inventory): Server | undefined {
  const [service = "", namespace = own] = host.split(".");
  const pooler = known.find("Pooler", namespace, service);
  const [, name = "", type = ""] =
    pooler === undefined
      ? (/^(.+)-(rw|ro|r)$/.exec(service) ?? [])
      : ["", textAt(pooler.spec, "cluster", "name"), textAt(pooler.spec, "type") ?? "rw"];
  const cluster = known.find("Cluster", namespace, name);
  return cluster?.group === "postgresql.cnpg.io" ? { cluster, type } : undefined;
}

/** Databases that every server has. */
const EVERYWHERE = ["postgres", "template1"];

function unknownDatabase(
  { object }: PodGroup,
  variables: ReadonlyMap<string, Variable>,
  cluster: KubeObject,
  known: Inventory,
): Finding[] {
  const wanted = variables.get("PGDATABASE");
  // What a restored server holds, its backup says.
  if (wanted === undefined || at(cluster.spec, "bootstrap", "recovery") !== undefined) return [];
  const declared = known
    .ofKind("Database")
    .filter(({ namespace, spec }) => namespace === cluster.namespace && textAt(spec, "cluster", "name") === cluster.name)
    .filter(({ spec }) => spec.ensure !== "absent")
    .map(({ spec }) => textAt(spec, "name"));
  const names = [...declared, textAt(cluster.spec, "bootstrap", "initdb", "database") ?? "app"];
  const all = [...new Set(names.filter((one): one is string => one !== undefined))];
  if ([...all, ...EVERYWHERE].includes(wanted.value)) return [];
  const message = `connects to the database ${wanted.value}, which ${title(cluster)} does not have; it has ${listed(all)}`;
  return [error(object.resource, wanted.path, message)];
}

const WRITES = /\b(?:CREATE|ALTER|DROP|INSERT\s+INTO|UPDATE\s+\w|DELETE\s+FROM|GRANT|TRUNCATE)\b/i;

/** A job that changes something, sent to where nothing can be changed. */
function writesToReplica(group: PodGroup, host: Variable, { cluster, type }: Server, known: Inventory) {
  const { finite, spec, object } = group;
  if (!finite || type === "rw") return [];
  const scripts = configFiles(group, known).map(({ text }) => text);
  const words = listAt(spec, "containers").flatMap((one) => [...listAt(one, "command"), ...listAt(one, "args")]);
  if (![...scripts, ...words].some((text) => typeof text === "string" && WRITES.test(text))) return [];
  const message = `writes, and connects to ${host.value}, which leads to ${type === "ro" ? "replicas" : "any instance"} of ${title(cluster)}, where that is refused; connect it to the primary (-rw)`;
  return [error(object.resource, host.path, message)];
}
