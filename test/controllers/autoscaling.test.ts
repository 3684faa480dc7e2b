import { setTimeout as sleep } from "node:timers/promises";
import type { ScaleConfig } from "../../components/autoscaling/config";
import { CONTAINER } from "../../components/mes/role/container-name";
import type { StackConfig } from "../../stacks/config/schema";
import { environmentOf } from "../../stacks/environment";
import { Applier } from "../cluster/apply";
import { Authority } from "../cluster/certificates";
import type { Cluster } from "../cluster/cluster";
import { messageOf } from "../cluster/message";
import type { KubernetesObject } from "../cluster/resources";
import { Sandbox } from "../cluster/sandbox";
import { makeTools } from "../cluster/tools";
import { figure, note } from "../engine/figures";
import { Curves, type Step } from "./curve";
import { certificateSecrets } from "./issuer";
import { KEDA_TOOLS, startKeda, type Keda } from "./keda";
import { IDLE, type Load } from "./load";
import { serveMetricsApi } from "./metrics-api";
import { FASTER, faster, fasterFlags, periodOf, stairsDown, stairsUp } from "./pace";
import { always, never, withSchedules } from "./schedules";
import {
  autoscalersOf,
  brokerSecret,
  conditionsOf,
  lastActiveTime,
  rolesOnly,
  scaledRoles,
  untilActive,
  untilMeasured,
  untilReady,
  type Autoscaler,
} from "./scaled";
import { serveSources, type Sources } from "./sources";
import { applyInOrder, clusterOf, declaredStack, isAutoscaler, withObjects } from "./stack";

/*
 * A load goes in, a number of pods comes out. Real: the autoscalers of Kubernetes and KEDA, with KEDA's scalers and its API of
 * external metrics, on a real API server. Played: what they measure (metrics-server, Prometheus, the broker's management
 * API), and pods. Time goes by FASTER for all of them.
 */
