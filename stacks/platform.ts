import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { VerticalRecommendations } from "../components/autoscaling/recommendations";
import { Broker } from "../components/broker/broker";
import { Cache } from "../components/cache/cache";
import { Certificates } from "../components/certificates/certificates";
import { Agents } from "../components/agents/agents";
import { appliedBy } from "../components/foundation/field-manager";
import { Foundation } from "../components/foundation/foundation";
import { after, type Prerequisites } from "../components/foundation/order";
import { Gateway } from "../components/gateway/gateway";
import { lokiEndpoint } from "../components/logging/endpoints";
import { Logging } from "../components/logging/logging";
import { Mes } from "../components/mes/mes";
import { brokerUsers, databaseUsers } from "../components/mes/users";
import { prometheusEndpoint } from "../components/monitoring/endpoints";
import { Monitoring } from "../components/monitoring/monitoring";
import { clusterNetwork } from "../components/network/cluster-network";
import { NetworkPolicies } from "../components/network/policies";
import { operatorNamespace, operatorPods } from "../components/operators/endpoints";
import { OPERATOR_NAMES } from "../components/operators/names";
import { Operators } from "../components/operators/operators";
import { Outbox } from "../components/outbox/outbox";
import { outboxQueries } from "../components/outbox/queries";
import type { Declarations } from "../components/platform";
import { Postgres } from "../components/postgres/postgres";
import { Storage } from "../components/storage/storage";
import { jaegerQueryEndpoint } from "../components/tracing/endpoints";
import { Tracing } from "../components/tracing/tracing";
import type { StackConfig } from "./config/schema";
import { environmentOf } from "./environment";
import { outputsOf } from "./outputs";
import { dataTargets } from "./recommendations";
import { keepsLogsInBucket, objectStoreUsers } from "./users";

const NONE: ReadonlyMap<string, pulumi.Resource> = new Map();

