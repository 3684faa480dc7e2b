import { describeRange, without, type Range } from "./addresses";

/** A way that connections may take: between two pods, or a pod and addresses outside of the cluster. */
export interface Flow {
  /** A pod as `NAMESPACE/NAME`, or addresses. */
  readonly from: string | Range;
  readonly to: string | Range;
  /** As `TCP 5432`, `TCP 1024-65535` or `all ports`. */
  readonly port: string;
}

/** The flows that are in `flows` and not in `others`, for people; `name` says what a pod belongs to. */
export function flowsMissing(flows: readonly Flow[], others: readonly Flow[], name: (pod: string) => string): string[] {
  const known = byEnds(others);
  const lines = [...byEnds(flows).entries()].flatMap(([ends, group]) => {
    const alike = known.get(ends) ?? [];
    return [...new Set(group.map(({ port }) => port))].flatMap((port) => {
      const wanted = group.filter((flow) => flow.port === port);
      const there = alike.filter((flow) => covers(flow.port, port));
      return without(wanted.map(addressesOf), there.map(addressesOf)).map((range) => {
        const [from, to] = [wanted[0]?.from, wanted[0]?.to].map((end) =>
          typeof end === "string" ? name(end) : describeRange(range),
        );
        return `${from} → ${to} ${port}`;
      });
    });
  });
  return [...new Set(lines)].sort();
}

/** Flows with the same pods; all addresses are one end. */
function byEnds(flows: readonly Flow[]): Map<string, Flow[]> {
  const groups = new Map<string, Flow[]>();
  for (const flow of flows) {
    const ends = [flow.from, flow.to].map((end) => (typeof end === "string" ? end : "")).join(" → ");
    const group = groups.get(ends);
    if (group === undefined) groups.set(ends, [flow]);
    else group.push(flow);
  }
  return groups;
}

/** Stands for the addresses of a flow between pods. */
const NO_ADDRESSES: Range = [0, 0];

function addressesOf({ from, to }: Flow): Range {
  return [from, to].find((end): end is Range => typeof end !== "string") ?? NO_ADDRESSES;
}

function covers(wide: string, port: string): boolean {
  if (wide === port || wide === "all ports") return true;
  const [wideProtocol, wideFirst, wideLast] = numbersOf(wide);
  const [protocol, first, last] = numbersOf(port);
  return wideProtocol === protocol && wideFirst <= first && last <= wideLast;
}

function numbersOf(port: string): [protocol: string, first: number, last: number] {
  const [protocol = "", numbers = ""] = port.split(" ");
  const [first = NaN, last = first] = numbers.split("-").map(Number);
  return [protocol, first, last];
}
