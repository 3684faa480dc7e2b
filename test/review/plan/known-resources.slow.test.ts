import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import fc from "fast-check";
import type { Plan, Resource } from "../../../review/plan/plan";
import { record } from "../../../review/plan/record";
import { readStackFile, stackNames } from "../../../stacks/config/load";
import { platform } from "../../../stacks/platform";
import { PROJECT_DIRECTORY } from "../../helpers/record";

type Program = () => Record<string, unknown>;
const planned = (program: Program, options: { atOnce?: boolean; preview?: boolean } = {}): Promise<Plan> =>
  record(program, { project: "mes", stack: "test", projectDirectory: PROJECT_DIRECTORY, ...options });

/** In one order: what has to be waited for comes after what is known. */
const sorted = ({ resources, outputs }: Plan): { resources: Resource[]; outputs: unknown } => ({
  resources: [...resources].sort((a, b) => (a.urn < b.urn ? -1 : 1)),
  outputs,
});

async function expectTheSameBothWays(program: Program, preview = true): Promise<void> {
  const [atOnce, bySdk] = [await planned(program, { preview }), await planned(program, { preview, atOnce: false })];
  expect(sorted(atOnce)).toEqual(sorted(bySdk));
}

class Thing extends pulumi.CustomResource {
  declare readonly size: pulumi.Output<unknown>;
  declare readonly status: pulumi.Output<unknown>;
  constructor(name: string, inputs: Record<string, unknown> = {}, opts: pulumi.CustomResourceOptions = {}) {
    super("test:index:Thing", name, { size: 1, status: undefined, ...inputs }, opts);
  }
}
class Part extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("test:index:Part", name, {}, opts);
    this.container = opts.parent instanceof Part ? opts.parent : undefined;
    this.container?.parts.push(this);
  }

  finished = false;
  private readonly container?: Part;
  private readonly parts: Part[] = [];

  /** Takes no more children. */
  finish(): void {
    this.finished = true;
    for (const part of this.parts) part.finish();
  }

  isIn(other: Part): boolean {
    return this === other || this.container?.isIn(other) === true;
  }
}
class Provider extends pulumi.ProviderResource {}

describe("what is recorded where it is declared is what the SDK would have sent", () => {
  it.each(stackNames(PROJECT_DIRECTORY))("of the whole of %s", async (stack) => {
    const config = readStackFile(path.join(PROJECT_DIRECTORY, `Pulumi.${stack}.yaml`)).config;
    await expectTheSameBothWays(() => platform(stack, config));
  });

  it.each([true, false])("of any program (preview %s)", async (preview) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) =>
        expectTheSameBothWays(() => follow(steps), preview),
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 20) },
    );
  });
});

