import { BlockList, isIPv4 } from "node:net";
import * as fc from "fast-check";
import { cidr, cidrOfOneParty } from "../../../components/schema";

const messageOf = (schema: typeof cidr, value: string) => schema.safeParse(value).error?.issues[0]?.message;

const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
const ipv6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }));

/** Whether an address is in a block, as Node.js decides. */
function holds(block: string, address: string): boolean {
  const list = new BlockList();
  const [network = "", prefix = ""] = block.split("/");
  const family = isIPv4(network) ? "ipv4" : "ipv6";
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}

describe("a block of addresses", () => {
  it("is named by its first address, which is told where another one stands", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), ([address, prefix]) => {
        const given = `${address}/${prefix}`;
        const message = messageOf(cidr, given);
        if (message === undefined) return;
        const network = /write (\S+)$/.exec(message)?.[1] ?? "";
        expect(network).not.toBe(given);
        expect(messageOf(cidr, network)).toBeUndefined();
        expect(holds(network, address)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(["10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0", "::/0", "::1/128", "fd00::/8", "2001:db8::/32", "::ffff:10.0.0.0/104"])(
    "is one: %s",
    (block) => {
      expect(messageOf(cidr, block)).toBeUndefined();
    },
  );

  it.each([
    ["10.0.0.1/8", "10.0.0.0/8"],
    ["10.0.0.0/0", "0.0.0.0/0"],
    ["192.168.178.1/24", "192.168.178.0/24"],
    ["2001:db8:0:1::/48", "2001:db8::/48"],
    ["fe80::1/64", "fe80::/64"],
  ])("is not %s but %s", (given, network) => {
    expect(messageOf(cidr, given)).toBe(`is an address in a block, not the block: write ${network}`);
  });

  it.each(["10.0.0.1", "10.0.0.0/33", "010.0.0.0/8", "localhost/8", "10.0.0.0/8 ", "", "::/129"])("is none: %j", (given) => {
    expect(messageOf(cidr, given)).toMatch(/^expected a CIDR block/);
  });

  it.each([
    ["0.0.0.0/0", false],
    ["::/0", false],
    ["128.0.0.0/1", false],
    ["10.0.0.0/8", true],
    ["203.0.113.20/32", true],
    ["fc00::/7", true],
    ["2000::/3", false],
  ])("of one party: %s %s", (block, right) => {
    expect(messageOf(cidrOfOneParty, block) === undefined).toBe(right);
  });
});