/** The whole platform of one stack: every part, and how the parts are wired. */
export function platform(stack: string, config: StackConfig): Record<string, unknown> {
  const network = clusterNetwork(config.cluster, config.monitoring);
  const environment = environmentOf(stack, config, network);
  const { namespaces } = environment;
  const provider = new k8s.Provider("cluster", {
    context: config.cluster.context,
    // The SDK would write the path in KUBECONFIG into the state, and the plug-in takes a list of files there for a kubeconfig's content and
    // finds no cluster in it. Left empty, the plug-in looks where kubectl looks.
    kubeconfig: "",
    // Whether objects are made anew follows the cluster then, and not how somebody's kubeconfig writes its address.
    clusterIdentifier: config.cluster.uid,
    enableServerSideApply: true,
    // Secrets are updated in place, and a checksum on the pods rolls them; ConfigMaps are immutable and named by content.
    enableSecretMutable: true,
  });

  const providers = [provider, new random.Provider("random")];

  // What must be there first. Every later part is ordered after it.
  const applied = appliedBy("pulumi-mes");
  const foundation = new Foundation(
    "foundation",
    { environment, quotas: config.namespaces.quotas },
    { providers, transformations: [applied] },
  );
  const ordered = (others: Partial<Prerequisites>) => {
    const { apiGroups = NONE, trusted = NONE, pods = [] } = others;
    const admitted = { namespaces: foundation.namespaces, pods: [...foundation.podPrerequisites, ...pods] };
    return { providers, transformations: [applied, after({ ...admitted, trusted, apiGroups })] };
  };
  const certManager = new Operators(
    "cert-manager",
    { environment, config: config.operators, names: ["cert-manager"] },
    ordered({}),
  );
  // In the operators' namespace too: the one that declares queues and users verifies the broker, and needs the CA to start.
  const trustIn = Object.values(namespaces);
  const certificates = new Certificates(
    "certificates",
    { environment, trustIn, keysIn: operatorNamespace(environment, "cert-manager") },
    ordered({ apiGroups: certManager.apiGroups }),
  );
  const { issuer, trusted } = certificates;
  const operators = new Operators(
    "operators",
    {
      environment,
      config: config.operators,
      names: OPERATOR_NAMES.filter((operator) => operator !== "cert-manager"),
    },
    ordered({ apiGroups: certManager.apiGroups, trusted }),
  );
  const apiGroups = new Map([...certManager.apiGroups, ...operators.apiGroups]);
  const opts = ordered({ apiGroups, trusted });

  // Data: whoever uses it is derived from the roles and from the other parts.
  const storage =
    config.storage &&
    new Storage("storage", { environment, config: config.storage, issuer, users: objectStoreUsers(config, environment) }, opts);
  const postgres = new Postgres(
    "postgres",
    {
      environment,
      config: config.postgres,
      issuer,
      users: databaseUsers(config.roles),
      backups: config.postgres.backups.enabled ? storage?.access("postgres", "backups") : undefined,
      monitoringQueries: outboxQueries,
    },
    opts,
  );
  const outbox = new Outbox("outbox", { environment, config: config.outbox, database: postgres.owner }, opts);
  const broker = new Broker("broker", { environment, config: config.broker, issuer, users: brokerUsers(config.roles) }, opts);
  const cache = config.cache.enabled ? new Cache("cache", { environment, config: config.cache, issuer }, opts) : undefined;

  // Traces and logs.
  const tracing = new Tracing("tracing", { environment, config: config.tracing, issuer }, opts);
  const agents = new Agents(
    "agents",
    {
      environment,
      config: config.agents,
      issuer,
      tracing: config.tracing,
      logging: config.logging,
    },
    opts,
  );
  const logging = new Logging(
    "logging",
    {
      environment,
      config: config.logging,
      issuer,
      bucket:
        storage && keepsLogsInBucket(config)
          ? { access: storage.access("loki", "logs"), binding: storage.binding("loki") }
          : undefined,
    },
    opts,
  );

  // The MES itself, once its tables are there.
  const mes = new Mes(
    "mes",
    {
      environment,
      roles: config.roles,
      reconciliation: config.reconciliation,
      bindings: {
        database: (role) => postgres.binding(role),
        broker: (role) => broker.binding(role),
        storage: storage && ((role) => storage.binding(role)),
        cache: cache && (() => cache.binding()),
        tracing: tracing.binding(),
      },
      scaling: {
        keda: operatorPods(environment, "keda-operator"),
        prometheus: prometheusEndpoint(environment),
        broker: broker.scaling,
      },
    },
    ordered({ apiGroups, trusted, pods: [outbox.migrated] }),
  );
  const gateway =
    config.gateway && new Gateway("gateway", { environment, config: config.gateway, issuer, routes: mes.routes }, opts);

  // What watches all of it, and what lets it talk.
  const parts: Declarations[] = [
    foundation,
    certManager,
    certificates,
    operators,
    postgres,
    outbox,
    broker,
    tracing,
    agents,
    logging,
    mes,
  ];
  for (const part of [storage, cache, gateway]) if (part !== undefined) parts.push(part);
  const monitoring = new Monitoring(
    "monitoring",
    {
      environment,
      config: config.monitoring,
      targets: parts.flatMap((part) => part.scrapeTargets),
      alerts: parts.flatMap((part) => part.alerts),
      dashboards: parts.flatMap((part) => part.dashboards),
      gpuNodes: Object.values(config.cluster.nodePools).some(({ gpus }) => gpus > 0),
      logs: config.logging.enabled ? lokiEndpoint(environment) : undefined,
      traces: config.tracing.enabled ? jaegerQueryEndpoint(environment) : undefined,
    },
    opts,
  );
  const connections = [...parts, monitoring].flatMap((part) => part.connections);
  new NetworkPolicies("network", { namespaces: Object.values(namespaces), connections, network }, opts);
  if (config.verticalRecommendations) {
    new VerticalRecommendations("recommendations", { targets: dataTargets(environment, config) }, opts);
  }

  return outputsOf({ environment, gateway, broker });
}