/** One resource of a generated program; numbers choose among those before it. */
const step = fc.record(
  {
    kind: fc.constantFrom("part", "thing", "password"),
    parent: fc.nat(),
    dependsOn: fc.array(fc.nat(), { maxLength: 3 }),
    reads: fc.nat(),
    wraps: fc.constantFrom("plain", "output", "secret", "nested", "promise"),
    options: fc.record(
      {
        protect: fc.boolean(),
        retainOnDelete: fc.boolean(),
        deleteBeforeReplace: fc.boolean(),
        ignoreChanges: fc.constant(["size"]),
        replaceOnChanges: fc.constant(["size"]),
        additionalSecretOutputs: fc.constant(["status"]),
        customTimeouts: fc.constant({ create: "5m" }),
        aliases: fc.constantFrom<pulumi.Alias[]>(
          [{ name: "former" }],
          [{ type: "test:old:Thing" }],
          [{ parent: pulumi.rootStackResource }],
        ),
        version: fc.constant("1.2.3"),
        provider: fc.constant("provider"),
        dependsOnOutput: fc.constant(true),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["kind", "parent", "dependsOn", "reads", "wraps", "options"] },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function follow(steps: readonly Step[]): Record<string, unknown> {
  const made: (Part | Thing | random.RandomPassword)[] = [];
  const outputs: Record<string, unknown> = {};
  const provider = new Provider("test", "provider", { region: "here" });
  steps.forEach(({ kind, parent, dependsOn, reads, wraps, options }, index) => {
    const choose = <T>(from: readonly T[], number: number): T | undefined => from[number % (from.length + 1)];
    const { provider: wantsProvider, dependsOnOutput, ...rest } = options;
    const container = choose(
      made.filter((one): one is Part => one instanceof Part && !one.finished),
      parent,
    );
    // What depends on a component that it is in, or that grows afterwards, could wait for itself.
    const possible = made.filter((one) => !(one instanceof Part) || !container?.isIn(one));
    const chosen = dependsOn.map((number) => choose(possible, number)).filter((one) => one !== undefined);
    const source = choose(possible, reads);
    for (const one of [...chosen, source]) if (one instanceof Part) one.finish();
    const common = {
      ...rest,
      parent: container,
      dependsOn: dependsOnOutput ? pulumi.output(chosen) : chosen,
    } as pulumi.ResourceOptions;
    const opts = { ...common, ...(wantsProvider === undefined ? {} : { provider }) };
    const name = `${kind}-${index}`;
    if (kind === "part") made.push(new Part(name, { ...common, additionalSecretOutputs: undefined } as pulumi.ResourceOptions));
    else if (kind === "password") made.push(new random.RandomPassword(name, { length: 8 }, { parent: container }));
    else made.push(new Thing(name, { size: wrapped(wraps, source) }, opts));
    outputs[name] = made.at(-1)?.urn;
  });
  return outputs;
}

function wrapped(how: string, source: pulumi.Resource | undefined): unknown {
  const read = source instanceof Thing ? source.size : source instanceof random.RandomPassword ? source.result : source?.urn;
  switch (how) {
    case "output":
      return read;
    case "secret":
      return pulumi.secret({ deep: [read ?? "plain"] });
    case "nested":
      return { list: [1, { read }], text: pulumi.interpolate`<${read ?? ""}>` };
    case "promise":
      return Promise.resolve({ a: 1 });
    default:
      return { a: [1, "two", null, true], b: undefined };
  }
}

it("refuses resources that wait for each other, as the engine would for ever", async () => {
  const circular = planned(() => {
    const part = new Part("part");
    new Thing("first", {}, { parent: part, dependsOn: part });
    new Thing("second", {}, { parent: part, dependsOn: part });
    return {};
  });
  await expect(circular).rejects.toThrow(
    "these wait for each other, and none would ever be made: test:index:Thing first → test:index:Thing second → test:index:Thing first",
  );
});

describe("the properties of what was recorded at once", () => {
  const read = async <T>(get: () => pulumi.Output<T>, preview: boolean) => {
    const seen: { output?: pulumi.Output<T> } = {};
    await planned(
      () => {
        seen.output = get();
        return {};
      },
      { preview },
    );
    const output = seen.output as unknown as { promise(): Promise<T>; isKnown: Promise<boolean>; isSecret: Promise<boolean> };
    return { value: await output.promise(), known: await output.isKnown, secret: await output.isSecret };
  };

  it("are its inputs", async () => {
    expect(await read(() => new Thing("thing", { size: { a: [1] } }).size, true)).toEqual({
      value: { a: [1] },
      known: true,
      secret: false,
    });
  });

  it("and, where only a real run knows them, not known in a preview", async () => {
    expect(await read(() => new Thing("thing").status, true)).toEqual({ value: undefined, known: false, secret: false });
    expect(await read(() => new Thing("thing").status, false)).toEqual({ value: undefined, known: true, secret: false });
    expect((await read(() => new Thing("thing").id, true)).known).toBe(false);
    expect(await read(() => new Thing("thing").id, false)).toEqual({ value: "thing-id", known: true, secret: false });
  });

  it("and secret where the provider makes them so", async () => {
    const password = await read(() => new random.RandomPassword("password", { length: 8 }).result, true);
    expect(password).toMatchObject({ known: true, secret: true });
  });

  it("and are Outputs to whoever asks", async () => {
    await planned(() => {
      const { size } = new Thing("thing", { size: { deep: 1 } });
      expect(pulumi.Output.isInstance(size)).toBe(true);
      expect(size).toBeInstanceOf(pulumi.Output);
      expect("apply" in size).toBe(true);
      expect(Object.keys(size)).toContain("isKnown");
      return {};
    });
  });
});
