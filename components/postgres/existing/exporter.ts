import type * as pulumi from "@pulumi/pulumi";
import { connect } from "../../network/connection";
import { PlatformComponent, type Environment } from "../../platform";
import type { Resources } from "../../schema";
import { fromSecret } from "../../workload/binding";
import { Workload } from "../../workload/workload";
import { databaseBinding, type DatabaseLogin } from "../binding";
import { METRICS_PORT } from "../endpoints";
import { labelNames, metricNames, type MonitoringQueries } from "../queries";
import { exporterQueries } from "./queries";

export interface DatabaseExporterArgs {
  readonly environment: Environment;
  /** `job` of its metrics. */
  readonly job: string;
  /** As a member of pg_monitor, at the server that it measures. */
  readonly login: DatabaseLogin;
  readonly queries: MonitoringQueries;
  readonly resources: Resources;
}

const QUERIES_FILE = "/etc/postgres-exporter/queries.yaml";
/** Of the exporter itself: whether its last round failed. */
export const LAST_SCRAPE_ERROR = "pg_exporter_last_scrape_error";
/** User `nobody` of the image. */
const NOBODY = 65_534;

/** Collectors that run by default: our queries ask for what is used, under names of their own. Source: config/config.go of v0.20.1 */
const COLLECTORS = [
  ...[
    "database",
    "locks",
    "replication",
    "replication_slots",
    "roles",
    "settings",
    "stat_activity",
    "stat_archiver",
    "stat_bgwriter",
  ],
  ...["stat_database", "stat_progress_vacuum", "stat_replication", "stat_user_tables", "statio_user_tables", "wal"],
];

/** postgres_exporter in front of one server of a database that is there already. */
export class DatabaseExporter extends PlatformComponent {
  constructor(name: string, args: DatabaseExporterArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:postgres:DatabaseExporter", name, args, opts);
    const { environment, job, login, queries } = args;
    const binding = databaseBinding(login);
    const { pods } = new Workload(
      name,
      {
        environment,
        namespace: environment.namespaces.data,
        component: "postgres",
        // A second one would count everything twice.
        replicas: 1,
        priorityClassName: environment.priorityClasses.platform,
        user: NOBODY,
        files: { [QUERIES_FILE]: exporterQueries(queries) },
        rollOn: binding.rollOn,
        volumes: binding.volumes,
        containers: [
          {
            name: "exporter",
            image: "postgresExporter",
            args: [
              `--extend.query-path=${QUERIES_FILE}`,
              "--disable-default-metrics",
              "--collection-timeout=20s",
              ...COLLECTORS.map((collector) => `--no-collector.${collector}`),
            ],
            env: {
              DATA_SOURCE_USER: login.user,
              DATA_SOURCE_PASS: fromSecret(login.secretName, "password"),
              DATA_SOURCE_URI: sourceOf(login),
            },
            ports: { metrics: METRICS_PORT },
            resources: args.resources,
            volumeMounts: binding.volumeMounts,
            readinessProbe: { httpGet: { path: "/", port: "metrics" }, periodSeconds: 10 },
            livenessProbe: { httpGet: { path: "/", port: "metrics" }, periodSeconds: 30 },
          },
        ],
      },
      { parent: this },
    );
    this.declare({
      connections: connect(pods, ...binding.endpoints),
      scrapeTargets: [
        {
          job,
          pods,
          port: "metrics",
          portNumber: METRICS_PORT,
          keepDeclared: true,
          metrics: [LAST_SCRAPE_ERROR, ...metricNames(queries)],
          labels: [...labelNames(queries), "server"],
        },
      ],
    });
    this.registerOutputs({});
  }
}

/** Host, port, database and how the server is verified, as the exporter takes them; user and password come apart. */
function sourceOf({ endpoint: { host, port }, database, trust }: DatabaseLogin): string {
  return `${host}:${port}/${database}?sslmode=${trust.mode}&sslrootcert=${trust.file}&application_name=postgres-exporter`;
}
