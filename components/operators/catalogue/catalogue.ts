import type { Operator } from "../operator";
import type { OperatorName } from "../names";
import { barmanCloud } from "./barman-cloud";
import { certManager } from "./cert-manager";
import { cloudnativePg } from "./cloudnative-pg";
import { keda } from "./keda";
import { metricsServer } from "./metrics-server";
import { prometheusOperator } from "./prometheus-operator";
import { rabbitmq } from "./rabbitmq";

const named = {
  "cert-manager": certManager,
  "cloudnative-pg": cloudnativePg,
  "barman-cloud": barmanCloud,
  rabbitmq,
  "prometheus-operator": prometheusOperator,
  keda,
  "metrics-server": metricsServer,
};

/**
 * Every operator, pinned, in a file of its own. Charts are the projects' own, but for RabbitMQ, whose project publishes none. What a chart runs
 * is the `appVersion` of its Chart.yaml, and for what has none there the tag in its values. test/tools/versions.test.ts names what else a version
 * is in.
 */
export const OPERATORS: Readonly<Record<OperatorName, Operator>> = named;

/** Names of all sets of pods of the operators. */
export type OperatorPodsName = (typeof named)[OperatorName]["pods"][number]["name"];
