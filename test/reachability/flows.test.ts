import { describeRange, parseRange, rangeOf, without, type Range } from "./addresses";
import { portsOf } from "./analyzer";
import { flowsMissing } from "./flows";

test.each([
  ["TCP 5432", ["TCP 5432"]],
  ["TCP 53,8080-8082,UDP 53", ["TCP 53", "TCP 8080", "TCP 8081", "TCP 8082", "UDP 53"]],
  ["SCTP 1-65535", ["SCTP 1-65535"]],
  ["All Connections", ["all ports"]],
])("the analyzer's %s", (conn, ports) => {
  expect(portsOf(conn)).toEqual(ports);
});

test.each([
  ["10.0.0.0/16", "10.0.0.0-10.0.255.255"],
  ["10.1.2.3/8", "10.0.0.0-10.255.255.255"],
  ["0.0.0.0/0", "0.0.0.0-255.255.255.255"],
  ["203.0.113.20/32", "203.0.113.20"],
])("the block %s", (cidr, range) => {
  expect(describeRange(rangeOf(cidr))).toBe(range);
  expect(parseRange(range)).toEqual(rangeOf(cidr));
});

test("a block of IPv6 is refused, not misread", () => {
  expect(() => rangeOf("fd00::/64")).toThrow("no IPv4 address: fd00::");
});

test.each<[string, Range[], Range[], Range[]]>([
  ["nothing", [[1, 9]], [], [[1, 9]]],
  [
    "the middle",
    [[1, 9]],
    [[4, 5]],
    [
      [1, 3],
      [6, 9],
    ],
  ],
  [
    "both ends",
    [[1, 9]],
    [
      [0, 2],
      [8, 12],
    ],
    [[3, 7]],
  ],
  [
    "pieces that are the whole",
    [[1, 9]],
    [
      [1, 4],
      [5, 9],
    ],
    [],
  ],
  [
    "what is in none of them",
    [
      [5, 9],
      [1, 4],
    ],
    [[20, 30]],
    [[1, 9]],
  ],
])("ranges without %s", (_, ranges, others, left) => {
  expect(without(ranges, others)).toEqual(left);
});

test("a flow is missing where its pods, its port or some of its addresses are", () => {
  const name = (pod: string) => pod.replace(/\.\d$/, "");
  const flows = [
    { from: "mes/api.0", to: "mes-data/postgres.0", port: "TCP 5432" },
    { from: "mes/api.1", to: "mes-data/postgres.0", port: "TCP 5432" },
    { from: "mes/api.0", to: rangeOf("10.0.0.0/30"), port: "TCP 443" },
    { from: rangeOf("10.0.0.0/30"), to: "mes/api.0", port: "TCP 443" },
  ];
  const others = [
    { from: "mes/api.0", to: "mes-data/postgres.0", port: "TCP 5432" },
    { from: "mes/api.1", to: "mes-data/postgres.0", port: "UDP 5432" },
    { from: "mes/api.0", to: rangeOf("10.0.0.0/31"), port: "TCP 443" },
  ];
  expect(flowsMissing(flows, others, name)).toEqual([
    "10.0.0.0-10.0.0.3 → mes/api TCP 443",
    "mes/api → 10.0.0.2-10.0.0.3 TCP 443",
    "mes/api → mes-data/postgres TCP 5432",
  ]);
  expect(flowsMissing(flows, flows, name)).toEqual([]);
});

test.each([
  ["all ports", true],
  ["TCP 1024-65535", true],
  ["TCP 5432", true],
  ["TCP 1-1023", false],
  ["UDP 1024-65535", false],
])("what is wanted on TCP 5432 and possible on %s is not missing: %p", (port, isThere) => {
  const flow = { from: "mes/api.0", to: "mes-data/postgres.0" };
  const missing = flowsMissing([{ ...flow, port: "TCP 5432" }], [{ ...flow, port }], (pod) => pod);
  expect(missing).toEqual(isThere ? [] : ["mes/api.0 → mes-data/postgres.0 TCP 5432"]);
});
