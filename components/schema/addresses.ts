import { isIPv4 } from "node:net";
import { z } from "zod";
import { holds, rule } from "./rule";

/** A block of addresses, e.g. `10.0.0.0/16`: its first address and the length of its prefix. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], "expected a CIDR block, e.g. 10.0.0.0/16").check(
  rule((block, context) => {
    const network = networkOf(block);
    if (network === undefined) return;
    const message = `is an address in a block, not the block: write ${network}`;
    context.addIssue({ code: "custom", message });
  }),
);

/** Shortest prefixes of a block that one party may have; the private block fc00::/7 is the largest of IPv6. */
const SHORTEST_PREFIX = { ipv4: 8, ipv6: 7 } as const;

/** Addresses of one party outside of the cluster. */
export const cidrOfOneParty = cidr.check(
  holds((block) => {
    const [address = "", length = ""] = block.split("/");
    return Number(length) >= (isIPv4(address) ? SHORTEST_PREFIX.ipv4 : SHORTEST_PREFIX.ipv6);
  }, "is open to the internet: expected the addresses of the client itself"),
);

/** The block that an address with host bits is in; undefined for a block as it should be. */
function networkOf(block: string): string | undefined {
  const [address = "", length = ""] = block.split("/");
  const width = isIPv4(address) ? 32 : 128;
  const value = valueOf(address);
  const network = (value >> BigInt(width - Number(length))) << BigInt(width - Number(length));
  return network === value ? undefined : `${formatted(network, width)}/${length}`;
}

function valueOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((value, part) => (value << 8n) | BigInt(part), 0n);
  // An IPv4 address at the end stands for the last two groups.
  const groups = address.replace(/[^:]+\.[^:]+$/, (tail) => {
    const value = valueOf(tail);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = [], tail = []] = groups.split("::").map((side) => side.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...zeros, ...tail].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function formatted(value: bigint, width: number): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  // In its shortest form.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
