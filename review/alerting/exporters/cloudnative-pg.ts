import { parse } from "yaml";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { entriesAt, listAt, recordAt, textAt } from "../../kubernetes/value";
import type { LeftOut } from "./model";

/** The operator's own queries, which its webhook adds where they are not refused. */
const DEFAULT_QUERIES = "cnpg-default-monitoring";
/** What the exporter measures without any query, and what the poolers' does. Source: pkg/management/postgres/webserver/metricserver of CloudNativePG */
const BUILT_IN = /^cnpg_(?:collector|last|pgbouncer)_/;
/** What the default queries measure. Source: config/manager/default-monitoring.yaml of CloudNativePG */
const BY_DEFAULT = /^cnpg_(?:backends|pg)_/;

/** The exporter in each instance asks the database what its queries ask. Source: CloudNativePG's page on monitoring */
export const cloudnativePg: LeftOut = (metric, { pods }, known) => {
  const cluster = pods.find(({ object }) => object.kind === "Cluster" && object.group === "postgresql.cnpg.io")?.object;
  if (cluster === undefined) return undefined;
  if (metric.startsWith("barman_cloud_cloudnative_pg_io_"))
    return listAt(cluster.spec, "plugins").some((plugin) => textAt(plugin, "name") === "barman-cloud.cloudnative-pg.io")
      ? undefined
      : `${title(cluster)} has no plug-in barman-cloud.cloudnative-pg.io`;
  if (!metric.startsWith("cnpg_") || BUILT_IN.test(metric)) return undefined;
  const sources = listAt(cluster.spec, "monitoring", "customQueriesConfigMap");
  const byDefault = recordAt(cluster.spec, "monitoring").disableDefaultQueries !== true;
  if (BY_DEFAULT.test(metric) && (byDefault || sources.some((one) => textAt(one, "name") === DEFAULT_QUERIES))) return undefined;
  const asked = queriesOf(cluster, sources, known);
  if (asked === undefined || asked.has(metric)) return undefined;
  return `no query of ${title(cluster)} asks for it in a database that has its tables (spec.monitoring.customQueriesConfigMap and its ConfigMaps)`;
};

/** Metrics of the queries that an instance is given; undefined if some of them are not known. */
function queriesOf(cluster: KubeObject, sources: readonly unknown[], known: Inventory): ReadonlySet<string> | undefined {
  const cached = cache.get(cluster);
  if (cached !== undefined) return cached === "unknown" ? undefined : cached;
  const metrics = new Set<string>();
  let isKnown = recordAt(cluster.spec, "monitoring").customQueriesSecret === undefined;
  for (const source of sources) {
    const map = known.find("ConfigMap", cluster.namespace, textAt(source, "name") ?? "");
    const text = textAt(map?.resource.inputs, "data", textAt(source, "key") ?? "queries");
    if (text === undefined) isKnown &&= textAt(source, "name") === DEFAULT_QUERIES || map !== undefined;
    else for (const metric of metricsIn(text, databasesOf(cluster, known))) metrics.add(metric);
  }
  cache.set(cluster, isKnown ? metrics : "unknown");
  return isKnown ? metrics : undefined;
}

const cache = new WeakMap<KubeObject, ReadonlySet<string> | "unknown">();

/** Databases of programs; undefined if they come out of a backup. */
function databasesOf({ spec, namespace, name }: KubeObject, known: Inventory): readonly string[] | undefined {
  if (recordAt(spec, "bootstrap").recovery !== undefined || recordAt(spec, "bootstrap").pg_basebackup !== undefined)
    return undefined;
  const declared = known
    .ofKind("Database")
    .filter((one) => one.namespace === namespace && textAt(one.spec, "cluster", "name") === name)
    .map((one) => textAt(one.spec, "name") ?? "");
  return [...declared, textAt(spec, "bootstrap", "initdb", "database") ?? "app"];
}

/** Tables of programs by their schema: neither those of Postgres itself, nor of extensions that keep theirs where the database is looked after. */
const TABLE =
  /\b(?:FROM|JOIN)\s+(?!pg_|information_schema\.|public\.|cron\.|partman\.|repack\.|pgagent\.|pglogical\.|timescaledb_)[a-z_]\w*\.[a-z_]/i;
/** FROM that no table follows. */
const OTHER_FROM = /\bDISTINCT\s+FROM\b|\b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY)\s*\([^()]*?\bFROM\b/gi;

/** Whether a query for tables of programs is asked in a database of theirs; without a list it is that of the programs. */
function isAskedThere(settings: unknown, databases: readonly string[] | undefined): boolean {
  const asked = listAt(settings, "target_databases").map(String);
  if (databases === undefined || asked.length === 0 || !TABLE.test((textAt(settings, "query") ?? "").replaceAll(OTHER_FROM, "")))
    return true;
  // A pattern of the shell may mean any.
  return asked.some((one) => databases.includes(one) || /[*?[]/.test(one));
}

function metricsIn(text: string, databases: readonly string[] | undefined): string[] {
  let queries: unknown;
  try {
    queries = parse(text);
  } catch {
    return [];
  }
  return entriesAt(queries).flatMap(([query, settings]) =>
    textAt(settings, "query") === undefined || !isAskedThere(settings, databases)
      ? []
      : listAt(settings, "metrics").flatMap((column) =>
          entriesAt(column).flatMap(([name, described]) =>
            /^(?:LABEL|DISCARD)$/i.test(textAt(described, "usage") ?? "")
              ? []
              : [`cnpg_${textAt(settings, "name") ?? query}_${name}`],
          ),
        ),
  );
}
