import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { quantity } from "../kubernetes/quantities";
import { inWords } from "../kubernetes/sizes";
import { at, leaves, listAt, recordAt, textAt } from "../kubernetes/value";
import { UNKNOWN, type OperatorFacts, type Plan, type Resource } from "../plan/plan";
import { pausedFindings } from "./operators/paused";
import { scopeFindings, sourceFindings } from "./operators/scope";
import { reporter, type Finding, type Rule } from "./rule";

const name = "operators-act";
const { error } = reporter(name);

export const operatorsAct: Rule = {
  name,
  title:
    "Every custom resource has an operator that is installed with its definitions from a source that can be trusted, runs, looks after its namespace, and may have what it names.",
  why: "Without its operator a custom resource is refused, or is a note that nobody reads: no database fails over, no queue is made, nothing is scaled.",
  check: (plan) => {
    const known = inventory(plan);
    const operators = plan.facts?.operators ?? [];
    const releases = plan.resources.filter(({ type }) => /^kubernetes:helm\.sh\/v\d+:Release$/.test(type));
    return [
      ...operators.flatMap((operator) => installed(operator, releases, known)),
      ...operators.flatMap((operator) =>
        releases
          .filter((release) => chartOf(release) === operator.chart || release.name === operator.name)
          .flatMap((release) => scopeFindings(release, operator.chart, needs(operator, known))),
      ),
      ...pausedFindings(known),
      ...releases.flatMap((release) => [
        ...sourceFindings(release),
        ...switchedOff(release, known),
        ...withoutMemory(release),
        ...unknownNames(release, known, plan),
        ...untrusting(release, known),
        ...untrustingElsewhere(release, plan),
      ]),
    ];
  },
};

/** What an operator is for: objects of its groups, or, for the one that measures pods, autoscalers by CPU and memory. */
function needs({ apiGroups, measuresPods }: OperatorFacts, { objects, autoscalers }: Inventory): readonly KubeObject[] {
  if (measuresPods) return autoscalers.map(({ object }) => object).filter(({ spec }) => readsPods(spec));
  return objects.filter(({ group }) => apiGroups.includes(group));
}

function readsPods(spec: unknown): boolean {
  return (
    listAt(spec, "triggers").some((trigger) => ["cpu", "memory"].includes(textAt(trigger, "type") ?? "")) ||
    listAt(spec, "metrics").some((metric) => ["Resource", "ContainerResource"].includes(textAt(metric, "type") ?? ""))
  );
}

function installed(operator: OperatorFacts, releases: readonly Resource[], known: Inventory): Finding[] {
  const objects = needs(operator, known);
  const [first] = objects;
  if (!operator.installed || first === undefined) return [];
  // A mirror may give a chart another name.
  const uses = (chart: string, named?: string) =>
    releases.find((release) => chartOf(release) === chart || release.name === named);
  const release = uses(operator.chart, operator.name);
  const setting = `mes:operators.${operator.name}.install`;
  if (release === undefined) {
    const others = objects.length > 1 ? ` and ${objects.length - 1} more` : "";
    const message = `is of ${operator.name}, whose chart ${operator.chart} no release of the plan installs: nobody acts on ${title(first)}${others}; install it, or say that it is in the cluster (${setting}: false)`;
    return [error(first.resource, "", message)];
  }
  if (operator.definitions === "nowhere") return [];
  const apart = operator.definitionsChart === undefined ? undefined : uses(operator.definitionsChart);
  const off = definitionsOff(release);
  if (off !== undefined && apart === undefined) {
    const message = `the chart ${operator.chart} does not install its definitions (CRDs), and nothing else does: no ${first.kind} can be made; switch it on`;
    return [error(release, off, message)];
  }
  if (operator.definitions === "chart" && apart === undefined) {
    const message = `its definitions (CRDs) are in the chart ${operator.definitionsChart ?? ""}, which no release of the plan installs: no ${first.kind} can be made`;
    return [error(release, "", message)];
  }
  if (operator.definitions === "crds-folder" && at(release.inputs, "skipCrds") === true && !rendersDefinitions(release)) {
    return [
      error(release, "skipCrds", `leaves the definitions (CRDs) of its chart out: no ${first.kind} can be made; remove it`),
    ];
  }
  const off2 = apart === undefined ? undefined : definitionsOff(apart);
  return apart === undefined || off2 === undefined
    ? []
    : [error(apart, off2, `installs no definitions (CRDs): no ${first.kind} can be made`)];
}

