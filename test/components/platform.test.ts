import * as pulumi from "@pulumi/pulumi";
import { Declarations, type Declared } from "../../components/declarations";
import { connect } from "../../components/network/connection";
import { PlatformComponent, type Environment } from "../../components/platform";
import { environment, recorded } from "../helpers/record";

/** A component that declares what a test says, before and after it makes its part. */
class Made extends PlatformComponent {
  constructor(
    name: string,
    args: { environment: Environment; declared?: Partial<Declared>; part?: (parent: pulumi.Resource) => void },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("mes:test:Made", name, args, opts);
    args.part?.(this);
    this.declare(args.declared ?? {});
    this.registerOutputs({});
  }
}

const group = (name: string) => ({ name, alerts: [] });

describe("what a component declares", () => {
  it("is collected by the stack, in the order in which it is declared, and its parts' with it", async () => {
    const surroundings = environment();
    const { made } = await recorded((opts) => {
      const part = (parent: pulumi.Resource) =>
        new Made("part", { environment: surroundings, declared: { alerts: [group("of-the-part")] } }, { parent });
      return [
        new Made("first", { environment: surroundings, declared: { alerts: [group("of-the-first")] }, part }, opts),
        new Made("second", { environment: surroundings, declared: { alerts: [group("of-the-second")] } }, opts),
      ];
    });
    expect(surroundings.declarations.alerts.map(({ name }) => name)).toEqual(["of-the-part", "of-the-first", "of-the-second"]);
    expect(made.map(({ alerts }) => alerts.map(({ name }) => name))).toEqual([
      ["of-the-part", "of-the-first"],
      ["of-the-second"],
    ]);
  });

  it("is collected where its parent is another kind of component", async () => {
    const surroundings = environment();
    await recorded((opts) => {
      const parent = new pulumi.ComponentResource("mes:test:Other", "other", {}, opts);
      new Made("inner", { environment: surroundings, declared: { alerts: [group("inner")] } }, { parent });
    });
    expect(surroundings.declarations.alerts).toEqual([group("inner")]);
  });

  it("is collected for its own stack only", async () => {
    const [one, other] = [environment(), environment()];
    await recorded((opts) => new Made("one", { environment: one, declared: { alerts: [group("one")] } }, opts));
    expect(other.declarations.alerts).toEqual([]);
  });
});

describe("what has been taken", () => {
  const pods = { name: "a", namespace: "mes", labels: {} };
  const late: Partial<Declared> = {
    connections: connect(pods, { name: "b", host: "b", port: 1, target: { pods } }),
    scrapeTargets: [{ job: "a", pods, port: "metrics", portNumber: 1, metrics: [] }],
    alerts: [group("a")],
    dashboards: [{ uid: "a", title: "A", model: {} }],
  };

  it.each(Object.keys(late) as (keyof Declared)[])("takes nothing more, and says who came too late: %s", async (kind) => {
    const surroundings = environment();
    surroundings.declarations.take(kind, "monitoring");
    const { made } = await recorded((opts) => {
      try {
        return new Made("late", { environment: surroundings, declared: { [kind]: late[kind] } }, opts);
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(made).toBe(`mes:test:Made late declares ${kind} after monitoring has taken them: make it before`);
  });

  it("leaves other kinds open, and lets who declares nothing come", () => {
    const declarations = new Declarations();
    declarations.take("alerts", "monitoring");
    declarations.add({ alerts: [], connections: late.connections }, "later");
    expect(declarations.connections).toEqual(late.connections);
  });
});
