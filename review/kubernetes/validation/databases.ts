import type { KubeObject } from "../objects";
import { at, entriesAt, isRecord, listAt, numberAt, recordAt, textAt } from "../value";
import { isTimeZone } from "./workloads";
import { hidden, shown, type Problem } from "./problem";

/**
 * What the webhook of CloudNativePG refuses of a database, beyond its schema, and what Postgres does not start with.
 * Source: internal/webhook/v1/cluster_webhook.go of CloudNativePG 1.30
 */
export function databaseProblems(object: KubeObject): Problem[] {
  return [...replication(object), ...bootstrap(object), ...volumes(object), ...roles(object), ...zones(object)];
}

function replication({ spec }: KubeObject): Problem[] {
  const problems: Problem[] = [];
  const says = (path: readonly string[], message: string) => problems.push({ path: ["spec", ...path], message });
  const [least = 0, most = 0] = ["minSyncReplicas", "maxSyncReplicas"].map((field) => numberAt(spec, field) ?? 0);
  if (spec.instances !== undefined && numberAt(spec, "instances") === undefined) return [];
  const instances = numberAt(spec, "instances") ?? 1;
  const synchronous = at(spec, "postgresql", "synchronous");
  if (isRecord(synchronous) && (least > 0 || most > 0))
    says(
      [least > 0 ? "minSyncReplicas" : "maxSyncReplicas"],
      "says again how many replicas a commit waits for, which postgresql.synchronous says: the webhook refuses both; remove it",
    );
  if (least > most) says(["minSyncReplicas"], `${least} is more than maxSyncReplicas (${most}), and is refused`);
  if (most > 0 && most >= instances)
    says(["maxSyncReplicas"], `${most} of ${instances} instances are no replicas, one is the primary: it is refused`);
  const path = ["postgresql", "synchronous"];
  const number = numberAt(synchronous, "number");
  const others = listAt(synchronous, "standbyNamesPre").length + listAt(synchronous, "standbyNamesPost").length;
  if (number !== undefined && number > instances - 1 + others)
    says([...path, "number"], `waits for ${number} replicas, and there are ${instances - 1}: it is refused; take fewer`);
  if (textAt(synchronous, "dataDurability") === "preferred" && others > 0)
    says([...path, "dataDurability"], "preferred goes without standbyNamesPre and standbyNamesPost: it is refused");
  return problems;
}

const WAYS = ["initdb", "recovery", "pg_basebackup"];

function bootstrap({ spec }: KubeObject): Problem[] {
  const ways = WAYS.filter((way) => isRecord(at(spec, "bootstrap", way)));
  const problems: Problem[] = [];
  if (ways.length > 1)
    problems.push({ path: ["spec", "bootstrap"], message: `begins by ${ways.join(" and ")}, and is refused; keep one` });
  if (isRecord(at(spec, "bootstrap", "recovery")) && spec.replica === undefined) {
    const sources = ["backup", "source", "volumeSnapshots"].filter((one) => at(spec, "bootstrap", "recovery", one) !== undefined);
    const says = (message: string) => problems.push({ path: ["spec", "bootstrap", "recovery"], message });
    if (sources.length === 0) says("is of nothing, and the database never begins; name a source");
    if (sources.includes("backup") && sources.includes("volumeSnapshots"))
      says("is of backup and volumeSnapshots, and is refused; name one source");
  }
  const names = listAt(spec, "externalClusters").map((one) => textAt(one, "name"));
  for (const path of [
    ["bootstrap", "recovery", "source"],
    ["bootstrap", "pg_basebackup", "source"],
    ["replica", "source"],
  ]) {
    const source = textAt(spec, ...path);
    if (source === undefined || hidden(source) || names.some((name) => name === source || hidden(name))) continue;
    problems.push({ path: ["spec", ...path], message: `${source} is none of externalClusters, and is refused; name one` });
  }
  return problems;
}

function volumes({ spec }: KubeObject): Problem[] {
  return ["storage", "walStorage"].flatMap((volume): Problem[] => {
    const own = recordAt(spec, volume);
    if (Object.keys(own).length === 0 || own.size !== undefined) return [];
    if (at(own, "pvcTemplate", "resources", "requests", "storage") !== undefined) return [];
    return [{ path: ["spec", volume], message: "has no size, and is refused; set size" }];
  });
}

/** Names that Postgres or the operator keeps. */
const KEPT = /^(?:postgres$|streaming_replica$|cnpg_|pg_)/;

function roles({ spec }: KubeObject): Problem[] {
  const all = listAt(spec, "managed", "roles").map((role, i) => ({ role, path: ["spec", "managed", "roles", i] }));
  const seen = new Set<string>();
  return all.flatMap(({ role, path }): Problem[] => {
    const name = textAt(role, "name") ?? "";
    if (hidden(name)) return [];
    const again = seen.has(name);
    seen.add(name);
    if (again) return [{ path, message: `there is a role ${name} already: the webhook refuses both; keep one` }];
    if (KEPT.test(name))
      return [{ path: [...path, "name"], message: `${name} belongs to Postgres or its operator, and is refused` }];
    const both = at(role, "disablePassword") === true && isRecord(at(role, "passwordSecret"));
    return both ? [{ path: [...path, "disablePassword"], message: "is set beside passwordSecret, and refused; keep one" }] : [];
  });
}

/** Parameters by which Postgres names a time zone: it does not start with one that it does not know. */
const ZONES = ["timezone", "log_timezone"];

function zones({ spec }: KubeObject): Problem[] {
  return entriesAt(spec, "postgresql", "parameters").flatMap(([key, value]): Problem[] => {
    if (!ZONES.includes(key.toLowerCase()) || typeof value !== "string" || hidden(value)) return [];
    // An offset, or what POSIX writes.
    if (isTimeZone(value) || /^(?:[+-]?\d+(?::\d+)?|GMT|<?[A-Za-z+\d-]{3,}>?[+-]?\d+.*)$/.test(value)) return [];
    const message = `${shown(value)} is no time zone, so that Postgres does not start; name it as Europe/Berlin`;
    return [{ path: ["spec", "postgresql", "parameters", key], message }];
  });
}
