import * as fs from "node:fs";
import * as path from "node:path";
import { unpromised } from "../../components/broker/unpromised";
import { BROKER } from "../../components/broker/endpoints";
import { CONNECTION_SECRET } from "../../components/broker/place";
import { knowsRetries } from "../../components/broker/topology";
import { authority } from "../../components/certificates/authority";
import { namespaceNames } from "../../components/foundation/namespaces";
import type { AlertingConfig, Receiver } from "../../components/monitoring/alerting-config";
import { OPERATORS } from "../../components/operators/catalogue/catalogue";
import type { OperatorsConfig } from "../../components/operators/config";
import { OPERATOR_NAMES } from "../../components/operators/names";
import { unseen } from "../../components/mes/role/signals";
import { databaseUsers } from "../../components/mes/users";
import { clusterNetwork } from "../../components/network/cluster-network";
import type { PodSet } from "../../components/network/connection";
import { existingObjectsOf, unpromisedOfDatabase } from "../../components/postgres/existing/promises";
import { parseBytes, parseCpu } from "../../components/schema";
import { bucketNames } from "../../components/storage/config";
import { existingSecrets } from "../../components/tracing/config";
import type { StackConfig } from "../../stacks/config/schema";
import { operatorsInUse } from "../../stacks/operators";
import { leaves } from "../kubernetes/value";
import { entranceFacts } from "./entrance-facts";
import { forecastFacts } from "./forecast-facts";
import { operatorPods } from "./operator-facts";
import { orderFacts } from "./order-facts";
import type { BucketRight, Facts, OperatorFacts, Told, Unseen } from "./plan";

/** Folder of the runbooks, one page an alert. */
const RUNBOOKS = path.join("docs", "runbooks");

/** What rules must know of a stack and no resource tells. */
export function factsOf(
  config: Pick<StackConfig, "cluster" | "images"> & Partial<StackConfig>,
  runbooks: readonly string[],
): Facts {
  const { cluster, images } = config;
  return {
    zones: cluster.zones,
    nodePools: Object.entries(cluster.nodePools).map(([name, pool]) => ({
      name,
      count: pool.count,
      cpu: parseCpu(pool.cpu),
      memory: parseBytes(pool.memory),
      gpus: pool.gpus,
    })),
    protectData: cluster.protectData,
    requireDigest: images.requireDigest,
    pullSecrets: images.pullSecrets,
    existing: existingObjects(config),
    routes: routesOf(config),
    gpuResources: [...new Set(Object.values(config.roles ?? {}).flatMap(({ gpu }) => gpu?.resource ?? []))],
    ...(config.monitoring === undefined ? {} : { alerts: toldOf(config.monitoring.alerting) }),
    bucketRights: rightsInCluster(config),
    ...entranceFacts(config),
    ...networkFacts(config),
    ...orderFacts(config),
    ...forecastFacts(config),
    ...brokerFacts(config),
    unseen: unseenIn(config),
    ...(config.monitoring?.existing.prometheus === undefined ? {} : { prometheusIsThere: true }),
    ...(config.operators === undefined
      ? {}
      : { operators: operatorFacts(operatorsInUse({ ...config, operators: config.operators })) }),
    runbooks,
  };
}

/** What nobody can see of a stack, by the key of the stack file that it is about. */
function unseenIn({ roles = {}, gateway, postgres, broker, monitoring }: Partial<StackConfig>): Unseen[] {
  const elsewhere = (key: string, known: unknown, what: string) => (known === undefined ? [{ key, what }] : []);
  const ofRoles = Object.entries(roles)
    .filter(([, { enabled }]) => enabled)
    .flatMap(([name, role]) => unseen(role, gateway?.metrics !== undefined).map((what) => ({ key: `mes:roles.${name}`, what })));
  if (Object.keys(roles).length === 0) return [];
  return [
    ...ofRoles,
    ...(postgres !== undefined && "existing" in postgres
      ? unpromisedOfDatabase(postgres).map((what) => ({ key: "mes:postgres.existing", what }))
      : []),
    ...elsewhere("mes:postgres", postgres, "load, replication and backups of the database: it is not this stack's"),
    ...elsewhere("mes:broker", broker, "queues, messages and alarms of the broker: it is not this stack's"),
    ...(broker?.existing === undefined ? [] : unpromised(broker.existing).map((what) => ({ key: "mes:broker.existing", what }))),
    ...(monitoring?.existing.prometheus === undefined
      ? []
      : [
          {
            key: "mes:monitoring.existing",
            what: "who is told of an alert: the Alertmanager that is there routes by severity and owner",
          },
        ]),
  ];
}

/** How the objects of a plan name a broker that is there already. */
function brokerFacts({ broker, namespaces }: Partial<StackConfig>): Pick<Facts, "brokerElsewhere"> {
  if (broker?.existing === undefined || namespaces === undefined) return {};
  const { host, administrator, maxConnections, ca } = broker.existing;
  const secret = administrator.secret ?? CONNECTION_SECRET;
  return {
    brokerElsewhere: {
      host,
      cluster: `${namespaceNames(namespaces.prefix).data}/${secret}`,
      retries: knowsRetries(broker),
      ...(maxConnections === undefined ? {} : { maxConnections }),
      ...(ca === undefined ? {} : { ca: authority(BROKER, ca).name }),
    },
  };
}

