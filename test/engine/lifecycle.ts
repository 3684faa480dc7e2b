import { type KubernetesObject, Resources } from "../cluster/resources";
import { record } from "../../review/plan/record";
import type { StackConfig } from "../../stacks/config/schema";
import { platform } from "../../stacks/platform";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { Amazon } from "./aws-provider/amazon";
import { inventoryFor, inventoryOf, isOfAmazon } from "./aws-provider/inventory";
import { AwsTestProvider } from "./aws-provider/provider";
import { CHANGES } from "./changes";
import { realEngine, type Program, type RealEngine, type StateResource, type Step } from "./engine";
import { byComponent, isObjectOfCluster, missing, objectOf } from "./inventory";
import { asFarAsPlanned, fromPlan, fromState } from "./parity";
import { changesOf, named, plannedChanges, shortName } from "./planned";
import { differences } from "./provider/differences";
import { figure, noteComponent } from "./figures";
import { without } from "./provider/without";
import { stackCluster, type StackCluster } from "./stack-cluster";

/** The life of a stack, from an empty cluster to an empty cluster: the real engine, a real API server, test providers. */
export function describeLife(stack: string): void {
  describe(`the life of ${stack}`, () => {
    let of: StackCluster;
    let amazon: Amazon | undefined;
    let engine: RealEngine;
    let config: StackConfig;
    const current: Program = () => platform(stack, config);

    beforeAll(async () => {
      of = await stackCluster(stack);
      config = of.config;
      amazon = config.storage?.kind === "aws" ? await Amazon.start(config.storage) : undefined;
      engine = await realEngine(stack, of.provider, amazon && new AwsTestProvider(amazon));
    });
    afterAll(async () => {
      engine.stop();
      await amazon?.stop();
      await of.stop();
    });

    test("a preview on an empty cluster creates everything, and nothing yet", async () => {
      const steps = await figure(stack, "preview on an empty cluster", () => engine.preview(current));
      expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["create"]));
      expect(await namespaces(of)).not.toContain(of.config.namespaces.prefix);
    });

    test("`up` creates every object; the API server warns of nothing", async () => {
      const steps = await figure(stack, "up on an empty cluster", () => engine.up(current));
      expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["create"]));
      expect(of.provider.warnings).toEqual([]);
      const state = await engine.state();
      expect(await missing(of.cluster.api, state)).toEqual([]);
      if (amazon !== undefined) expect(await inventoryOf(amazon)).toEqual(inventoryFor(state));
      for (const [component, resources] of byComponent(state)) {
        const isMade = resources.some((resource) => isObjectOfCluster(resource) || isOfAmazon(resource));
        noteComponent(stack, component, isMade ? "applied" : "planned", resources);
      }
    });

    test("the plan says of each resource what the engine has recorded", async () => {
      const plan = await record(current, { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY });
      const planned = new Map(plan.resources.map((resource) => [resource.urn, fromPlan(resource)]));
      const state = (await engine.state()).filter(({ urn }) => !isDefaultProvider(urn));
      expect([...planned.keys()].sort()).toEqual(state.map(({ urn }) => urn).sort());
      for (const resource of state) {
        const said = planned.get(resource.urn);
        const { inputs, ...options } = fromState(resource, said?.inputs);
        // Version and plug-in of a provider are the engine's own additions to its inputs.
        const compared = resource.type.startsWith("pulumi:providers:") ? said?.inputs : asFarAsPlanned(inputs, said?.inputs);
        expect(said).toEqual({ ...options, inputs: compared });
      }
    });

    test("the API server would change nothing if all were applied once more", async () => {
      expect(await reapplied(of, await engine.state())).toEqual([]);
    });

    test("a second preview, `refresh` and `up` find nothing to do", async () => {
      expect(await figure(stack, "second preview", () => engine.preview(current))).toEqual([]);
      expect(await figure(stack, "refresh", () => engine.refresh())).toEqual([]);
      expect(await figure(stack, "second up", () => engine.up(current))).toEqual([]);
    });

    test("what somebody changed by hand is found, and put right", async () => {
      const policy = (await engine.state()).find(({ type }) => type.endsWith(":NetworkPolicy"))
        ?.inputs as unknown as KubernetesObject;
      const { name, namespace = "" } = policy.metadata;
      const roles = of.config.namespaces.prefix;
      await of.cluster.kubectl("-n", roles, "set", "image", "deployment/order-api", "*=example/other:1");
      await of.cluster.kubectl("-n", namespace, "delete", "networkpolicy", name);
      // Nobody declares it.
      await of.cluster.kubectl("-n", roles, "label", "deployment/order-api", "somebody=was-here");
      expect(named(changesOf(await engine.refresh()))).toEqual([
        "change Deployment order-api",
        expect.stringMatching(/^delete NetworkPolicy /),
      ]);
      expect(named(changesOf(await engine.up(current)))).toEqual([
        "change Deployment order-api",
        expect.stringMatching(/^create NetworkPolicy /),
      ]);
      expect(await engine.refresh()).toEqual([]);
    });

    describe.each(CHANGES)("$what", ({ change, expected }) => {
      let steps: Step[];
      let planned: Awaited<ReturnType<typeof plannedChanges>>;
      beforeAll(async () => {
        const after = change(config);
        planned = await plannedChanges(stack, current, () => platform(stack, after));
        config = after;
        steps = await engine.up(current);
      });

      test("changes what the plan says, and content of Secrets, which it does not show", () => {
        const { secrets, others } = withoutSecretContent(changesOf(steps), planned);
        expect(named(others)).toEqual(named(planned));
        expect(Object.keys(secrets).map(shortName)).toEqual(
          Object.keys(secrets)
            .map(shortName)
            .filter((name) => SECRET_CONTENT.test(name)),
        );
      });

      if (expected !== undefined) {
        test("changes just this", () => {
          expect(named(changesOf(steps)).sort()).toEqual([...expected].sort());
        });
      }
    });

    test("each was whole after one `up`", async () => {
      expect(await engine.preview(current)).toEqual([]);
      expect(of.provider.warnings).toEqual([]);
    });

    describe("the end", () => {
      let before: StateResource[];
      beforeAll(async () => {
        before = await engine.state();
      });

      test("deletion of protected data is refused before anything is deleted", async () => {
        const kept = before.filter(({ protect }) => protect === true);
        expect(kept.length > 0).toBe(config.cluster.protectData);
        if (!config.cluster.protectData) return;
        // The engine alone would delete all that is not protected first; the CLI looks ahead.
        await expect(engine.pulumi("destroy", "--yes")).rejects.toThrow(/cannot be deleted\s+because it is protected/);
        expect(await missing(of.cluster.api, before)).toEqual([]);
        await engine.pulumi("state", "unprotect", "--all", "--yes");
      });

      test("`destroy` leaves nothing but what is retained", async () => {
        await figure(stack, "destroy", () => engine.destroy());
        expect((await engine.state()).map(({ urn }) => urn)).toEqual([]);
        const objects = before.filter(isObjectOfCluster);
        // What is kept goes all the same with a namespace that is not.
        const namespaces = objects.filter(({ type, retainOnDelete }) => type.endsWith(":Namespace") && retainOnDelete !== true);
        const emptied = namespaces.map((namespace) => objectOf(namespace).metadata.name);
        const retained = objects
          .filter((one) => one.retainOnDelete === true && !emptied.includes(objectOf(one).metadata.namespace ?? ""))
          .map(({ urn }) => shortName(urn));
        const gone = (await missing(of.cluster.api, before)).map((entry) => entry.split(": ")[0]);
        expect(
          objects
            .map(({ urn }) => shortName(urn))
            .filter((name) => !gone.includes(name))
            .sort(),
        ).toEqual(retained.sort());
        const keptOnPurpose = before.filter(({ retainOnDelete }) => retainOnDelete === true);
        if (amazon !== undefined) expect(await inventoryOf(amazon)).toEqual(inventoryFor(keptOnPurpose));
      });
    });
  });
}

