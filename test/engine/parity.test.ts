import { loadStackFile, stackFilePath, stackNames } from "../../stacks/config/load";
import { platform } from "../../stacks/platform";
import type { Resource } from "../../review/plan/plan";
import { record } from "../../review/plan/record";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { realEngine, type RealEngine, type StateResource } from "./engine";

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** What both a plan and the engine's state say of a resource, in one form. */
interface Comparable {
  readonly type: string;
  readonly parent: string | undefined;
  readonly provider: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly inputs: unknown;
}

function fromState(resource: StateResource): Comparable {
  return {
    type: resource.type,
    parent: resource.parent,
    provider: resource.provider?.slice(0, resource.provider.lastIndexOf("::")),
    protect: resource.protect ?? false,
    retainOnDelete: resource.retainOnDelete ?? false,
    dependencies: [...(resource.dependencies ?? [])].sort(),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies ?? {})
        .filter(([, urns]) => urns !== null && urns.length > 0)
        .map(([key, urns]) => [key, [...(urns ?? [])].sort()]),
    ),
    inputs: redacted(resource.inputs ?? {}),
  };
}

function fromPlan(resource: Resource): Comparable {
  return {
    type: resource.type,
    parent: resource.parent,
    provider: resource.provider,
    protect: resource.protect,
    retainOnDelete: resource.retainOnDelete,
    dependencies: resource.dependsOn,
    propertyDependencies: resource.propertyDependencies,
    inputs: resource.inputs,
  };
}

/** Secrets of the state as a plan shows them: the keys, and no leaf. */
function redacted(value: unknown, secret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => redacted(item, secret));
  if (value === null || typeof value !== "object") return secret ? "[secret]" : value;
  const object = value as Record<string, unknown>;
  if (SIGNATURE in object) return redacted(JSON.parse(String(object.plaintext)), true);
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, redacted(item, secret)]));
}

describe.each(stackNames(PROJECT_DIRECTORY))("the plan of %s", (stack) => {
  const config = loadStackFile(stackFilePath(PROJECT_DIRECTORY, stack));
  const program = () => platform(stack, config);
  let engine: RealEngine;
  let state: Map<string, Comparable>;
  let planned: Map<string, Comparable>;

  beforeAll(async () => {
    engine = await realEngine(stack, () => Promise.resolve(program()));
    await engine.up();
    state = new Map((await engine.state()).map((resource) => [resource.urn, fromState(resource)]));
    const plan = await record(program, { project: "mes", stack, projectDirectory: PROJECT_DIRECTORY });
    planned = new Map(plan.resources.map((resource) => [resource.urn, fromPlan(resource)]));
  });
  afterAll(() => {
    engine.stop();
  });

  it("has the very URNs that the real engine gives", () => {
    expect([...planned.keys()].sort()).toEqual([...state.keys()].sort());
  });

  it("says of each resource what the engine's state says after `up`", () => {
    for (const [urn, resource] of state) {
      // Version and plug-in of a provider are the engine's own additions to its inputs.
      if (resource.type.startsWith("pulumi:providers:")) continue;
      expect({ urn, ...planned.get(urn) }).toEqual({ urn, ...resource });
    }
  });

  it("changes nothing when it is applied again", async () => {
    const { changeSummary } = await engine.preview();
    expect(Object.keys(changeSummary)).toEqual(["same"]);
  });
});