/** `oci://registry/charts/NAME`, or the name itself. */
function chartOf({ inputs }: Resource): string {
  return (textAt(inputs, "chart") ?? "").split("/").at(-1) ?? "";
}

/** The switches by which charts leave their definitions out. */
const DEFINITIONS = [["crds", "install"], ["crds", "create"], ["crds", "enabled"], ["installCRDs"]];

function definitionsOff({ inputs }: Resource): string[] | undefined {
  const path = DEFINITIONS.map((of) => ["values", ...of]).find((of) => at(inputs, ...of) === false);
  return path;
}

/** A value for further manifests renders the chart's own folder. */
function rendersDefinitions({ inputs }: Resource): boolean {
  return listAt(inputs, "values", "extraDeploy").some((text) => typeof text === "string" && text.includes("crds/"));
}

const REPLICAS = /^(?:replicaCount|replicas)$/;
/** Parts of a chart without which the rest does nothing. Source: values.yaml of the pinned charts. */
const PARTS = /^(?:operator|prometheusOperator|clusterOperator|msgTopologyOperator|cainjector|webhook|webhooks|metricsServer)$/;
/** What is off on purpose: a webhook that needs certificates of its own. Its chart's default is off as well. */
const OPTIONAL = new Set(["clusterOperator.webhook", "prometheus.metricsServer", "prometheus.webhooks", "prometheus.operator"]);

/** Pods that are none. */
function switchedOff(release: Resource, known: Inventory): Finding[] {
  const values = recordAt(release.inputs, "values");
  return leaves(values).flatMap(([path, value]): Finding[] => {
    const [holder, key] = [String(path.at(-2) ?? ""), String(path.at(-1))];
    const where = ["values", ...path];
    if (REPLICAS.test(key) && value === 0) {
      // Brokers that are there already need none, and the chart cannot leave it out.
      if (holder === "clusterOperator" && known.ofKind("RabbitmqCluster").length === 0) return [];
      return [error(release, where, `is 0: no pod of ${release.name} runs, and nobody acts on its objects; use 1 or more`)];
    }
    const whole = path.slice(0, -1).join(".");
    if (key === "enabled" && value === false && PARTS.test(holder) && !OPTIONAL.has(whole)) {
      return [error(release, where, `switches ${whole} of ${release.name} off, without which nothing of it works; remove it`)];
    }
    return [];
  });
}

/** Below this no operator starts: each is a program in Go with a cache of what it watches. Their projects ask for 64 MiB and more. */
const LEAST_MEMORY = 32 * 2 ** 20;

function withoutMemory(release: Resource): Finding[] {
  return leaves(recordAt(release.inputs, "values")).flatMap(([path, value]): Finding[] => {
    if (path.at(-1) !== "memory" || !["limits", "requests"].includes(String(path.at(-2)))) return [];
    const amount = quantity(value);
    const where = ["values", ...path];
    if (amount === undefined)
      return value === UNKNOWN ? [] : [error(release, where, `${String(value)} is no quantity; write it as 256Mi`)];
    if (amount < LEAST_MEMORY) {
      return [
        error(
          release,
          where,
          `is ${inWords(amount)} of memory, in which ${release.name} is killed at its start; use 128Mi or more`,
        ),
      ];
    }
    const limit = quantity(at(release.inputs, "values", ...path.slice(0, -2), "limits", "memory"));
    if (path.at(-2) !== "requests" || limit === undefined || limit >= amount) return [];
    return [
      error(release, where, `requests ${inWords(amount)} of memory with a limit of ${inWords(limit)}, which the API refuses`),
    ];
  });
}

