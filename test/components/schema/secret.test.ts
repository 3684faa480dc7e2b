import { inspect } from "node:util";
import { z } from "zod";
import { isSecretSchema, secret, Secret } from "../../../components/schema";

describe("a secret", () => {
  const known = new Secret("hunter2");

  it.each([
    ["as JSON", JSON.stringify({ known })],
    ["as text", `${String(known)} ${known.toString()}`],
    ["inspected", inspect({ deep: { known } }, { depth: 9, showHidden: true })],
    ["by its keys", JSON.stringify(Object.entries(known))],
    ["cloned", JSON.stringify(structuredClone({ ...known }))],
  ])("does not show its value %s", (_, shown) => {
    expect(shown).not.toContain("hunter2");
  });

  it("reveals its value in a real run, and a placeholder in a plan", () => {
    expect(known.reveal()).toBe("hunter2");
    expect(new Secret().reveal()).toBe("[secret]");
  });

  it("stands encrypted in a stack file", () => {
    expect(secret.parse({ secure: "v1:abc" }).reveal()).toBe("[secret]");
  });

  it.each(["hunter2", "", { secure: "" }, { secure: 1 }, { secure: "v1:abc", also: 1 }, {}, null, undefined, 12])(
    "does not stand in a stack file as %p",
    (value) => {
      const result = secret.safeParse(value);
      expect(result.success).toBe(false);
      expect(JSON.stringify(result.error)).not.toContain("hunter2");
    },
  );

  it("is taken as the engine has decrypted it", () => {
    expect(secret.parse(new Secret("hunter2")).reveal()).toBe("hunter2");
  });

  it("can be found in a schema", () => {
    const branches = secret.in.options as readonly z.ZodType[];
    expect(branches.filter(isSecretSchema)).toHaveLength(1);
    expect(isSecretSchema(z.string())).toBe(false);
  });
});
