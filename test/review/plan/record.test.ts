import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { PlanError, userMessage } from "../../../review/errors";
import type { Plan, Resource } from "../../../review/plan/plan";
import { record } from "../../../review/plan/record";

const PROJECT_DIRECTORY = path.join(__dirname, "..", "..", "..");

const planned = (program: () => Record<string, unknown> | void, options: { preview?: boolean } = {}): Promise<Plan> =>
  record(() => program() ?? {}, { project: "mes", stack: "test", projectDirectory: PROJECT_DIRECTORY, ...options });

class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: Record<string, unknown> = {}, opts: pulumi.CustomResourceOptions = {}) {
    super("test:index:Thing", name, inputs, opts);
  }
}

class Part extends pulumi.ComponentResource {
  constructor(name: string, type: string, opts: pulumi.ComponentResourceOptions = {}) {
    super(type, name, {}, opts);
  }
}

const find = (plan: Plan, name: string): Resource => {
  const resource = plan.resources.find((one) => one.name === name);
  if (resource === undefined) throw new Error(`no ${name}`);
  return resource;
};
const inputsOf = async (inputs: Record<string, unknown>) =>
  find(await planned(() => void new Thing("thing", inputs)), "thing").inputs;

describe("URNs", () => {
  it("join the types of all ancestors but the stack, as the engine does", async () => {
    const { resources } = await planned(() => {
      const outer = new Part("outer", "mes:a:Outer");
      const inner = new Part("inner", "mes:b:Inner", { parent: outer });
      new Thing("deep", {}, { parent: inner });
      new Thing("flat");
    });
    // Siblings are registered in an order that nothing promises.
    expect(resources.map(({ urn }) => urn).sort()).toEqual([
      "urn:pulumi:test::mes::mes:a:Outer$mes:b:Inner$test:index:Thing::deep",
      "urn:pulumi:test::mes::mes:a:Outer$mes:b:Inner::inner",
      "urn:pulumi:test::mes::mes:a:Outer::outer",
      "urn:pulumi:test::mes::pulumi:pulumi:Stack::mes-test",
      "urn:pulumi:test::mes::test:index:Thing::flat",
    ]);
    const place = new Map(resources.map(({ urn }, i) => [urn, i]));
    for (const { urn, parent } of resources)
      if (parent !== undefined) expect(place.get(parent)).toBeLessThan(place.get(urn) ?? -1);
  });

  it("may have colons in a name", async () => {
    const plan = await planned(() => void new Thing("a::b"));
    expect(find(plan, "a::b").urn).toBe("urn:pulumi:test::mes::test:index:Thing::a::b");
  });

  it("are unique", async () => {
    const twice = planned(() => {
      new Thing("thing");
      new Thing("thing");
    });
    await expect(twice).rejects.toThrow(PlanError);
    await expect(twice).rejects.toThrow(
      "two resources have the URN urn:pulumi:test::mes::test:index:Thing::thing; give one of them another name",
    );
  });
});

describe("options", () => {
  it("are inherited from the parent where Pulumi inherits them", async () => {
    const plan = await planned(() => {
      const cluster = new k8s.Provider("cluster", { context: "test" });
      const part = new Part("data", "mes:data:Data", { protect: true, providers: [cluster] });
      new k8s.core.v1.ConfigMap("kept", {}, { parent: part });
      new k8s.core.v1.ConfigMap("free", {}, { parent: part, protect: false });
    });
    expect(find(plan, "kept")).toMatchObject({
      protect: true,
      parent: "urn:pulumi:test::mes::mes:data:Data::data",
      provider: "urn:pulumi:test::mes::pulumi:providers:kubernetes::cluster",
    });
    expect(find(plan, "free").protect).toBe(false);
  });

  it("are recorded whole", async () => {
    const plan = await planned(() => {
      const first = new Thing("first");
      new Thing(
        "second",
        { of: first.urn },
        {
          dependsOn: first,
          protect: true,
          retainOnDelete: true,
          deleteBeforeReplace: true,
          ignoreChanges: ["spec.replicas"],
          replaceOnChanges: ["spec.selector"],
          customTimeouts: { create: "10m" },
          aliases: [{ name: "old" }, { parent: pulumi.rootStackResource }, "urn:pulumi:test::mes::test:index:Thing::older"],
        },
      );
    });
    const first = "urn:pulumi:test::mes::test:index:Thing::first";
    expect(find(plan, "second")).toMatchObject({
      dependsOn: [first],
      propertyDependencies: { of: [first] },
      protect: true,
      retainOnDelete: true,
      deleteBeforeReplace: true,
      ignoreChanges: ["spec.replicas"],
      replaceOnChanges: ["spec.selector"],
      customTimeouts: { create: "10m" },
      inputs: { of: first },
    });
    expect(find(plan, "second").aliases).toEqual(
      expect.arrayContaining([
        `name=old parent=${plan.resources[0]?.urn ?? ""}`,
        "parent=none",
        "urn:pulumi:test::mes::test:index:Thing::older",
      ]),
    );
  });

  it("come with the line of the project that declares the resource", async () => {
    const plan = await planned(() => void new Thing("thing"));
    expect(find(plan, "thing").source).toEqual({ file: "test/review/plan/record.test.ts", line: expect.any(Number) });
  });
});