/** Priority classes, Secrets and ConfigMaps that values name. */
function unknownNames(release: Resource, known: Inventory, { facts }: Plan): Finding[] {
  const values = recordAt(release.inputs, "values");
  const namespace = textAt(release.inputs, "namespace") ?? "";
  const there = new Set([
    ...known
      .ofKind("Secret")
      .filter((one) => one.namespace === namespace)
      .map((one) => one.name),
    ...known.made.filter((one) => one.kind === "Secret" && one.namespace === namespace).map((one) => one.name),
    ...(facts?.pullSecrets ?? []),
  ]);
  const given = (kind: string, own: string) => facts?.existing?.includes(`${kind}/${own}`) === true;
  return leaves(values).flatMap(([path, value]): Finding[] => {
    if (typeof value !== "string" || value === "" || value.startsWith("[")) return [];
    const where = ["values", ...path];
    const key = path.at(-1);
    if (key === "priorityClassName" && !value.startsWith("system-") && !given("PriorityClass", value)) {
      if (known.ofKind("PriorityClass").some((one) => one.name === value)) return [];
      return [
        error(release, where, `names the priority class ${value}, which nothing makes: the pods of ${release.name} are refused`),
      ];
    }
    const isSecret =
      (key === "secretName" && path.at(-2) === "secret") ||
      (key === "name" && path.some((part) => part === "imagePullSecrets" || part === "secretKeyRef" || part === "secretRef"));
    if (!isSecret || there.has(value) || given("Secret", value)) return [];
    return [
      error(release, where, `names Secret ${namespace}/${value}, which nothing makes: the pods of ${release.name} never start`),
    ];
  });
}

/** The variable by which a program in Go is told of further CAs. Source: https://pkg.go.dev/crypto/x509#SystemCertPool */
const TRUST = ["SSL_CERT_DIR", "SSL_CERT_FILE"];

/** The operator that declares queues connects to the broker by TLS, and has to trust its CA. */
function untrusting(release: Resource, known: Inventory): Finding[] {
  if (chartOf(release) !== "rabbitmq-cluster-operator") return [];
  const secured = known
    .ofKind("RabbitmqCluster")
    .find(({ spec }) => textAt(spec, "tls", "secretName") !== undefined && at(spec, "tls", "disableNonTLSListeners") === true);
  if (secured === undefined) return [];
  if (trusts(release, () => true)) return [];
  const message = `does not mount the CA of ${title(secured)} where SSL_CERT_DIR looks for it: the operator does not trust the broker, and no queue is made; mount its Secret`;
  return [error(release, "values.msgTopologyOperator", message)];
}

/** The same of one that is there already, whose CA is another one. */
function untrustingElsewhere(release: Resource, { facts }: Plan): Finding[] {
  const elsewhere = facts?.brokerElsewhere;
  const name = elsewhere?.ca;
  if (chartOf(release) !== "rabbitmq-cluster-operator" || name === undefined) return [];
  if (trusts(release, (volume) => textAt(volume, "configMap", "name") === name)) return [];
  const message = `does not mount the CA of the broker at ${elsewhere?.host ?? ""} (ConfigMap ${name}) where SSL_CERT_DIR looks for it: the operator does not trust it, and no queue is made`;
  return [error(release, "values.msgTopologyOperator", message)];
}

/** Whether the operator is told to trust what is on one of these volumes of its. */
function trusts(release: Resource, isIt: (volume: unknown) => boolean): boolean {
  const holder = recordAt(release.inputs, "values", "msgTopologyOperator");
  const mounts = listAt(holder, "extraVolumeMounts").map((mount) => ({
    path: textAt(mount, "mountPath") ?? "",
    name: textAt(mount, "name"),
  }));
  const volumes = listAt(holder, "extraVolumes")
    .filter(isIt)
    .map((volume) => textAt(volume, "name"));
  const trusted = listAt(holder, "extraEnvVars")
    .filter((variable) => TRUST.includes(textAt(variable, "name") ?? ""))
    .flatMap((variable) => (textAt(variable, "value") ?? "").split(":"));
  return trusted.some((folder) => mounts.some((mount) => folder.startsWith(mount.path) && volumes.includes(mount.name)));
}
