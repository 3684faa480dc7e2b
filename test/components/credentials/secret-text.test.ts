import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import fc from "fast-check";
import { partlyKnown, secretText } from "../../../components/credentials/secret-text";
import { recorded } from "../../helpers/record";

/** What a plan shows of a Secret's data. */
async function shown(stringData: () => Record<string, pulumi.Input<string>>) {
  const { plan, object } = await recorded(
    ({ providers: [provider] }) =>
      void new k8s.core.v1.Secret("s", { metadata: { name: "s", namespace: "mes" }, stringData: stringData() }, { provider }),
  );
  return { plan, data: object("Secret", "s").stringData as Record<string, string> };
}

/** A secret that nothing else in a plan could hold by chance. */
const generated = fc.uuid().chain((id) => fc.string({ minLength: 0, maxLength: 20 }).map((more) => `${id}${more}`));

describe("a text with secrets in it", () => {
  it("is shown by a plan, but for the secrets", async () => {
    const { data } = await shown(() => ({
      url: secretText(([password]) => `https://mes:${password}@broker`, [pulumi.secret("hunter2")]),
      user: secretText(() => "mes"),
    }));
    expect(data).toEqual({ url: "https://mes:[secret]@broker", user: "mes" });
  });

  it("is marked as secret all the same, so that nobody takes it for one in plain text", async () => {
    const { plan } = await shown(() => ({ "users.acl": secretText(() => "user mes"), password: pulumi.secret("hunter2") }));
    expect(plan.resources.at(-1)?.secretTexts).toEqual(['stringData["users.acl"]']);
  });

  it("is what it says where no plan is made", async () => {
    const made = secretText(([a, b]) => `${a}-${b}`, [pulumi.secret("x"), "y"]);
    const [value, secret] = await Promise.all([new Promise((resolve) => made.apply(resolve)), pulumi.isSecret(made)]);
    expect([value, secret]).toEqual(["x-y", true]);
  });

  it("depends on what its secrets depend on", async () => {
    const { plan } = await recorded(({ providers: [provider] }) => {
      const first = new k8s.core.v1.Secret("first", { metadata: { name: "first" }, stringData: { a: "b" } }, { provider });
      const text = secretText(([name]) => `x ${name}`, [first.metadata.name]);
      new k8s.core.v1.Secret("second", { metadata: { name: "second" }, stringData: { text } }, { provider });
    });
    expect(plan.resources.at(-1)?.propertyDependencies).toEqual({ stringData: [plan.resources.at(-2)?.urn] });
  });

  it("never lets a secret out, whatever it is and whatever is made of it", async () => {
    await fc.assert(
      fc.asyncProperty(generated, generated, fc.string(), async (password, other, around) => {
        const { plan } = await shown(() => {
          const text = secretText(([a = ""]) => `${around}${a}${around}`, [pulumi.secret(password)]);
          return {
            text,
            // A text that is public elsewhere, and a secret that happens to be it.
            public: secretText(() => other),
            secret: pulumi.secret(password),
            derived: pulumi.all([text, other]).apply(([a]) => `${a} and ${password}`),
            nested: secretText(([a = ""]) => `${a}!`, [text]),
          };
        });
        const { public: _, ...hidden } = plan.resources.at(-1)?.inputs.stringData as Record<string, string>;
        expect(JSON.stringify(plan)).not.toContain(JSON.stringify(password).slice(1, -1));
        expect(hidden).toEqual({
          text: `${around}[secret]${around}`,
          secret: "[secret]",
          derived: "[secret]",
          nested: "[secret]!",
        });
      }),
      { numRuns: 40 },
    );
  });

  it("does not show a secret that is the same as a text that may be seen", async () => {
    const { data } = await shown(() => ({ user: secretText(() => "mes"), password: pulumi.secret("mes") }));
    expect(data).toEqual({ user: "mes", password: "[secret]" });
  });
});

describe("a text of which a part is known to a run only", () => {
  it("is shown by a plan, but for that part, and depends on what makes it", async () => {
    const { plan, object } = await recorded(({ providers: [provider] }) => {
      const key = new random.RandomId("key", { byteLength: 4 });
      const data = { "policy.json": partlyKnown(([hex]) => JSON.stringify({ Principal: "*", Resource: hex }), [key.hex]) };
      new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "mes" }, data }, { provider });
    });
    expect(object("ConfigMap", "c").data).toEqual({ "policy.json": '{"Principal":"*","Resource":"[known after apply]"}' });
    const { propertyDependencies } = plan.resources.at(-1) ?? {};
    expect(propertyDependencies).toEqual({ data: [expect.stringMatching(/RandomId::key$/)] });
  });

  it("is what it says where no plan is made", async () => {
    const made = partlyKnown(([a]) => `${a}!`, [pulumi.output("x")]);
    expect(await new Promise((resolve) => made.apply(resolve))).toBe("x!");
  });
});
