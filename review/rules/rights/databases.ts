import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { numberAt, textAt } from "../../kubernetes/value";
import type { PlannedProgram } from "../../orders/programs";
import { count, reporter, type Finding } from "../rule";

const { error, warning } = reporter("database-rights");

/** PgBouncer's own. Source: https://www.pgbouncer.org/config.html, default_pool_size */
const POOL = 20;

/** Whether a database lets its programs in. Source: https://www.postgresql.org/docs/18/sql-createdatabase.html */
export function databaseFindings(known: Inventory, programs: readonly PlannedProgram[]): Finding[] {
  return known
    .ofKind("Database")
    .filter(({ group }) => group === "postgresql.cnpg.io")
    .flatMap((database) => {
      const { resource, spec } = database;
      const name = textAt(spec, "name") ?? "";
      const users = new Set(
        programs.filter(({ variables }) => variables.get("PGDATABASE")?.value === name).map((one) => one.program.name),
      ).size;
      if (users === 0) return [];
      if (spec.allowConnections === false) {
        const message = `nobody may connect to ${name}, which ${count(users, "program")} use: no order is written; take allowConnections out`;
        return [error(resource, "spec.allowConnections", message)];
      }
      const limit = numberAt(spec, "connectionLimit") ?? -1;
      const opened = pooled(database, known);
      if (limit < 0 || limit >= opened) return [];
      const message = `${name} takes ${count(limit, "connection")}, and its poolers open ${opened}: the others are refused, and orders wait; raise connectionLimit, or leave it out`;
      return [(limit < users ? error : warning)(resource, "spec.connectionLimit", message)];
    });
}

/** Connections that poolers open to the primary of a database's Cluster. */
function pooled({ namespace, spec }: KubeObject, known: Inventory): number {
  const cluster = textAt(spec, "cluster", "name");
  return known
    .ofKind("Pooler")
    .filter((one) => one.namespace === namespace && textAt(one.spec, "cluster", "name") === cluster)
    .filter((one) => (textAt(one.spec, "type") ?? "rw") === "rw")
    .reduce((sum, one) => {
      const parameter = (key: string) => numberAt(one.spec, "pgbouncer", "parameters", key);
      return (
        sum + (numberAt(one.spec, "instances") ?? 1) * (parameter("max_db_connections") ?? parameter("default_pool_size") ?? POOL)
      );
    }, 0);
}
