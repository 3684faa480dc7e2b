import type { Inventory } from "../../../kubernetes/inventory";
import { type PodGroup } from "../../../kubernetes/pods";
import { at, listAt, numberAt, recordAt, textAt } from "../../../kubernetes/value";
import { count } from "../../rule";
import type { Danger } from "../configured";
import { type Loki } from "./system";

/** Whether its pods are one system. Source: https://grafana.com/docs/loki/latest/operations/high-availability/ */
export function together({ root, known, pods, group }: Loki): Danger[] {
  const ring =
    textAt(root, "common", "ring", "kvstore", "store") ??
    (listAt(root, "memberlist", "join_members").length > 0 ? "memberlist" : "inmemory");
  const members = listAt(root, "memberlist", "join_members").filter((one) => typeof one === "string");
  const strangers = members.filter((one) => !isServed(one, known, group));
  const local = listAt(root, "schema_config", "configs").some((one) => textAt(one, "object_store") === "filesystem");
  const target = textAt(root, "target") ?? "all";
  return [
    [
      "common.ring.kvstore.store",
      ring === "inmemory" && pods > 1,
      "error",
      `is inmemory: each of ${count(pods, "pod")} knows itself alone, and finds a part of the records; use memberlist`,
    ],
    [
      "common.ring.kvstore.store",
      (ring === "consul" || ring === "etcd") && at(root, "common", "ring", "kvstore", ring) === undefined,
      "error",
      `is ${ring}, and it is not told where that is: no pod joins; use memberlist`,
    ],
    [
      "memberlist.join_members",
      pods > 1 && ring === "memberlist" && members.length === 0,
      "error",
      `is empty: ${count(pods, "pod")} never find each other; name their headless Service`,
    ],
    [
      "memberlist.join_members",
      strangers.length > 0,
      "error",
      `names ${strangers.join(", ")}, which is no Service and port of its pods: they never find each other; correct it`,
    ],
    [
      "schema_config",
      local && pods > 1,
      "error",
      `keeps logs in the file system of each of ${count(pods, "pod")}: each finds its own alone; use a bucket`,
    ],
    [
      "target",
      !completes(target, known),
      "error",
      `is ${target}, and nothing else runs the other parts: ${/read|querier|frontend/.test(target) ? "no record is taken" : "no record is found"}; use all`,
    ],
  ];
}

/** How many pods have each record. */
export function copies({ root, pods }: Loki): Danger[] {
  const copies = numberAt(root, "common", "replication_factor") ?? 3;
  const own = numberAt(root, "ingester", "lifecycler", "ring", "replication_factor") ?? copies;
  return [
    [
      "common.replication_factor",
      own > pods,
      "error",
      `is ${own}, and there ${pods === 1 ? "is" : "are"} ${count(pods, "pod")}: no record reaches enough of them, and all are refused; use ${pods >= 3 ? 3 : 1}`,
    ],
    [
      "common.replication_factor",
      own > 1 && own % 2 === 0,
      "warning",
      `is ${own}: of an even number no more pods may be lost than of one less; use ${own - 1}`,
    ],
    ["common.replication_factor", own < 1, "error", `is ${own}: no pod keeps a record; use 3`],
  ];
}

/** `dns+loki-gossip.observability.svc:7946` → whether a Service of that name and port selects the pods. */
function isServed(member: string, known: Inventory, { namespace }: PodGroup): boolean {
  const [, host = "", port = ""] = /^(?:dns(?:srv|srvnoa)?\+)?([^:/]+)(?::(\d+))?$/.exec(member) ?? [];
  if (host === "" || member.includes("${")) return true;
  const [name = "", space = namespace] = host.split(".");
  const service = known.find("Service", space, name);
  if (service === undefined) return false;
  const ports = listAt(service.spec, "ports").map((one) => String(numberAt(one, "port") ?? ""));
  return port === "" || ports.includes(port);
}

/** Whether the parts that take, keep and find records all run somewhere. */
function completes(target: string, known: Inventory): boolean {
  if (/\ball\b|\$\{/.test(target)) return true;
  const targets = known
    .ofKind("ConfigMap")
    .flatMap(({ resource }) => Object.values(recordAt(resource.inputs, "data")))
    .flatMap((text) =>
      typeof text === "string" && /^schema_config:/m.test(text)
        ? (/^target:\s*"?([\w,-]+)/m.exec(text)?.[1] ?? "all").split(",")
        : [],
    );
  const has = (...any: string[]) => any.some((one) => targets.includes(one));
  return has("write", "ingester") && has("read", "querier", "ingester-querier") && has("write", "distributor");
}
