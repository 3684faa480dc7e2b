import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { BROKER } from "../../components/broker/endpoints";
import { ALERTMANAGER, PROMETHEUS } from "../../components/monitoring/endpoints";
import { OPERATORS, type OperatorPodsName } from "../../components/operators/catalogue/catalogue";
import { parseBytes } from "../../components/schema";
import { environmentOf } from "../../stacks/environment";
import type { ApiClient } from "../cluster/api";
import { Applier } from "../cluster/apply";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import type { KubernetesObject } from "../cluster/resources";
import { Sandbox } from "../cluster/sandbox";
import { makeTools, toolPath } from "../cluster/tools";
import { until } from "../cluster/until";
import { figure, note } from "../engine/figures";
import { scarceMemory } from "../engine/memory";
import { budgets, evict, isReady, podsOf, type Budget } from "./budgets";
import { startBarmanPlugin } from "./barman-plugin";
import { startCloudNativePg } from "./cloudnative-pg";
import { warnings } from "./events";
import { expectedHpas, hpas } from "./hpas";
import { certificateSecrets } from "./issuer";
import { KEDA_TOOLS, startKeda, type Keda } from "./keda";
import { lastingDifferences } from "./lasting";
import { IDLE } from "./load";
import type { Operator } from "./operator";
import {
  complaints,
  expectedJobs,
  expectedRules,
  generatedConfiguration,
  generatedRules,
  jobsIn,
  startPrometheusOperator,
} from "./prometheus-operator";
import { startRabbitmqOperator } from "./rabbitmq-operator";
import { autoscalersOf, brokerSecret, scaledRoles, untilReady } from "./scaled";
import { serveSources } from "./sources";
import { applyInOrder, clusterOf, declaredStack, ofKind, withObjects, type DeclaredStack } from "./stack";
import { startTopologyOperator } from "./topology-operator";
import { WRONG } from "./wrong";

/**
 * A whole stack on a light cluster with the real operators as processes beside it: they judge what is declared by their admission
 * webhooks, and make of it what pods of simulated nodes let them.
 */
