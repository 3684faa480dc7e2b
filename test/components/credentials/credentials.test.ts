import * as pulumi from "@pulumi/pulumi";
import { Credentials } from "../../../components/credentials/credentials";
import { recorded } from "../../helpers/record";

const copies = [
  {
    namespace: "mes-data",
    secretName: "postgres-order-api",
    type: "kubernetes.io/basic-auth",
    labels: { "cnpg.io/reload": "true" },
  },
  {
    namespace: "mes",
    secretName: "postgres-order-api",
    content: (user: string, password: pulumi.Output<string>) => ({
      url: pulumi.interpolate`postgresql://${user}:${password}@db`,
    }),
  },
];

describe("a generated password", () => {
  const generated = async (rotation?: string) => {
    const args = { username: "order_api", component: "postgres", copies, rotation };
    const { resource } = await recorded((opts) => new Credentials("order-api", args, opts));
    return resource("RandomPassword", "order-api").inputs;
  };

  it("is 32 letters and digits: nothing that a URL, SQL or a shell reads as its own", async () => {
    // Letters of both cases and digits are what the provider takes unless told otherwise.
    expect(await generated()).toEqual({ length: 32, special: false, keepers: { rotation: "1" } });
  });

  it("is another one when the stack says so, and only then", async () => {
    expect(await generated("2026-12")).toMatchObject({ keepers: { rotation: "2026-12" } });
  });
});

describe("generated credentials", () => {
  it.each([true, false])("reach every namespace that needs them and are secret everywhere (preview: %s)", async (preview) => {
    const { plan } = await recorded(
      (opts) => new Credentials("order-api", { username: "order_api", component: "postgres", copies }, opts),
      { preview },
    );
    const secrets = plan.resources.filter((r) => r.type.endsWith(":Secret"));
    const [first, second] = ["mes-data-postgres-order-api", "mes-postgres-order-api"].map((name) =>
      secrets.find((secret) => secret.name === name),
    );
    expect(first?.inputs).toMatchObject({
      metadata: { namespace: "mes-data", labels: { "cnpg.io/reload": "true" } },
      type: "kubernetes.io/basic-auth",
    });
    expect(first?.inputs.stringData).toEqual({ username: "order_api", password: "[secret]" });
    expect(second?.inputs.stringData).toEqual({ url: "[secret]" });
    expect(JSON.stringify(plan)).not.toContain("postgresql://");
  });
});
