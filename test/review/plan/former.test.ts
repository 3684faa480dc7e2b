import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { formerOf } from "../../../review/plan/former";
import { noInterruptedUp } from "../../../review/rules/no-interrupted-up";
import { urnsKept } from "../../../review/rules/urns-kept";
import { line, object, planOf } from "../fixtures";

describe("what a stack has", () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "mes-former-")), "state.json");
  afterAll(() => fs.rmSync(path.dirname(file), { recursive: true }));
  const written = (content: unknown) => {
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  const secret = object("v1", "Secret", "users");
  const moved = { ...secret, urn: secret.urn.replace("kubernetes:", "mes:a:Part$kubernetes:") };
  const check = (content: unknown) => {
    const plan = { ...planOf([secret]), before: formerOf(written(content), "test") };
    return [...urnsKept.check(plan), ...noInterruptedUp.check(plan)].map(line);
  };

  it.each([
    ["pulumi stack export", { version: 3, deployment: { resources: [moved] } }],
    ["mes plan --format json", { version: 1, stack: "test", resources: [moved] }],
  ])("is read from %s; an object under another URN is found", (_, content) => {
    expect(check(content)).toEqual([
      `error Secret users options.aliases: Secret mes/users is there as ${moved.urn}; another URN without an alias would recreate it and delete it: add { aliases: ["${moved.urn}"] }, or give the new one another name`,
    ]);
  });

  it("is fine where nothing moved, and where nothing was deployed yet", () => {
    expect(check({ deployment: { resources: [secret] } })).toEqual([]);
    expect(check({ version: 3, deployment: {} })).toEqual([]);
  });

  it("tells of an `up` that was interrupted, with the command that continues it", () => {
    const pending_operations = [
      { type: "creating", resource: secret },
      { type: "updating", resource: object("v1", "Secret", "other") },
    ];
    expect(check({ deployment: { resources: [secret], pending_operations } })).toEqual([]);
    expect(check({ deployment: { resources: [], pending_operations } })).toEqual([
      "error Secret users: an `up` ended while it created 1 object (Secret mes/users): continue it with `PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --stack test`, see docs/operations.md",
    ]);
  });

  it.each([
    ["no JSON", "resources:", /state\.json is no JSON/],
    ["something else", { name: "mes" }, /state\.json is neither of pulumi stack export nor of mes plan --format json/],
    ["a list", [], /is neither of/],
    [
      "another stack",
      { resources: [{ ...secret, urn: secret.urn.replace("test", "prod") }] },
      /is of the stack prod, not of test/,
    ],
  ])("is refused where it is %s", (_, content, message) => {
    expect(() => formerOf(written(content), "test")).toThrow(message);
  });
});
