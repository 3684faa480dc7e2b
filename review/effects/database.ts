import { numberAt, textAt } from "../kubernetes/value";
import { count, listed } from "../rules/rule";
import { effectOf, fieldsWith, type Changed, type Effect } from "./effect";
import { needsRestart } from "./postgres-restart";
import { volumeEffects } from "./volumes";

/** Fields of a Cluster that the operator writes into the pods. */
const PODS =
  /^spec\.(?:imageName|imageCatalogRef|resources|affinity|topologySpreadConstraints|priorityClassName|schedulerName|env|envFrom|plugins|projectedVolumeTemplate|ephemeralVolumesSizeLimit|seccompProfile|podSecurityContext|securityContext|logLevel|stopDelay|startDelay|probes|livenessProbeTimeout)(?:[.[]|$)/;

/**
 * What CloudNativePG does with a database that runs.
 * Sources: https://cloudnative-pg.io/documentation/1.30/ (postgresql_conf, rolling_update, postgres_upgrades, storage, replication)
 */
export function databaseEffects(changed: Changed): Effect[] {
  return [
    ...upgrade(changed),
    ...restarts(changed),
    ...reloads(changed),
    ...instances(changed),
    ...effectOf(
      changed,
      /^spec\.postgresql\.synchronous/,
      "acts",
      "the commits that wait for a replica are others at once (the servers reload)",
    ),
    ...effectOf(
      changed,
      /^spec\.postgresql\.(?:pg_hba|pg_ident|ldap)/,
      "acts",
      "the servers reload: new connections are let in by the new rules, open ones stay",
    ),
    ...volumeEffects(
      changed,
      ["storage", "walStorage"].map((field) => ["spec", field]),
      "online",
    ),
    ...effectOf(
      changed,
      /^spec\.bootstrap(?:\.|$)/,
      "refused",
      "only a new database is made by this: the one that is there stays as it is",
    ),
  ];
}

function upgrade(changed: Changed): Effect[] {
  const [was, is] = [majorOf(textAt(changed.was, "spec", "imageName")), majorOf(textAt(changed.is, "spec", "imageName"))];
  if (was === undefined || is === undefined || was === is) return [];
  const what =
    is > was
      ? `the database is away while pg_upgrade takes it from PostgreSQL ${was} to ${is}; replicas are copied again, and there is no way back but a backup`
      : `the operator refuses PostgreSQL ${is} for data of ${was}`;
  return effectOf(changed, /^spec\.imageName$/, is > was ? "stops" : "refused", what);
}

function majorOf(image: string | undefined): number | undefined {
  const [, major] = /:(\d+)[^/]*$/.exec(image ?? "") ?? [];
  return major === undefined ? undefined : Number(major);
}

function restarts(changed: Changed): Effect[] {
  const fields = [...fieldsWith(changed, PODS), ...parameters(changed).filter((field) => needsRestart(nameOf(field)))];
  if (fields.length === 0) return [];
  const number = numberAt(changed.is, "spec", "instances") ?? 1;
  if (number === 1) return [{ severity: "stops", what: "the only instance restarts: there is no database meanwhile", fields }];
  const names = parameters(changed).map(nameOf).filter(needsRestart);
  const why = names.length === 0 ? "" : ` for ${listed(names)}`;
  const byHand = textAt(changed.is, "spec", "primaryUpdateStrategy") === "supervised";
  const method =
    textAt(changed.is, "spec", "primaryUpdateMethod") === "switchover"
      ? "another instance takes its place (switchover)"
      : "it restarts where it is";
  const primary = byHand
    ? "the primary waits until somebody switches over (primaryUpdateStrategy: supervised)"
    : `the primary comes last, and ${method}: writes stop for some seconds`;
  return [
    {
      severity: "restarts",
      what: `${count(number, "instance")} restart${why}, replicas first, one after the other; ${primary}`,
      fields,
    },
  ];
}

function parameters(changed: Changed): string[] {
  return fieldsWith(changed, /^spec\.postgresql\.(?:parameters\.|shared_preload_libraries)/).map((field) =>
    field.startsWith("spec.postgresql.shared_preload_libraries") ? "spec.postgresql.parameters.shared_preload_libraries" : field,
  );
}

function nameOf(field: string): string {
  return field.replace(/^spec\.postgresql\.parameters\./, "");
}

function reloads(changed: Changed): Effect[] {
  const fields = parameters(changed).filter((field) => !needsRestart(nameOf(field)));
  if (fields.length === 0) return [];
  return [{ severity: "acts", what: `the servers reload ${listed(fields.map(nameOf))}: nothing restarts`, fields }];
}

function instances(changed: Changed): Effect[] {
  const [was, is] = [numberAt(changed.was, "spec", "instances"), numberAt(changed.is, "spec", "instances")];
  if (was === undefined || is === undefined || was === is) return [];
  const what =
    is > was
      ? `${count(is - was, "more replica")} copy the database from the primary before they serve`
      : `${count(was - is, "replica")} and what is on their volumes are removed`;
  return effectOf(changed, /^spec\.instances$/, "acts", what);
}

/** A Pooler: its Deployment rolls for the pods' sake alone; settings of PgBouncer are reloaded. Source: https://cloudnative-pg.io/documentation/1.30/connection_pooling/ */
export function poolerEffects(changed: Changed): Effect[] {
  const number = numberAt(changed.is, "spec", "instances") ?? 1;
  const away = number === 1 ? ": there is none meanwhile" : ", some at a time: their clients connect again";
  return [
    ...effectOf(
      changed,
      /^spec\.(?:template|deploymentStrategy|type|cluster)(?:\.|$)/,
      number === 1 ? "stops" : "restarts",
      `${count(number, "pooler")} restart${number === 1 ? "s" : ""}${away}`,
    ),
    ...effectOf(changed, /^spec\.pgbouncer(?:\.|$)/, "acts", "PgBouncer reloads its settings: connections stay"),
    ...effectOf(
      changed,
      /^spec\.instances$/,
      "acts",
      `${number} poolers run instead of ${String(numberAt(changed.was, "spec", "instances") ?? 1)}`,
    ),
  ];
}
