import { nearest } from "../../../components/schema/did-you-mean";
import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { hidden } from "../../kubernetes/validation/problem";
import { isTimeZone } from "../../kubernetes/validation/workloads";
import { at, entriesAt, entryOf, listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("scaling-acts");

/** What a scaler reads of its `metadata`, and of what its authentication hands on. */
interface Scaler {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Of the required ones, those that a TriggerAuthentication or a variable of the target (`hostFromEnv`) may hold. */
  readonly handedOn?: readonly string[];
  readonly values?: Readonly<Record<string, readonly string[]>>;
  readonly numbers?: readonly string[];
}

const BOOLEAN = ["true", "false"];

/** Source: https://github.com/kedacore/keda/tree/v2.21.0/pkg/scalers, the `keda:` tags of each scaler's metadata and its `Validate` */
const SCALERS: Readonly<Record<string, Scaler>> = {
  rabbitmq: {
    required: ["queueName", "mode", "value", "host"],
    handedOn: ["host"],
    optional: [
      ...["activationValue", "protocol", "vhostName", "useRegex", "excludeUnacknowledged", "pageSize", "operation", "timeout"],
      ...["unsafeSsl", "authModes", "hostFromEnv", "usernameFromEnv", "passwordFromEnv", "tls"],
    ],
    values: {
      mode: ["QueueLength", "MessageRate", "DeliverGetRate", "PublishedToDeliveredRatio", "ExpectedQueueConsumptionTime"],
      protocol: ["auto", "http", "amqp"],
      operation: ["sum", "avg", "max"],
      excludeUnacknowledged: BOOLEAN,
      useRegex: BOOLEAN,
      unsafeSsl: BOOLEAN,
    },
    numbers: ["value", "activationValue", "pageSize"],
  },
  prometheus: {
    required: ["serverAddress", "query", "threshold"],
    optional: [
      ...["queryParameters", "activationThreshold", "namespace", "customHeaders", "ignoreNullValues", "unsafeSsl", "awsRegion"],
      ...["timeout", "identityOwner", "authModes"],
    ],
    values: { ignoreNullValues: BOOLEAN, unsafeSsl: BOOLEAN },
    numbers: ["threshold", "activationThreshold"],
  },
  cron: { required: ["start", "end", "timezone", "desiredReplicas"], optional: [], numbers: ["desiredReplicas"] },
  cpu: { required: ["value"], optional: ["containerName"] },
  memory: { required: ["value"], optional: ["containerName"] },
};

/** Every scaler of KEDA. Source: https://github.com/kedacore/keda/blob/v2.21.0/pkg/scaling/scalers_builder.go */
const TYPES = new Set(
  `activemq apache-kafka arangodb artemis-queue aws-cloudwatch aws-dynamodb aws-dynamodb-streams aws-kinesis-stream aws-sqs-queue
  azure-app-insights azure-blob azure-cosmosdb azure-data-explorer azure-eventhub azure-log-analytics azure-monitor azure-pipelines azure-queue
  azure-servicebus beanstalkd cassandra clickhouse couchdb cpu cron datadog dynatrace elastic-forecast elasticsearch etcd external external-mock
  external-push forgejo-runner gcp-cloudtasks gcp-pubsub gcp-spanner gcp-stackdriver gcp-storage github-runner graphite huawei-cloudeye ibmmq
  influxdb kafka kubernetes-resource kubernetes-workload liiklus loki memory metrics-api mongodb mssql mysql nats-jetstream new-relic nsq
  opensearch openstack-metric openstack-swift postgresql predictkube prometheus pulsar rabbitmq redis redis-cluster redis-cluster-streams
  redis-sentinel redis-sentinel-streams redis-streams selenium-grid solace-direct-messaging solace-event-queue solarwinds solr splunk
  splunk-observability sumologic temporal`.split(/\s+/),
);

type Path = readonly (string | number)[];

/** What KEDA refuses, or passes over, in the triggers of a ScaledObject. */
export function metadataFindings(object: KubeObject, known: Inventory): Finding[] {
  const triggers = listAt(object.spec, "triggers");
  return [
    ...together(object, triggers),
    ...triggers.flatMap((trigger, i): Finding[] => {
      const path = ["spec", "triggers", i];
      const type = textAt(trigger, "type") ?? "";
      if (hidden(type)) return [];
      if (!TYPES.has(type)) {
        const meant = nearest(type, [...TYPES]);
        const message = `KEDA has no scaler ${type}, and makes no autoscaler; ${meant === undefined ? "correct it" : `use ${meant}`}`;
        return [error(object.resource, [...path, "type"], message)];
      }
      const scaler = entryOf(SCALERS, type);
      return [
        ...targetType(object, trigger, type, path),
        ...(scaler === undefined ? [] : parameters(object, trigger, scaler, path, known)),
      ];
    }),
  ];
}

/** Source: https://github.com/kedacore/keda/blob/v2.21.0/apis/keda/v1alpha1/scaletriggers_types.go, scaledobject_types.go */
function together(object: KubeObject, triggers: readonly unknown[]): Finding[] {
  if (triggers.length === 0) return [error(object.resource, "spec.triggers", "is empty: nothing adds a pod; add a trigger")];
  const names = triggers.map((trigger) => textAt(trigger, "name") ?? "").filter((own) => own !== "");
  const twice = names.filter((own, i) => names.indexOf(own) !== i);
  const byPods = triggers.every((trigger) => ["cpu", "memory"].includes(textAt(trigger, "type") ?? ""));
  const findings = twice.map((own) =>
    error(object.resource, "spec.triggers", `two triggers are called ${own}, which KEDA refuses; give each a name of its own`),
  );
  const min = at(object.spec, "minReplicaCount") ?? 0;
  if (byPods && min === 0) {
    const message = "is 0, and CPU and memory of no pod cannot be measured, which KEDA refuses; use 1 or more";
    findings.push(error(object.resource, "spec.minReplicaCount", message));
  }
  if (byPods && at(object.spec, "fallback") !== undefined) {
    const message = "holds for triggers other than CPU and memory, of which there is none: KEDA refuses it; remove it";
    findings.push(error(object.resource, "spec.fallback", message));
  }
  return findings;
}

/** Source: https://keda.sh/docs/2.21/reference/scaledobject-spec/#triggers */
function targetType(object: KubeObject, trigger: unknown, type: string, path: Path): Finding[] {
  const metric = textAt(trigger, "metricType");
  const byPods = type === "cpu" || type === "memory";
  const allowed = byPods ? ["Utilization", "AverageValue"] : ["AverageValue", "Value"];
  const findings: Finding[] = [];
  if (byPods ? metric === undefined || !allowed.includes(metric) : metric !== undefined && !allowed.includes(metric)) {
    const message = `is ${metric ?? "not there"}, which KEDA refuses for ${type}; use ${allowed.join(" or ")}`;
    findings.push(error(object.resource, [...path, "metricType"], message));
  }
  if (metric === "Value" && !byPods) {
    const message =
      "compares all pods' work with the target of one: each further pod changes nothing, and all are added; use AverageValue";
    findings.push(error(object.resource, [...path, "metricType"], message));
  }
  if ((byPods || type === "cron") && at(trigger, "useCachedMetrics") === true) {
    findings.push(error(object.resource, [...path, "useCachedMetrics"], `is refused by KEDA for ${type}; remove it`));
  }
  return findings;
}

function parameters(object: KubeObject, trigger: unknown, scaler: Scaler, path: Path, known: Inventory): Finding[] {
  const metadata = entriesAt(trigger, "metadata");
  const where = (key: string) => [...path, "metadata", key];
  const type = textAt(trigger, "type") ?? "";
  const keys = [...scaler.required, ...scaler.optional];
  const handed = handedOn(trigger, object.namespace, known);
  const findings: Finding[] = [];
  for (const [key, value] of metadata) {
    if (typeof value !== "string" || hidden(value)) continue;
    const allowed = entryOf(scaler.values ?? {}, key);
    if (!keys.includes(key)) {
      const meant = nearest(key, keys);
      const message = `the scaler ${type} knows no ${key} and passes it over; ${meant === undefined ? "remove it" : `use ${meant}`}`;
      findings.push(error(object.resource, where(key), message));
    } else if (allowed !== undefined && !allowed.includes(value)) {
      const message = `${value} is refused by KEDA, which makes no autoscaler; use ${allowed.join(", ")}`;
      findings.push(error(object.resource, where(key), message));
    } else if (scaler.numbers?.includes(key) === true && (value.trim() === "" || Number.isNaN(Number(value)))) {
      findings.push(error(object.resource, where(key), `${value} is no number, and KEDA makes no autoscaler; correct it`));
    } else if (key === "timezone" && !isTimeZone(value)) {
      const message = `KEDA knows no time zone ${value}, and makes no autoscaler; use a name of the IANA, as Europe/Berlin`;
      findings.push(error(object.resource, where(key), message));
    }
  }
  const has = (key: string) => metadata.some(([own]) => own === key || own === `${key}FromEnv`);
  for (const key of scaler.required.filter((one) => !has(one))) {
    const may = scaler.handedOn?.includes(key) === true;
    // An authentication that the plan does not have may hold it: that it is missing is said elsewhere.
    if (may && (handed === undefined || handed.includes(key))) continue;
    const message = may
      ? `has no ${key}, neither here nor by an authenticationRef (which hands on ${listed(handed ?? []) || "nothing"}): KEDA makes no autoscaler; name a TriggerAuthentication with it`
      : `has no ${key}, without which KEDA makes no autoscaler; add it`;
    findings.push(error(object.resource, [...path, may ? "authenticationRef" : "metadata"], message));
  }
  return [...findings, ...queueFindings(object, type, new Map(metadata), where)];
}

/** Parameters that the authentication of a trigger hands on; undefined if the plan does not have it. */
function handedOn(trigger: unknown, namespace: string, known: Inventory): readonly string[] | undefined {
  const reference = at(trigger, "authenticationRef");
  const own = textAt(reference, "name");
  if (own === undefined) return [];
  const kind = textAt(reference, "kind") ?? "TriggerAuthentication";
  const found = known.find(kind, kind === "ClusterTriggerAuthentication" ? "" : namespace, own);
  if (found === undefined) return undefined;
  const sources = ["secretTargetRef", "configMapTargetRef", "env"];
  if (Object.keys(found.spec).some((source) => !sources.includes(source))) return undefined;
  return sources.flatMap((source) => listAt(found.spec, source).map((one) => textAt(one, "parameter") ?? ""));
}

/** Source: https://keda.sh/docs/2.21/scalers/rabbitmq-queue/ */
function queueFindings(
  object: KubeObject,
  type: string,
  metadata: Map<string, unknown>,
  where: (key: string) => Path,
): Finding[] {
  if (type !== "rabbitmq") return [];
  const findings: Finding[] = [];
  if (metadata.get("excludeUnacknowledged") === "true") {
    const message = "leaves out the messages that pods have fetched and not handled: a slow database adds no pod; use false";
    findings.push(warning(object.resource, where("excludeUnacknowledged"), message));
  }
  const mode = metadata.get("mode");
  if (typeof mode !== "string") return findings;
  if (metadata.get("protocol") === "amqp" && mode !== "QueueLength") {
    const message = `is amqp, by which ${mode} cannot be asked for: KEDA makes no autoscaler; use http`;
    findings.push(error(object.resource, where("protocol"), message));
  }
  if (mode === "PublishedToDeliveredRatio" || mode === "ExpectedQueueConsumptionTime" || mode === "DeliverGetRate") {
    const message = `${mode} does not grow with the number of messages that wait: a backlog adds no pod; use QueueLength, with MessageRate beside it`;
    findings.push(warning(object.resource, where("mode"), message));
  }
  return findings;
}
