import { BlockList, isIP, isIPv4 } from "node:net";

const family = (address: string) => (isIPv4(address) ? "ipv4" : "ipv6");

/** The block of one address alone: `10.96.0.1/32`. */
export function hostBlock(address: string): string {
  return `${address}/${isIPv4(address) ? 32 : 128}`;
}

/** Whether an address, or the whole of a block, is in one of some blocks. */
export function addressesHold(cidrs: readonly string[], block: string): boolean {
  const [address = "", bits = isIPv4(address) ? "32" : "128"] = block.split("/");
  return cidrs.some((cidr) => {
    const [first = "", length = isIPv4(first) ? "32" : "128"] = cidr.split("/");
    if (family(first) !== family(address) || Number(length) > Number(bits)) return false;
    const list = new BlockList();
    list.addSubnet(first, Number(length), family(first));
    return list.check(address, family(address));
  });
}

/**
 * The address of the Service `kubernetes`: the first of the range of Services, e.g. `10.96.0.1` of `10.96.0.0/12`.
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--service-cluster-ip-range)
 */
export function serviceAddress(serviceCidr: string): string {
  const [first = "", bits = "32"] = serviceCidr.split("/");
  if (isIP(first) === 6) return `${first.replace(/::.*$/, "")}::1`;
  const number = first.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(bits));
  const address = Math.floor(number / size) * size + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
