import { asTheEngine, type EngineResource } from "../../review/policy-pack/as-the-engine";
import { plainOf } from "../../review/policy-pack/plain";
import { UNKNOWN, type Plan, type Resource } from "../../review/plan/plan";

const planned = (more: Partial<Resource>): Resource => ({
  urn: "urn:pulumi:dev::mes::kubernetes:core/v1:Secret::login",
  type: "kubernetes:core/v1:Secret",
  name: "login",
  custom: true,
  protect: true,
  retainOnDelete: true,
  dependsOn: [],
  propertyDependencies: {},
  ignoreChanges: [],
  replaceOnChanges: [],
  deleteBeforeReplace: false,
  aliases: [],
  customTimeouts: {},
  inputs: {},
  ...more,
});
const engine = (inputs: Record<string, unknown>, more: Partial<EngineResource> = {}): EngineResource => {
  const { urn, type, name } = planned({});
  return { urn, type, name, provider: "urn:provider", protect: true, ignoreChanges: [], dependsOn: [], inputs, ...more };
};
const plan = (...resources: Resource[]): Plan => ({ version: 1, stack: "dev", resources, outputs: {} });
const inputsOf = (of: Plan) => of.resources.map(({ inputs }) => inputs);

describe("the plan as the engine is about to make it", () => {
  it("has what the engine has, and of what it does not tell what was planned", () => {
    const merged = asTheEngine(plan(planned({ inputs: { type: "Opaque" } }), planned({ urn: "gone" })), [
      engine({ type: "kubernetes.io/tls", immutable: true }, { protect: false }),
    ]);
    expect(merged.resources).toEqual([planned({ protect: false, inputs: { type: "kubernetes.io/tls", immutable: true } })]);
  });

  it("keeps secrets, alone or in a text, as the plan shows them", () => {
    const shown = { stringData: { password: "[secret]", "app.ini": "user=mes\npassword=[secret]" }, list: ["[secret]"] };
    const real = { stringData: { password: "hunter2", "app.ini": "user=mes\npassword=hunter2" }, list: ["hunter2"] };
    expect(inputsOf(asTheEngine(plan(planned({ inputs: shown })), [engine(real)]))).toEqual([shown]);
  });

  it("shows nothing of a Secret that no plan has", () => {
    const [inputs] = inputsOf(asTheEngine(plan(), [engine({ data: { a: "aHVudGVyMg==" }, stringData: { b: "hunter2" } })]));
    expect(JSON.stringify(inputs)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it("takes what the engine does not know yet from the plan", () => {
    const known = planned({ inputs: { metadata: { name: "login" } } });
    expect(inputsOf(asTheEngine(plan(known), [engine({ metadata: { name: UNKNOWN } })]))).toEqual([known.inputs]);
  });
});

test("values that may not be read yet are unknown, wherever they are", () => {
  const unknown = new Proxy(
    { known: 1, secret: 2 },
    {
      get: (target, key) => {
        if (key === "secret") throw new Error("can't be known during preview");
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  expect(plainOf({ deep: [unknown], text: "a" })).toEqual({ deep: [{ known: 1, secret: UNKNOWN }], text: "a" });
});