describe("the autoscalers of prod", () => {
  let cluster: Cluster;
  let sandbox: Sandbox;
  let sources: Sources;
  let keda: Keda;
  let curves: Curves;
  let autoscalers: Autoscaler[];
  let objects: KubernetesObject[];
  let namespace: string;
  let load: Load = IDLE;
  const ends: (() => unknown)[] = [];
  const check = (): void => sandbox.check();

  beforeAll(async () => {
    await makeTools(...KEDA_TOOLS);
    const stack = await declaredStack("prod");
    namespace = stack.config.namespaces.prefix;
    objects = withSchedules(rolesOnly(stack), never).map((object) => (isAutoscaler(object) ? faster(object) : object));
    autoscalers = autoscalersOf(objects);
    sandbox = new Sandbox("autoscaling");
    ends.push(() => sandbox.stop());
    cluster = await clusterOf(stack, { controllerManager: fasterFlags() });
    ends.push(() => cluster.stop());
    const metrics = await serveMetricsApi(cluster.api, sandbox, CONTAINER, (role) => load.roles[role]?.cpu ?? 0);
    ends.push(() => metrics.close());
    const authority = await Authority.create(sandbox.folder, "mes-ca");
    sources = await serveSources({
      authority,
      environment: environmentOf(stack.name, stack.config),
      vhost: stack.config.broker.vhost,
      roles: scaledRoles(stack),
      load: () => load,
    });
    ends.push(() => sources.close());
    keda = await figure("autoscalers of prod", "KEDA serves metrics and webhooks", () =>
      startKeda(cluster, sandbox, sources.hosts),
    );
    const secrets = [brokerSecret(objects, sources.brokerUrl), ...(await certificateSecrets(objects, authority))];
    await applyInOrder(cluster.api, withObjects(objects, secrets));
    curves = new Curves(cluster.api, namespace);
    ends.push(() => curves.stop());
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const each = <T>(figureOf: (autoscaler: Autoscaler) => T): Record<string, T> =>
    Object.fromEntries(autoscalers.map((autoscaler) => [autoscaler.role, figureOf(autoscaler)]));
  const least = each.bind(undefined, ({ min }) => min) as () => Record<string, number>;
  const most = each.bind(undefined, ({ max }) => max) as () => Record<string, number>;
  const halfway = ({ min, max }: Autoscaler): number => Math.ceil((min + max) / 2);
  /** All numbers of pods that each Deployment was told since a moment. */
  const told = (since: number) => each(({ role }) => curves.since(since, role).map(({ replicas }) => replicas));
  /** Waits until each role has been told to have so many pods; otherwise its autoscaler has a say. */
  const reach = async (expected: Readonly<Record<string, number>>, seconds = 60): Promise<void> => {
    try {
      await curves.untilAt(expected, seconds, check);
    } catch (error) {
      const said = [messageOf(error), await conditionsOf(cluster.api, namespace), ...keda.errors().slice(-3)];
      throw new Error(said.join("\n"), { cause: error });
    }
  };
  /** How long it took, in the time of a stack. */
  const noteTimes = (direction: "up" | "down", since: number): void => {
    for (const { role } of autoscalers) {
      const steps = curves.since(since, role);
      const seconds = Math.round((((steps.at(-1)?.at ?? since) - since) / 1000) * FASTER);
      note("autoscalers of prod", `${role} ${direction}`, {
        seconds,
        pods: `${steps.at(0)?.replicas} to ${steps.at(-1)?.replicas}`,
      });
    }
  };

  test("KEDA takes every ScaledObject, and each autoscaler gets its metrics", async () => {
    await untilReady(cluster.api, namespace, check);
    await untilMeasured(cluster.api, namespace, autoscalers, check);
    await reach(least());
  });

  test("as load comes, pods are added by the declared steps: for messages that wait, requests, GPUs, CPU", async () => {
    const started = Date.now();
    load = {
      roles: {
        "order-api": { requests: 50 * 12 },
        dashboard: { requests: 30 * 6 },
        pricing: { gpu: 70 * 3 },
        "outbox-relay": { cpu: 0.7 * 0.2 * 4 },
      },
      queues: { "orders.inbound": { messages: 100 * 12, rate: 0 } },
    };
    await reach(each(halfway));
    expect(told(started)).toEqual(each((own) => stairsUp(own.min, halfway(own), own.behavior.scaleUp)));
  });

  test("the metric counts that asks for the most pods, up to the declared number", async () => {
    // What was added in a period counts until it is over.
    await sleep((Math.max(...autoscalers.map(({ behavior }) => periodOf(behavior.scaleUp))) + 1) * 1000);
    const started = Date.now();
    load = {
      roles: {
        "order-api": { requests: 50, cpu: 0.65 * 0.5 * 30 },
        dashboard: { requests: 30, cpu: 0.7 * 0.25 * 30 },
        pricing: { gpu: 70, requests: 5 * 30 },
        "outbox-relay": { cpu: 0.7 * 0.2 * 30 },
      },
      queues: { "orders.inbound": { messages: 100, rate: 15 * 30 } },
    };
    await reach(most());
    expect(told(started)).toEqual(each((own) => stairsUp(halfway(own), own.max, own.behavior.scaleUp)));
    noteTimes("up", started);
  });

  test("a pause that is shorter than the declared window removes no pod", async () => {
    const started = Date.now();
    const peak = load;
    load = IDLE;
    const window = Math.min(...autoscalers.map(({ behavior }) => behavior.scaleDown.stabilizationWindowSeconds));
    await sleep((window * 1000) / 2);
    load = peak;
    await sleep((window * 1000) / 4);
    await untilMeasured(cluster.api, namespace, autoscalers, check);
    expect(told(started)).toEqual(each(({ max }) => [max]));
  });

  describe("when the load is gone", () => {
    let started: number;
    beforeAll(async () => {
      started = Date.now();
      load = IDLE;
      await reach(least(), 300);
      noteTimes("down", started);
    });

    test("pods go by the declared steps", () => {
      expect(told(started)).toEqual(each(({ min, max, behavior }) => stairsDown(max, min, behavior.scaleDown)));
    });

    test("the first goes not before the declared window is over, the last not before as many periods as there are further steps", () => {
      const early = autoscalers.filter(({ role, behavior }) => {
        const [, ...steps] = curves.since(started, role);
        const window = behavior.scaleDown.stabilizationWindowSeconds;
        const periods = (steps.length - 1) * periodOf(behavior.scaleDown);
        return isEarly(steps[0], started, window) || isEarly(steps.at(-1), started, window + periods);
      });
      expect(early).toEqual([]);
    });
  });

  test("ahead of a known peak there are as many pods as its schedule says", async () => {
    const applier = new Applier(cluster.api);
    const scheduled = autoscalers.filter(({ schedules }) => schedules.length > 0);
    await applier.applyAll(withSchedules(objects, always).filter(({ kind }) => kind === "ScaledObject"));
    const expected = Object.fromEntries(scheduled.map(({ role, schedules }) => [role, Math.max(...schedules)]));
    expect(expected).not.toEqual({});
    await reach(expected);
  });

  test("KEDA takes over a role that Kubernetes has scaled until then", async () => {
    const own = objects.filter(({ kind }) => kind === "HorizontalPodAutoscaler").map(({ metadata }) => metadata.name);
    expect(own).toEqual(["outbox-relay"]);
    const scaledObject = await scaledObjectOf("outbox-relay", { schedule: [{ ...always, timezone: "UTC", replicas: 3 }] });
    await new Applier(cluster.api).apply(scaledObject, { dryRun: true });
  });

  test("KEDA has logged no error", () => {
    expect(keda.errors()).toEqual([]);
  });

  test("while nothing can be measured, a role has its fallback, and no fewer pods than it had", async () => {
    sources.fail(true);
    const fallbacks = Object.fromEntries(
      autoscalers.flatMap(({ role, fallback }) => (fallback === undefined ? [] : [[role, fallback.replicas]])),
    );
    await reach(fallbacks, 120);
    sources.fail(false);
    await untilReady(cluster.api, namespace, check);
  });

  test("a role that may sleep has no pod when it had nothing to do for long enough, and one as soon as a message waits", async () => {
    const role = "order-intake";
    const scaledObject = faster(await scaledObjectOf(role, { min: 0 }));
    const aMessage: Load = { roles: {}, queues: { "orders.inbound": { messages: 1, rate: 0 } } };
    load = aMessage;
    await new Applier(cluster.api).apply(scaledObject);
    await untilActive(cluster.api, namespace, role, check);

    const idleSince = Date.now();
    load = IDLE;
    await reach({ [role]: 0 }, 120);
    const { cooldownPeriod } = scaledObject.spec as { readonly cooldownPeriod: number };
    const lastActive = await lastActiveTime(cluster.api, namespace, role);
    expect(isEarly(curves.since(idleSince, role).at(-1), lastActive, cooldownPeriod)).toBe(false);
    load = aMessage;
    await reach({ [role]: 1 });
  });
});

/** The ScaledObject of a role of prod, its scale changed. */
async function scaledObjectOf(role: string, change: Partial<ScaleConfig>): Promise<KubernetesObject> {
  const changed = (config: StackConfig): StackConfig => {
    const declared = config.roles[role];
    if (declared?.scale === undefined) throw new Error(`${role} is not scaled`);
    return { ...config, roles: { ...config.roles, [role]: { ...declared, scale: { ...declared.scale, ...change } } } };
  };
  const { objects } = await declaredStack("prod", changed);
  const found = objects.find(({ kind, metadata }) => kind === "ScaledObject" && metadata.name === role);
  if (found === undefined) throw new Error(`${role} has no ScaledObject`);
  return found;
}

/**
 * Whether a step came sooner than declared. An autoscaler counts from when it last looked, every second and on a busy machine some
 * seconds apart. How much later a step comes is a matter of the machine: pods stay while a metric is late.
 */
function isEarly(step: Step | undefined, since: number, seconds: number): boolean {
  return (step?.at ?? 0) < since + (seconds - LOOKS_APART) * 1000;
}

const LOOKS_APART = 3;