/** Secrets, and what is rolled when their content changes. */
const SECRET_CONTENT = /^(Secret|Deployment|StatefulSet) /;

function withoutSecretContent<T>(changes: Record<string, T>, planned: Readonly<Record<string, T>>) {
  const unplanned = Object.entries(changes).filter(([urn]) => !(urn in planned));
  return {
    secrets: Object.fromEntries(unplanned),
    others: Object.fromEntries(Object.entries(changes).filter(([urn]) => urn in planned)),
  };
}

async function namespaces({ cluster }: StackCluster): Promise<string[]> {
  const { items } = await cluster.api.get<{ items: KubernetesObject[] }>("/api/v1/namespaces");
  return items.map(({ metadata }) => metadata.name);
}

function isDefaultProvider(urn: string): boolean {
  return /::pulumi:providers:\w+::default/.test(urn);
}

/**
 * What would change if each object were applied again, by the same field manager; without Secrets, whose content is encrypted here.
 * By force: an object is created by POST, and the plug-in takes its fields over before it applies.
 */
async function reapplied({ cluster }: StackCluster, state: readonly StateResource[]): Promise<string[]> {
  const resources = new Resources(cluster.api);
  const answers = state
    .filter((resource) => isObjectOfCluster(resource) && !resource.type.endsWith(":Secret") && !holdsSecret(resource.inputs))
    .map(async (resource) => {
      const { urn, inputs, outputs } = resource;
      const path = await resources.pathOf(objectOf(resource));
      const query = new URLSearchParams({
        fieldManager: String(outputs?.__fieldManager),
        fieldValidation: "Strict",
        dryRun: "All",
        force: "true",
      });
      const before = await cluster.api.get(path);
      const { body } = await cluster.api.request("PATCH", `${path}?${query.toString()}`, {
        body: inputs,
        contentType: "application/apply-patch+yaml",
      });
      const changed = differences(comparable(before), comparable(body));
      return changed.length === 0 ? [] : [`${shortName(urn)}: ${changed.join(", ")}`];
    });
  return (await Promise.all(answers)).flat();
}

function holdsSecret(value: unknown): boolean {
  return JSON.stringify(value).includes("4dabf18193072939515e22adb298388d");
}

function comparable(object: unknown): unknown {
  const { metadata } = object as KubernetesObject;
  return {
    ...without(object as object, "status"),
    metadata: without(metadata, "managedFields", "resourceVersion", "generation"),
  };
}
