import { z } from "zod";
import { namespaceName, resources } from "../schema";
import { OPERATOR_NAMES, type OperatorName } from "./names";

/** Source: https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string; some charts put a v before it. */
const VERSION =
  /^v?(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const operator = z.strictObject({
  install: z.boolean().default(true).describe("false: it is already in the cluster, in `namespace`"),
  namespace: namespaceName.optional().describe("its namespace, where it is already there; default: the one its own manual names"),
  version: z
    .string()
    .regex(VERSION, "expected one version, as 1.21.0; a range or the newest is another chart tomorrow")
    .optional()
    .describe("version of the Helm chart; default: the pinned one"),
  repository: z
    .url({
      protocol: /^(?:https?|oci)$/,
      error: "expected an address, as https://charts.example.com or oci://registry.example.com/charts",
    })
    .optional()
    .describe("Helm repository or oci:// reference, for a mirror; default: the project's own"),
  replicas: z.int().min(1).default(1).describe("pods of the operator; more than one elect a leader"),
  resources: resources.optional().describe("requests and limits of one pod; default: the catalogue's"),
});

const PURPOSES: Readonly<Record<OperatorName, string>> = {
  "cert-manager": "certificates, of the platform's own CA and of others",
  "cloudnative-pg": "the database",
  "barman-cloud": "backups of the database to the object store",
  rabbitmq: "the broker, its queues, exchanges and users",
  "prometheus-operator": "Prometheus and Alertmanager",
  keda: "scaling by queues, requests and GPU",
  "metrics-server": "CPU and memory of pods, for scaling",
};

/** Operators: each can be switched to "already there". */
export const operatorsConfig = z
  .strictObject(
    Object.fromEntries(OPERATOR_NAMES.map((name) => [name, operator.prefault({}).describe(PURPOSES[name])])) as Record<
      (typeof OPERATOR_NAMES)[number],
      z.ZodPrefault<typeof operator>
    >,
  )
  // Source: https://cloudnative-pg.io/plugin-barman-cloud/docs/installation/
  .superRefine(({ "cloudnative-pg": operator, "barman-cloud": plugin }, context) => {
    const key =
      operator.install !== plugin.install ? "install" : operator.namespace !== plugin.namespace ? "namespace" : undefined;
    if (key === undefined) return;
    const message = "is not that of cloudnative-pg: the plug-in works in the operator's own namespace only";
    context.addIssue({ code: "custom", path: ["barman-cloud", key], message });
  })
  .describe("Operators that run database, broker, monitoring, scaling and certificates");

export type OperatorsConfig = z.infer<typeof operatorsConfig>;