export function describeReconciled(name: string): void {
  const suite = `${name} under its operators`;
  describe(suite, () => {
    let stack: DeclaredStack;
    let applied: readonly KubernetesObject[];
    let cluster: Cluster;
    let sandbox: Sandbox;
    let prometheusOperator: Operator;
    let keda: Keda;
    const ends: (() => unknown)[] = [];
    const check = (): void => sandbox.check();
    const apps = (): string => stack.config.namespaces.prefix;
    const observability = (): string => environmentOf(name, stack.config).namespaces.observability;

    beforeAll(async () => {
      await makeTools("prometheus-operator", "prometheus-admission", "rabbitmq-cluster-operator", "rabbitmq-topology-operator");
      await makeTools("cloudnative-pg", "barman-cloud", "promtool", ...KEDA_TOOLS);
      stack = await declaredStack(name);
      sandbox = new Sandbox("operators");
      ends.push(() => sandbox.stop());
      cluster = await clusterOf(stack);
      ends.push(() => cluster.stop());
      const authority = await Authority.create(sandbox.folder, "mes-ca");
      const sources = await serveSources({
        authority,
        environment: environmentOf(name, stack.config),
        vhost: stack.config.broker.vhost,
        roles: scaledRoles(stack),
        load: () => IDLE,
      });
      ends.push(() => sources.close());
      await figure(suite, "operators serve their webhooks", async () => {
        prometheusOperator = await startPrometheusOperator(cluster, sandbox);
        await startRabbitmqOperator(cluster, sandbox);
        await startTopologyOperator(cluster, sandbox);
        await startCloudNativePg(cluster, sandbox, await startBarmanPlugin(cluster, sandbox, authority));
        keda = await startKeda(cluster, sandbox, sources.hosts);
      });
      const secrets = [brokerSecret(stack.objects, sources.brokerUrl), ...(await certificateSecrets(stack.objects, authority))];
      applied = withObjects(stack.objects, secrets);
      await figure(suite, "everything applied", () => applyInOrder(cluster.api, applied));
    });
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    });

    test("its pods become ready, and every disruption budget is met", async () => {
      await figure(suite, "pods are ready", () => until("it is", () => areMet(cluster.api, stack), { check, ...SELDOM }));
    });

    test("what operators, webhooks and the API server make of what is declared leaves nothing for a preview to show", async () => {
      expect(await lastingDifferences(cluster.api, applied)).toEqual([]);
    });

    describe("admission", () => {
      test.each(WRONG)("refuses $what", async ({ kind, change, says }) => {
        const [declared] = ofKind(stack.objects, kind);
        if (declared === undefined) throw new Error(`${name} declares no ${kind}`);
        await expect(new Applier(cluster.api).apply(change(declared))).rejects.toThrow(says);
      });
    });

    describe("KEDA", () => {
      test("makes of each ScaledObject the autoscaler that is declared in it", async () => {
        await untilReady(cluster.api, apps(), check);
        expect(await hpas(cluster.api)).toEqual(expectedHpas(stack.objects));
        note(name, "reconciled Mes", { by: "KEDA and the controllers of Kubernetes" });
      });

      test("complains of nothing", async () => {
        expect(keda.errors()).toEqual([]);
        expect(await warnings(cluster.api, /keda/)).toEqual([]);
      });
    });

    describe("prometheus-operator", () => {
      test.each([
        ["prometheuses", PROMETHEUS],
        ["alertmanagers", ALERTMANAGER],
      ])("has %s reconciled and available", async (resource, object) => {
        const path = `/apis/monitoring.coreos.com/v1/namespaces/${observability()}/${resource}/${object}`;
        await until(
          "it is",
          async () => {
            const { status } = await cluster.api.get<Conditioned>(path);
            const conditions = conditionsOf(status);
            const met = conditions.Available === "True" && conditions.Reconciled === "True";
            return met || `${JSON.stringify(status)}\n${complaints(prometheusOperator).slice(-5).join("\n")}`;
          },
          { check, seconds: 120 },
        );
      });

      test("scrapes every target that is declared, by a configuration that Prometheus takes", async () => {
        await until("every job is there", async () => {
          const configuration = await generatedConfiguration(cluster.api, observability(), PROMETHEUS);
          const missing = expectedJobs(stack.objects).filter((job) => !jobsIn(configuration ?? "").includes(job));
          return missing.length === 0 || `missing: ${missing.join(", ")}`;
        });
        const configuration = (await generatedConfiguration(cluster.api, observability(), PROMETHEUS)) ?? "";
        expect(jobsIn(configuration)).toEqual(expectedJobs(stack.objects));
        const file = sandbox.file("prometheus.yml");
        writeFileSync(file, configuration);
        await promisify(execFile)(toolPath("promtool"), ["check", "config", "--syntax-only", file]);
      });

      test("hands every rule on", async () => {
        await until("all are there", async () => {
          const [found, expected] = [
            await generatedRules(cluster.api, observability(), PROMETHEUS),
            expectedRules(stack.objects),
          ];
          return found.length === expected.length || `${found.length} of ${expected.length}`;
        });
        expect(await generatedRules(cluster.api, observability(), PROMETHEUS)).toEqual(expectedRules(stack.objects));
        note(name, "reconciled Monitoring", { by: "prometheus-operator" });
      });

      test("complains of nothing", async () => {
        expect(complaints(prometheusOperator)).toEqual([]);
        expect(await warnings(cluster.api, /prometheus|alertmanager/i)).toEqual([]);
      });
    });

    test("the broker's operator has made what is declared, and warns of nothing", async () => {
      const path = `/apis/rabbitmq.com/v1beta1/namespaces/${environmentOf(name, stack.config).namespaces.data}/rabbitmqclusters/${BROKER}`;
      const { status } = await cluster.api.get<Conditioned>(path);
      // Commands are run in its pods before all is well, and these pods run none.
      expect(conditionsOf(status)).toMatchObject({ AllReplicasReady: "True", ClusterAvailable: "True", NoWarnings: "True" });
    });

    test("CloudNativePG warns of nothing that is declared", async () => {
      const said = await warnings(cluster.api, /cloudnative-pg/);
      // A test's certificates do not last long, and no database runs that could be backed up.
      expect(said.filter((line) => !/: (SecretIsExpiring|FindingPod): /.test(line))).toEqual([]);
    });

    describe("disruption budgets", () => {
      let settled: Budget[];
      beforeAll(async () => {
        settled = await budgets(cluster.api, stack.objects);
        expect(settled).toHaveLength(ofKind(stack.objects, "PodDisruptionBudget").length);
      });

      test("each lets one pod go, of as many as there are", async () => {
        for (const budget of settled) {
          const pods = (await podsOf(cluster.api, budget)).length;
          expect({ name: budget.metadata.name, ...budget.status }).toMatchObject({
            name: budget.metadata.name,
            expectedPods: pods,
            currentHealthy: pods,
            desiredHealthy: pods - 1,
            disruptionsAllowed: 1,
          });
        }
      });

      test("a second pod may not go before the first is replaced", async () => {
        // No replacement can start.
        const nodes = (await cluster.kubectl("get", "nodes", "-o", "name")).trim().split("\n");
        await cluster.kubectl("cordon", ...nodes);
        try {
          for (const budget of settled) {
            const [first, second] = (await podsOf(cluster.api, budget)).filter(isReady);
            if (first === undefined || second === undefined) continue;
            expect({ of: budget.metadata.name, ...(await evict(cluster.api, first)) }).toMatchObject({ status: 201 });
            expect({ of: budget.metadata.name, ...(await evict(cluster.api, second)) }).toMatchObject({
              status: 429,
              message: expect.stringContaining("violate the pod's disruption budget"),
            });
          }
        } finally {
          await cluster.kubectl("uncordon", ...nodes);
        }
        await until("every budget is met again", () => areMet(cluster.api, stack), { check, ...SELDOM });
      });

      test("a node can be drained", async () => {
        const node = await fullestNode(cluster.api);
        // Longer than a budget remembers an evicted pod whose successor, of the same name, is there at once, as only here.
        const drain = ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=150s"];
        await figure(suite, "drain of a node", () => cluster.kubectl(...drain));
      });
    });

    test("no operator has needed much of its memory", () => {
      const pods = Object.values(OPERATORS).flatMap((operator) => operator.pods);
      const uses = PROGRAMS.map(([binary, name]) => {
        const { memory = "0", memoryLimit = memory } = pods.find((set) => set.name === name)?.resources ?? {};
        return { name, peak: sandbox.peakMemory(binary), limit: parseBytes(memoryLimit) };
      });
      expect(scarceMemory(suite, uses)).toEqual([]);
    });
  });
}

