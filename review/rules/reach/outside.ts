import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { blocksOf, isOnPort, policyRules } from "../../kubernetes/policy-rules";
import { leaves, listAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error } = reporter("connections-open");

/** What Prometheus is to read or to send to outside of the cluster: its policies let it connect to addresses on that port. */
export function outsideFindings(known: Inventory): Finding[] {
  const readers = known.pods.filter(({ object }) => object.kind === "Prometheus");
  const targets = [
    ...known
      .ofKind("ScrapeConfig")
      .flatMap((object) =>
        leaves(listAt(object.spec, "staticConfigs"), ["spec", "staticConfigs"]).flatMap(([path, value]) =>
          path.includes("targets") ? { object, path, at: hostPort(String(value), textAt(object.spec, "scheme") ?? "HTTP") } : [],
        ),
      ),
    ...known.ofKind("Prometheus").flatMap((object) =>
      ["remoteWrite", "remoteRead"].flatMap((field) =>
        listAt(object.spec, field).map((one, i) => ({
          object,
          path: ["spec", field, i, "url"],
          at: hostPort(textAt(one, "url") ?? "", ""),
        })),
      ),
    ),
  ];
  return targets.flatMap(({ object, path, at }) =>
    readers.flatMap((reader) => {
      // Hosts of the cluster are looked after elsewhere.
      if (at === undefined || /\.svc(?:\.|$)/.test(at.host) || !at.host.includes(".")) return [];
      const rules = policyRules(known, reader, "egress")?.filter((rule) => isOnPort(rule, at.port));
      if (rules === undefined || rules.some((rule) => blocksOf(rule, "to").length > 0)) return [];
      const message = `is at ${at.host}:${at.port}, and no policy lets ${title(reader.object)} connect to an address on port ${at.port}; allow the egress, or correct the port`;
      return [error(object.resource, path, message)];
    }),
  );
}

function hostPort(text: string, scheme: string): { host: string; port: number } | undefined {
  const [, stated = scheme, host = "", port] = /^(?:(\w+):\/\/)?([\w.-]+|\[[\da-f:]+\])(?::(\d+))?(?:\/.*)?$/i.exec(text) ?? [];
  if (host === "") return undefined;
  return { host, port: port === undefined ? (stated.toLowerCase() === "https" ? 443 : 80) : Number(port) };
}
