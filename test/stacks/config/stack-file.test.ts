import { formatKey, StackFile } from "../../../stacks/config/stack-file";

const TEXT = `config:
  mes:cluster:
    context: mes-dev
    zones: [zone-a, zone-b]
    nodePools:
      general: { count: 3 }
  mes:images:
    pullSecrets:
      - one
      - secure: v1:abc
`;

describe("the place of an issue", () => {
  const file = StackFile.parse("Pulumi.dev.yaml", TEXT);
  const place = (path: (string | number)[], atKey = false) => {
    const { line, column } = file.issue(path, "wrong", { atKey });
    return [line, column];
  };

  it.each([
    ["a value", ["config", "mes:cluster", "context"], [3, 14]],
    ["an item", ["config", "mes:cluster", "zones", 1], [4, 21]],
    ["a value on the line of its key", ["config", "mes:cluster", "nodePools", "general"], [6, 16]],
    ["a value below its key", ["config", "mes:cluster", "nodePools"], [5, 5]],
    ["a list below its key", ["config", "mes:images", "pullSecrets"], [8, 5]],
    ["an item of such a list", ["config", "mes:images", "pullSecrets", 0], [9, 9]],
    ["a missing key", ["config", "mes:cluster", "nodePools", "general", "cpu"], [6, 7]],
    ["a key missing far below", ["config", "mes:cluster", "dns", "labels", "app"], [2, 3]],
    ["a missing concern", ["config", "mes:roles"], [1, 1]],
    ["the whole file", [], [1, 1]],
  ])("is that of %s", (_, path, expected) => {
    expect(place(path)).toEqual(expected);
  });

  it("is that of the key, where the key is wrong", () => {
    expect(place(["config", "mes:cluster", "context"], true)).toEqual([3, 5]);
  });

  it("of a missing key is that of the key whose value lacks it", () => {
    expect(place(["config", "mes:cluster", "nodePools", "general", "cpu"])).toEqual(
      place(["config", "mes:cluster", "nodePools", "general"], true),
    );
  });

  it("is found among references", () => {
    const text = "config:\n  a: &pool { count: 0 }\n  b: *pool\n  c: { <<: *pool, size: 1 }\n";
    const shared = StackFile.parse("file", text);
    expect(shared.issue(["config", "b"], "")).toMatchObject({ line: 3, column: 6 });
    // What is wrong in what is referred to is fixed there.
    expect(shared.issue(["config", "b", "count"], "")).toMatchObject({ line: 2, column: 21 });
    expect(shared.issue(["config", "c", "count"], "")).toMatchObject({ line: 2, column: 21 });
    expect(shared.issue(["config", "c", "size"], "")).toMatchObject({ line: 4, column: 25 });
  });
});

describe("the secrets of a file", () => {
  it("are the mappings with the one key `secure`", () => {
    const text =
      "config:\n  a: {secure: v1:x}\n  b: [{secure: v1:x}, 1]\n  c: {secure: v1:x, other: 1}\n  d: {secure: 12}\n  e: {f: {secure: ''}}\n";
    expect(StackFile.parse("file", text).securePaths(["config"])).toEqual([
      ["config", "a"],
      ["config", "b", 0],
      ["config", "e", "f"],
    ]);
  });
});

describe("a key is shown as `pulumi config set --path` takes it", () => {
  it.each([
    [["config", "mes:roles", "order-intake", "scale"], "mes:roles.order-intake.scale"],
    [["config", "mes:cluster", "zones", 0], "mes:cluster.zones[0]"],
    [["config", "mes:cluster", "dns", "labels", "k8s.io/app"], 'mes:cluster.dns.labels["k8s.io/app"]'],
    [["config"], "config"],
    [[], ""],
  ])("%j is %s", (path, shown) => {
    expect(formatKey(path)).toBe(shown);
  });
});
