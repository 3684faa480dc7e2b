import { z } from "zod";
import { namespaceName, rule } from "../schema";
import { OPERATORS } from "./catalogue/catalogue";
import { OPERATOR_NAMES, type OperatorName } from "./names";
import { operatorResources } from "./resources";

/** Source: https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string; some charts put a v before it. */
const VERSION =
  /^v?(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const version = z.string().regex(VERSION, "expected one version, e.g. 1.21.0; a range or the newest is another chart tomorrow");

const operator = z.strictObject({
  install: z.boolean().default(true).describe("false: it is already in the cluster, in `namespace`"),
  namespace: namespaceName.optional().describe("its namespace, where it is already there; default: the one its own manual names"),
  version: version.optional().describe("version of the Helm chart; default: the pinned one"),
  definitionsVersion: version
    .optional()
    .describe("version of the chart of its custom resource definitions (prometheus-operator alone); default: the pinned one"),
  repository: z
    .url({
      protocol: /^(?:https?|oci)$/,
      error: "expected an address, e.g. https://charts.example.com or oci://registry.example.com/charts",
    })
    .optional()
    .describe("Helm repository or oci:// reference, for a mirror; default: the project's own"),
  replicas: z.int().min(1).default(1).describe("pods of the operator; more than one elect a leader"),
  resources: operatorResources.optional().describe("requests and limits of each of its pods; default: the catalogue's, for each"),
});

/** Operators: each can be switched to "already there". */
export const operatorsConfig = z
  .strictObject(
    Object.fromEntries(OPERATOR_NAMES.map((name) => [name, operator.prefault({}).describe(OPERATORS[name].purpose)])) as Record<
      (typeof OPERATOR_NAMES)[number],
      z.ZodPrefault<typeof operator>
    >,
  )
  .check(
    rule((operators, context) => {
      for (const name of OPERATOR_NAMES)
        for (const { key, message } of problemsOf(name, operators[name]))
          context.addIssue({ code: "custom", path: [name, key], message });
    }),
  )
  // Source: https://cloudnative-pg.io/plugin-barman-cloud/docs/installation/
  .check(
    rule(({ "cloudnative-pg": operator, "barman-cloud": plugin }, context) => {
      const key =
        operator.install !== plugin.install ? "install" : operator.namespace !== plugin.namespace ? "namespace" : undefined;
      if (key === undefined) return;
      const message = "is not that of cloudnative-pg: the plug-in works in the operator's own namespace only";
      context.addIssue({ code: "custom", path: ["barman-cloud", key], message });
    }),
  )
  .describe("Operators that run database, broker, monitoring, scaling and certificates");

function* problemsOf(name: OperatorName, { replicas, version, definitionsVersion }: z.infer<typeof operator>) {
  const { alone, chart, definitions } = OPERATORS[name];
  if (replicas > 1 && alone !== undefined) yield { key: "replicas", message: `cannot be above 1: ${alone}` };
  if (definitions.in !== "chart") {
    if (definitionsVersion !== undefined)
      yield { key: "definitionsVersion", message: `is not needed: the chart ${chart} brings its own definitions` };
  } else if ((version === undefined) !== (definitionsVersion === undefined)) {
    const [key, other] = version === undefined ? ["definitionsVersion", "version"] : ["version", "definitionsVersion"];
    const message = `needs ${other} beside it: the charts ${chart} and ${definitions.chart} are made for the same version of the operator`;
    yield { key, message };
  }
}

export type OperatorsConfig = z.infer<typeof operatorsConfig>;
