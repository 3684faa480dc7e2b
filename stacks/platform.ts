import { VerticalRecommendations } from "../components/autoscaling/recommendations";
import { Agents } from "../components/agents/agents";
import { Broker } from "../components/broker/broker";
import { Cache } from "../components/cache/cache";
import { Gateway } from "../components/gateway/gateway";
import { lokiEndpoint } from "../components/logging/endpoints";
import { Logging } from "../components/logging/logging";
import { busy } from "../components/mes/busy";
import { Mes } from "../components/mes/mes";
import { brokerUsers, databaseUsers } from "../components/mes/users";
import { prometheusEndpoint, prometheusPods } from "../components/monitoring/endpoints";
import { Monitoring, type Published } from "../components/monitoring/monitoring";
import { selectedLabels } from "../components/monitoring/rules";
import { clusterNetwork, type ClusterNetwork } from "../components/network/cluster-network";
import { NetworkPolicies } from "../components/network/policies";
import { operatorPods } from "../components/operators/endpoints";
import { Outbox } from "../components/outbox/outbox";
import { outboxQueries } from "../components/outbox/queries";
import type { Environment } from "../components/platform";
import { ExistingPostgres } from "../components/postgres/existing/existing";
import { Postgres } from "../components/postgres/postgres";
import { Storage } from "../components/storage/storage";
import { jaegerQueryEndpoint } from "../components/tracing/endpoints";
import { Tracing } from "../components/tracing/tracing";
import type { StackConfig } from "./config/schema";
import { environmentOf } from "./environment";
import { groundwork, type Groundwork } from "./groundwork";
import { outputsOf } from "./outputs";
import { dataTargets } from "./recommendations";
import { keepsLogsInBucket, objectStoreUsers } from "./users";

/** What every part is made of. */
interface Stack extends Groundwork {
  readonly environment: Environment;
  readonly config: StackConfig;
}

/**
 * The whole platform of one stack: every part, and how the parts are wired. A part is collected for monitoring and network policies by being
 * made, and has to be made before `monitoring`.
 * @param publish is told what no resource tells. @default nobody
 */
export function platform(name: string, config: StackConfig, publish?: (published: Published) => void): Record<string, unknown> {
  const network = clusterNetwork(config.cluster, config.monitoring);
  const environment = environmentOf(name, config, network);
  const stack = { environment, config, ...groundwork(environment, config) };

  const data = dataServices(stack);
  const tracing = tracesAndLogs(stack, data);
  const mes = roles(stack, data, tracing);
  const gateway = entrance(stack, mes);
  const { published } = monitoring(stack);
  publish?.(published);
  networkPolicies(stack, network);
  return outputsOf({ environment, gateway, broker: data.broker, grafana: config.monitoring.existing.grafana === undefined });
}

/** Object store, database, outbox, broker and cache: who uses them is derived from the roles and from the other parts. */
function dataServices({ environment, config, issuer, opts }: Stack) {
  const users = objectStoreUsers(config, environment);
  const storage = config.storage && new Storage("storage", { environment, config: config.storage, issuer, users }, opts);
  const postgres = database({ environment, config, issuer, opts }, storage);
  const outbox = postgres && new Outbox("outbox", { environment, config: config.outbox, database: postgres.owner }, opts);
  const prometheus = { pods: prometheusPods(environment), selectedBy: selectedLabels(environment) };
  const broker =
    config.broker &&
    new Broker("broker", { environment, config: config.broker, issuer, users: brokerUsers(config.roles), prometheus }, opts);
  const cache = config.cache.enabled ? new Cache("cache", { environment, config: config.cache, issuer }, opts) : undefined;
  if (config.verticalRecommendations) {
    new VerticalRecommendations("recommendations", { environment, targets: dataTargets(environment, config) }, opts);
  }
  return { storage, postgres, outbox, broker, cache };
}

/** The platform's own database, or one that is there already. */
function database(
  { environment, config: { postgres, roles }, issuer, opts }: Omit<Stack, "optsAfter">,
  storage: Storage | undefined,
) {
  if (postgres === undefined) return undefined;
  const common = { environment, users: databaseUsers(roles), monitoringQueries: outboxQueries };
  if ("existing" in postgres) return new ExistingPostgres("postgres", { ...common, config: postgres }, opts);
  const backups = postgres.backups.enabled ? storage?.access("postgres", "backups") : undefined;
  return new Postgres("postgres", { ...common, config: postgres, issuer, backups }, opts);
}

type DataServices = ReturnType<typeof dataServices>;

/** From the collector on every node to Jaeger and Loki. */
function tracesAndLogs({ environment, config, issuer, opts }: Stack, { storage }: DataServices): Tracing {
  const works = busy(config.roles, environment, config.gateway?.metrics !== undefined);
  const tracing = new Tracing("tracing", { environment, config: config.tracing, issuer, busy: works }, opts);
  new Agents("agents", { environment, config: config.agents, issuer, tracing: config.tracing, logging: config.logging }, opts);
  const bucket =
    storage && keepsLogsInBucket(config)
      ? { access: storage.access("loki", "logs"), binding: storage.binding("loki") }
      : undefined;
  new Logging("logging", { environment, config: config.logging, issuer, bucket }, opts);
  return tracing;
}

/** The MES itself, once its tables are there. */
function roles({ environment, config, optsAfter }: Stack, data: DataServices, tracing: Tracing): Mes {
  const { storage, postgres, outbox, broker, cache } = data;
  return new Mes(
    "mes",
    {
      environment,
      roles: config.roles,
      reconciliation: config.reconciliation,
      gatewayMeasured: config.gateway?.metrics !== undefined,
      slos: config.slos,
      metricsKept: config.monitoring.prometheus.retention,
      brokerMeasured: config.broker?.existing === undefined || config.broker.existing.metrics !== undefined,
      gpusMeasured: config.monitoring.gpuExporter.enabled ?? hasGpus(config),
      bindings: {
        database: postgres && ((role) => postgres.binding(role)),
        broker: broker && ((role) => broker.binding(role)),
        storage: storage && ((role) => storage.binding(role)),
        cache: cache && (() => cache.binding()),
        tracing: tracing.binding(),
      },
      scaling: {
        keda: operatorPods(environment, "keda-operator"),
        prometheus: prometheusEndpoint(environment),
        broker: broker?.scaling,
      },
    },
    optsAfter(...(outbox === undefined ? [] : [outbox.migrated])),
  );
}

/** What leads to the roles from outside of the cluster. */
function entrance({ environment, config, issuer, opts }: Stack, { routes }: Mes): Gateway | undefined {
  return config.gateway && new Gateway("gateway", { environment, config: config.gateway, issuer, routes }, opts);
}

function hasGpus({ cluster }: StackConfig): boolean {
  return Object.values(cluster.nodePools).some(({ gpus }) => gpus > 0);
}

/** Metrics, alerts and dashboards of all parts. */
function monitoring({ environment, config, opts }: Stack): Monitoring {
  return new Monitoring(
    "monitoring",
    {
      environment,
      config: config.monitoring,
      gpuNodes: hasGpus(config),
      logs: config.logging.enabled ? lokiEndpoint(environment) : undefined,
      traces: config.tracing.enabled ? jaegerQueryEndpoint(environment) : undefined,
    },
    opts,
  );
}

/** What lets all parts talk, and nothing else. */
function networkPolicies({ environment, opts }: Stack, network: ClusterNetwork): void {
  const namespaces = Object.values(environment.namespaces);
  const connections = environment.declarations.take("connections", "the network policies");
  new NetworkPolicies("network", { environment, namespaces, connections, network }, opts);
}
