/** IPv4 addresses from the first to the last, as numbers. */
export type Range = readonly [first: number, last: number];

/** The addresses of a block, e.g. `10.0.0.0/16`. @throws RangeError for IPv6, which the analyzer does not know */
export function rangeOf(cidr: string): Range {
  const [address = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(numberOf(address) / size) * size;
  return [first, first + size - 1];
}

/** A range in the analyzer's notation, e.g. `10.0.0.0-10.0.255.255`. */
export function parseRange(text: string): Range {
  const [first = "", last = first] = text.split("-");
  return [numberOf(first), numberOf(last)];
}

export function describeRange([first, last]: Range): string {
  return first === last ? addressOf(first) : `${addressOf(first)}-${addressOf(last)}`;
}

/** What is left of some ranges without others; ranges that touch are one. */
export function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
  return merged(ranges).flatMap((range) => {
    let left: Range[] = [range];
    for (const [first, last] of others) {
      left = left.flatMap(([from, to]): Range[] => [
        ...(from < first ? [[from, Math.min(to, first - 1)] as const] : []),
        ...(to > last ? [[Math.max(from, last + 1), to] as const] : []),
      ]);
    }
    return left;
  });
}

function merged(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return result;
}

function numberOf(address: string): number {
  const bytes = address.split(".").map(Number);
  if (bytes.length !== 4 || !bytes.every((byte) => byte >= 0 && byte <= 255)) throw new RangeError(`no IPv4 address: ${address}`);
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
