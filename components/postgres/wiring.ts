import type { ScrapeTarget } from "../observability/scrape";
import { apiServerEndpoint } from "../network/api-server";
import { connect, type Connection } from "../network/connection";
import { operatorPods } from "../operators/endpoints";
import type { Environment } from "../platform";
import type { BucketAccess } from "../storage/access";
import { POSTGRES_JOB } from "./alerts";
import * as at from "./endpoints";
import { metricNames, type MonitoringQueries } from "./queries";

/** Metrics of the exporter itself and of its default queries that rules and dashboards may use. */
const EXPORTER_METRICS = ["cnpg_collector_*", "cnpg_backends_*", "cnpg_pg_*", "cnpg_last_error"];
/** Metrics that the backup plugin adds. */
const BACKUP_METRICS = ["barman_cloud_cloudnative_pg_io_*"];
const POOLERS = ["rw", "ro"] as const;

/** What instances, poolers and the operator need of each other. Programs declare their own way to the poolers. */
export function postgresConnections(environment: Environment, cluster: string, backups?: BucketAccess): Connection[] {
  const instances = at.instancePods(environment, cluster);
  const apiServer = apiServerEndpoint(environment.apiServer);
  const database = at.primaryEndpoint(environment, cluster);
  const status = at.statusEndpoint(environment, cluster);
  return [
    // Replicas copy and stream from the primary, and every instance asks the others whether it is cut off from them.
    ...connect(instances, database, status, apiServer),
    ...connect(operatorPods(environment, "cloudnative-pg"), database, status),
    ...POOLERS.flatMap((type) => connect(at.poolerPods(environment, type), database, apiServer)),
    // From the sidecar, which shares the instance's network.
    ...(backups === undefined ? [] : connect(instances, backups.endpoint, ...(backups.identityEndpoints ?? []))),
  ];
}

export function postgresScrapeTargets(
  environment: Environment,
  cluster: string,
  queries: MonitoringQueries,
  archive: boolean,
): ScrapeTarget[] {
  return [
    {
      job: POSTGRES_JOB,
      pods: at.instancePods(environment, cluster),
      port: "metrics",
      portNumber: at.METRICS_PORT,
      metrics: [...EXPORTER_METRICS, ...metricNames(queries), ...(archive ? BACKUP_METRICS : [])],
    },
    ...POOLERS.map((type) => ({
      job: at.poolerName(type),
      pods: at.poolerPods(environment, type),
      port: "metrics",
      portNumber: at.POOLER_METRICS_PORT,
      metrics: ["cnpg_pgbouncer_*"],
    })),
  ];
}