/** Operators that run beside the cluster, and the pods that they are elsewhere. */
const PROGRAMS: readonly (readonly [binary: string, pods: OperatorPodsName])[] = [
  ["cloudnative-pg", "cloudnative-pg"],
  ["barman-cloud", "plugin-barman-cloud"],
  ["rabbitmq-cluster-operator", "rabbitmq-cluster-operator"],
  ["rabbitmq-topology-operator", "rabbitmq-topology-operator"],
  ["prometheus-operator", "prometheus-operator"],
  ["keda-operator", "keda-operator"],
  ["keda-adapter", "keda-metrics-apiserver"],
  ["keda-webhooks", "keda-admission-webhooks"],
];

/** For each declared budget all pods are there and healthy, of an autoscaled role its least, and one may go; or where this is not so. */
async function areMet(api: ApiClient, { objects }: DeclaredStack): Promise<true | string> {
  const least = new Map(autoscalersOf(objects).map(({ role, min }) => [role, min]));
  const unmet: string[] = [];
  for (const budget of await budgets(api, objects)) {
    const { name } = budget.metadata;
    const pods = (await podsOf(api, budget)).length;
    const { expectedPods, currentHealthy, disruptionsAllowed } = budget.status ?? {};
    const isWhole = pods >= (least.get(name) ?? 1) && expectedPods === pods && currentHealthy === pods;
    if (!isWhole || disruptionsAllowed !== 1) unmet.push(`${name}: ${pods} pods, ${JSON.stringify(budget.status)}`);
  }
  return unmet.length === 0 || unmet.join("\n");
}

/** Asking for all of it takes the API server some work. */
const SELDOM = { everyMilliseconds: 500, seconds: 180 };

/** The node with the most pods. */
async function fullestNode(api: ApiClient): Promise<string> {
  const { items } = await api.get<{ items: { spec: { nodeName?: string } }[] }>("/api/v1/pods");
  const pods = new Map<string, number>();
  for (const { nodeName } of items.map(({ spec }) => spec)) {
    if (nodeName !== undefined) pods.set(nodeName, (pods.get(nodeName) ?? 0) + 1);
  }
  const [[name] = [""]] = [...pods].sort(([, a], [, b]) => b - a);
  return name;
}

interface Conditioned {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function conditionsOf(status: Conditioned["status"]): Record<string, string> {
  return Object.fromEntries((status?.conditions ?? []).map(({ type, status }) => [type, status]));
}
