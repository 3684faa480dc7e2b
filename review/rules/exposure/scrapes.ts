import type { Inventory } from "../../kubernetes/inventory";
import { leaves, listAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { warning } = reporter("closed-to-strangers");

/** Hosts within the cluster or within one's own networks. */
const INSIDE =
  /(?:^|\.)svc(?:\.|:|$)|\.(?:internal|local|lan|intranet|corp|home\.arpa)(?::\d+)?$|^(?:localhost|10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|^\[?f[cd]/;

/** Numbers that are read over other people's networks without TLS: anybody on the way reads them, and tells what they like. */
export function scrapeFindings(known: Inventory): Finding[] {
  return known.ofKind("ScrapeConfig").flatMap(({ resource, spec }) => {
    if ((textAt(spec, "scheme") ?? "HTTP").toUpperCase() === "HTTPS") return [];
    const targets = leaves(listAt(spec, "staticConfigs")).flatMap(([path, value]) =>
      path.includes("targets") && typeof value === "string" && value.includes(".") && !INSIDE.test(value) ? [value] : [],
    );
    const [first] = targets;
    if (first === undefined) return [];
    const message = `reads ${first} over http, without TLS: whoever is on the way sees the counts and may forge them; use HTTPS`;
    return [warning(resource, "spec.scheme", message)];
  });
}
