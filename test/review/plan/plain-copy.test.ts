import * as pulumi from "@pulumi/pulumi";
import { serializeResourceProperties } from "@pulumi/pulumi/runtime/rpc";
import fc from "fast-check";
import { plainCopy } from "../../../review/plan/plain-copy";

describe("what is known already is copied as the SDK would send it", () => {
  const sent = async (value: unknown): Promise<unknown> => {
    const [properties] = (await serializeResourceProperties("test", { value })) as [Record<string, unknown>, unknown];
    return properties.value;
  };

  it("whatever data it is", async () => {
    const data = fc.anything({
      withNullPrototype: false,
      values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
    });
    await fc.assert(
      fc.asyncProperty(data, async (value) => {
        const plain = plainCopy(value);
        if (plain !== undefined) expect(plain.copy).toEqual(await sent(value));
      }),
    );
  });

  it("and is a copy", () => {
    const value = { list: [{ a: 1 }] };
    const plain = plainCopy(value);
    expect(plain).toEqual({ copy: value });
    expect((plain?.copy as typeof value).list[0]).not.toBe(value.list[0]);
  });

  it.each([
    ["an Output", pulumi.output(1)],
    ["a promise", Promise.resolve(1)],
    ["a function", () => 1],
    ["an asset", new pulumi.asset.StringAsset("x")],
    ["a date", new Date(0)],
  ])("but %s is left to the SDK, wherever it is", (_, special) => {
    expect(plainCopy(special)).toBeUndefined();
    expect(plainCopy({ deep: [special] })).toBeUndefined();
  });
});