describe("inputs", () => {
  it("hide secrets at the leaf and keep what is around them", async () => {
    const inputs = await inputsOf({
      plain: "yes",
      password: pulumi.secret("hunter2"),
      nested: { user: "mes", deep: [{ token: pulumi.secret("hunter2") }, 7] },
    });
    expect(inputs).toEqual({ plain: "yes", password: "[secret]", nested: { user: "mes", deep: [{ token: "[secret]" }, 7] } });
  });

  it("keep the keys of a secret mapping, and no value of it", async () => {
    expect(await inputsOf({ data: pulumi.secret({ user: "mes", keys: ["hunter2"] }) })).toEqual({
      data: { user: "[secret]", keys: ["[secret]"] },
    });
  });

  it("never let a secret out, wherever it went", async () => {
    const plan = await planned(() => {
      const password = pulumi.secret("hunter2");
      new Thing("a", { url: pulumi.interpolate`amqps://mes:${password}@broker` });
      new Thing("b", { length: password.apply((text) => text.length), all: pulumi.all([password, "x"]) });
      new k8s.core.v1.Secret("c", { stringData: { password } }, { provider: new k8s.Provider("p", {}) });
      return { password };
    });
    expect(JSON.stringify(plan)).not.toContain("hunter2");
    expect(plan.outputs).toEqual({ password: "[secret]" });
  });

  it("name what only the real run knows", async () => {
    const plan = await planned(() => {
      const first = new Thing("first");
      new Thing("second", { of: first.id, all: [first.id], text: pulumi.interpolate`arn:${first.id}` });
    });
    expect(find(plan, "second").inputs).toEqual({
      of: "[known after apply]",
      all: ["[known after apply]"],
      text: "[known after apply]",
    });
  });
});

describe("what no plan can show is refused by name", () => {
  it.each<[string, () => void, string]>([
    [
      "a remote component",
      () => void new k8s.helm.v4.Chart("chart", { chart: "x" }),
      "kubernetes:helm.sh/v4:Chart chart makes its resources inside of a plugin",
    ],
    [
      "a resource that is there already",
      () => void k8s.core.v1.Secret.get("found", "mes/found"),
      "kubernetes:core/v1:Secret found reads what exists already",
    ],
    [
      "a question to a provider",
      () => void pulumi.output(pulumi.runtime.invoke("aws:index/getRegion:getRegion", {})),
      "aws:index/getRegion:getRegion asks a provider",
    ],
  ])("%s", async (_, program, message) => {
    const refused = planned(program);
    await expect(refused).rejects.toThrow(PlanError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe("a mistake in the program", () => {
  it("is told as it is", async () => {
    const fails = planned(() => {
      throw new pulumi.InputPropertyError({ propertyPath: "spec.replicas", reason: "must be at least 1" });
    });
    const error: unknown = await fails.catch((thrown: unknown) => thrown);
    expect(userMessage(error)).toBe("spec.replicas: must be at least 1");
  });

  it("leaves nothing behind for the next plan", async () => {
    const { stackTraceLimit } = Error;
    const listeners = process.listenerCount("unhandledRejection");
    await planned(() => {
      new Thing("thing");
      throw new Error("half way");
    }).catch(() => undefined);
    const plan = await planned(() => void new Thing("other"));
    expect(plan.resources.map(({ name }) => name)).toEqual(["mes-test", "other"]);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    expect(process.listenerCount("unhandledRejection")).toBe(listeners);
  });
});

describe("a plan is the same", () => {
  const program = () => {
    const provider = new k8s.Provider("cluster", { context: "test" });
    new k8s.core.v1.ConfigMap("config", { metadata: { name: "config" }, data: { a: "b" } }, { provider });
  };

  it("each time", async () => {
    expect(await planned(program)).toEqual(await planned(program));
  });

  it("whoever makes it: nothing is taken from the environment", async () => {
    const without = await planned(program);
    process.env.KUBECONFIG = "/home/somebody/.kube/config";
    process.env.PULUMI_K8S_DELETE_UNREACHABLE = "true";
    try {
      expect(await planned(program)).toEqual(without);
      expect(process.env.KUBECONFIG).toBe("/home/somebody/.kube/config");
    } finally {
      delete process.env.KUBECONFIG;
      delete process.env.PULUMI_K8S_DELETE_UNREACHABLE;
    }
  });
});