function operatorFacts(config: OperatorsConfig): OperatorFacts[] {
  return OPERATOR_NAMES.map((name) => {
    const { chart, apiGroups, definitions } = OPERATORS[name];
    return {
      name,
      chart: chart.slice(chart.lastIndexOf("/") + 1),
      installed: config[name].install,
      apiGroups,
      definitions: definitions.in,
      ...(definitions.in === "chart" ? { definitionsChart: definitions.chart } : {}),
      measuresPods: name === "metrics-server",
    };
  });
}

function networkFacts(config: Partial<StackConfig>): Pick<Facts, "network"> {
  const { cluster, monitoring } = config;
  if (cluster === undefined || monitoring === undefined) return {};
  const { policies, apiServer, dns, nodes } = clusterNetwork(cluster, monitoring);
  const ports = [...new Set([...(apiServer.asService ? [443] : []), apiServer.port])];
  const podsOf = ({ namespace, labels }: PodSet) => ({ namespace, labels });
  return {
    network: {
      policies,
      apiServer: {
        cidrs: apiServer.cidrs,
        ports,
        ...(apiServer.tunnel === undefined ? {} : { tunnel: podsOf(apiServer.tunnel) }),
      },
      dns: { pods: dns.pods.map(podsOf), cidrs: dns.cidrs },
      nodes: nodes.cidrs,
      operators: operatorPods(config),
    },
  };
}

/** Objects that a stack file names and that are not made here. */
function existingObjects(config: Partial<StackConfig>): string[] {
  const { gateway, roles, tracing, broker, postgres } = config;
  const ofDatabase =
    postgres !== undefined && "existing" in postgres ? existingObjectsOf(postgres, databaseUsers(roles ?? {})) : [];
  const mounted = Object.values(roles ?? {}).flatMap(({ volumes }) => Object.values(volumes));
  const secrets = [
    ...mounted.flatMap(({ secret }) => secret ?? []),
    ...Object.values(roles ?? {}).flatMap(({ secretRefs }) => Object.values(secretRefs).map(({ name }) => name)),
    ...(tracing === undefined ? [] : existingSecrets(tracing)),
    ...[broker?.existing?.administrator.secret].filter((name) => name !== undefined),
  ];
  return [
    ...(typeof gateway?.issuer === "string" ? [`ClusterIssuer/${gateway.issuer}`] : []),
    ...[...new Set(secrets)].map((name) => `Secret/${name}`),
    ...[...new Set(mounted.flatMap(({ configMap }) => configMap ?? []))].map((name) => `ConfigMap/${name}`),
    ...[...new Set(mounted.flatMap(({ claim }) => claim ?? []))].map((name) => `PersistentVolumeClaim/${name}`),
    ...ofDatabase,
    ...[...new Set(storageClasses(config))].map((name) => `StorageClass/${name}`),
  ];
}

function routesOf({ roles }: Partial<StackConfig>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(roles ?? {}).flatMap(([name, { enabled, routes }]) =>
      enabled && routes.length > 0 ? [[name, routes.flatMap(({ paths }) => paths)] as const] : [],
    ),
  );
}

/** Storage classes, wherever a stack file names one: the cluster has them, nothing here makes any. */
function storageClasses(config: unknown): string[] {
  return leaves(config).flatMap(([path, value]) => (path.at(-1) === "storageClass" && typeof value === "string" ? [value] : []));
}

function toldOf({ receivers, page, ticket, deadMansSwitch }: AlertingConfig): Told[] {
  const told = (severity: string, receiver: string | undefined): Told => {
    const one = receiver === undefined ? undefined : receivers[receiver];
    return { severity, ...(receiver === undefined ? {} : { receiver }), ways: one === undefined ? [] : waysOf(one) };
  };
  return [
    told("page", page),
    told("ticket", ticket ?? page),
    {
      severity: "monitoring is dead",
      ...(deadMansSwitch === undefined ? {} : { receiver: "dead man's switch" }),
      ways: deadMansSwitch === undefined ? [] : [`called every ${deadMansSwitch.interval}`],
    },
  ];
}

function waysOf({ webhook, pagerduty, slack, email }: Receiver): string[] {
  return [
    ...(pagerduty === undefined ? [] : ["PagerDuty"]),
    ...(slack === undefined ? [] : [`Slack ${slack.channel}`]),
    ...(email === undefined ? [] : [`mail to ${email.to} by ${email.smarthost}`]),
    ...(webhook === undefined ? [] : ["webhook"]),
  ];
}

/** In S3 the policies of roles tell who may do what; the store in the cluster keeps it in its secret list of accounts. */
function rightsInCluster({ roles, storage }: Partial<StackConfig>): BucketRight[] {
  if (storage?.kind !== "in-cluster") return [];
  const names = bucketNames(storage);
  return Object.entries(roles ?? {})
    .filter(([, { enabled }]) => enabled)
    .flatMap(([user, role]) =>
      Object.entries(role.storage).map(([bucket, access]) => ({ user, bucket: names[bucket] ?? bucket, access })),
    );
}

/** Names of the alerts that have a runbook. */
export function runbookNames(projectDirectory: string): string[] {
  const folder = path.join(projectDirectory, RUNBOOKS);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .flatMap((file) => /^([A-Z]\w*)\.md$/.exec(file)?.[1] ?? [])
    .sort();
}
