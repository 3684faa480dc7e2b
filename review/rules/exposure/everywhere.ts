import { isIPv4 } from "node:net";

/** Whether a block of addresses is all of them. */
export function isEverywhere(cidr: string | undefined): boolean {
  return cidr === "0.0.0.0/0" || cidr === "::/0";
}

/**
 * Addresses that nobody on the internet has. Sources: RFC 1918, RFC 6598 (carriers), RFC 3927 (link-local), RFC 1122 (loopback), and RFC 4193 and
 * RFC 4291 for IPv6
 */
const OWN_V4: readonly Block[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
]
  .map(blockOf)
  .filter((block) => block !== undefined);
const OWN_V6 = /^(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])(?::|$)/i;

/** From so many public addresses on (a block /8), blocks are no list of clients. */
const MANY = 2 ** 24;
/** Shorter than what a registry of the internet gets at once. Source: https://www.iana.org/assignments/ipv6-unicast-address-assignments */
const WIDE_V6_BITS = 12;

/** Whether blocks of addresses amount to everybody: together they hold as much of the internet as a block /8 of IPv4, or one /12 of IPv6. */
export function areEverybody(cidrs: readonly string[]): boolean {
  const wideV6 = cidrs.some((cidr) => {
    const [address = "", bits = "128"] = cidr.split("/");
    return address.includes(":") && Number(bits) < WIDE_V6_BITS && !OWN_V6.test(address);
  });
  return wideV6 || publicAddresses(cidrs.map(blockOf).filter((block) => block !== undefined)) >= MANY;
}

/** Whether a block holds an address that somebody on the internet may have. */
export function isPublic(cidr: string): boolean {
  const [address = ""] = cidr.split("/");
  if (address.includes(":")) return !OWN_V6.test(address);
  const block = blockOf(cidr);
  return block !== undefined && publicAddresses([block]) > 0;
}

/** First address, and the one after the last. */
type Block = readonly [first: number, end: number];

function blockOf(cidr: string): Block | undefined {
  const [address = "", bits = "32"] = cidr.split("/");
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits)) return undefined;
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Math.min(32, Number(bits)));
  const first = Math.floor(number / size) * size;
  return [first, first + size];
}

/** Addresses in any of some blocks, each counted once, without those that nobody on the internet has. */
function publicAddresses(blocks: readonly Block[]): number {
  const edges = [...new Set([...blocks, ...OWN_V4].flat())].sort((a, b) => a - b);
  const holds = (some: readonly Block[], first: number) => some.some(([from, end]) => from <= first && first < end);
  return edges.reduce((sum, first, i) => {
    const end = edges[i + 1] ?? first;
    return holds(blocks, first) && !holds(OWN_V4, first) ? sum + end - first : sum;
  }, 0);
}
