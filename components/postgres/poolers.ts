import type { IPooler } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler";
import { resolveImage } from "../images/resolve";
import type { Environment } from "../platform";
import { parseDuration } from "../schema/duration";
import { acrossZonesAndHosts } from "../workload/spread";
import type { PostgresConfig } from "./config";
import { poolerPods, type PoolerType } from "./endpoints";
import { pullSecretReferences } from "./images";

/** The field `image` is newer than the package of types. */
export type Pooler = IPooler & { readonly spec: { readonly pgbouncer: { readonly image: string } } };

/** PgBouncer in front of the primary (`rw`) or the replicas (`ro`). */
export function poolerSpec(environment: Environment, config: PostgresConfig, type: PoolerType): Pooler["spec"] {
  const { instances, resources, ...limits } = config.poolers[type];
  const image = resolveImage(environment.images, "pgbouncer");
  const { cpu, memory } = resources;
  return {
    cluster: { name: config.name },
    instances,
    // Without a replica the Service of the replicas has no address: its readers go to whatever instance there is.
    type: type === "ro" && config.instances === 1 ? "r" : type,
    deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    pgbouncer: {
      image: image.reference,
      poolMode: "transaction",
      parameters: {
        client_tls_sslmode: "require",
        max_client_conn: String(limits.maxClients),
        default_pool_size: String(limits.poolSize),
        max_db_connections: String(limits.serverConnections),
        query_wait_timeout: String(parseDuration(limits.queryWait)),
        // Drivers prepare statements by name; since 1.21 PgBouncer keeps track of them across its server connections.
        max_prepared_statements: "200",
        // After a failover connections to the old primary are worth nothing: notice it in seconds.
        server_connect_timeout: "5",
        server_login_retry: "1",
        server_check_delay: "10",
        tcp_keepalive: "1",
        tcp_keepidle: "10",
        tcp_keepintvl: "5",
        tcp_keepcnt: "3",
        tcp_user_timeout: "15000",
      },
    },
    template: {
      metadata: { labels: { ...poolerPods(environment, type).labels } },
      spec: {
        priorityClassName: environment.priorityClasses.data,
        imagePullSecrets: pullSecretReferences(environment),
        // Transactions under way are finished first.
        terminationGracePeriodSeconds: 60,
        topologySpreadConstraints: acrossZonesAndHosts(
          { labels: poolerPods(environment, type).labels, byRevision: true },
          environment.zones,
        ),
        containers: [
          {
            name: "pgbouncer",
            imagePullPolicy: image.pullPolicy,
            resources: { requests: { cpu, memory }, limits: { cpu, memory } },
          },
        ],
      },
    },
  };
}
