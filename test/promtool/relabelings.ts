import type { Random } from "../mutations/random";

type Json = Record<string, unknown>;

const NAMES = ["namespace", "pod", "app", "tier", "port"];
const VALUES = ["mes", "broker-0", "Broker-1", "order-api", "", "http-metrics", "a.b", "42"];
const PATTERNS = [
  "(.*)",
  "mes",
  "broker-.+",
  "(broker)-(\\d)",
  "[a-z-]+",
  "(?i)broker-.*",
  ".+;.+",
  "(.+);(.*)",
  "",
  "mes|order-.*",
];
const REPLACEMENTS = ["$1", "${1}-x", "fixed", "", "$2$1", "$$1", "a-$0-b"];

export interface Relabelings {
  /** Labels of each target. */
  readonly targets: readonly Readonly<Record<string, string>>[];
  /** As Prometheus' own configuration has them. */
  readonly steps: readonly Json[];
}

/** Some targets, and one to four steps that take each of them apart. */
export function relabelings(random: Random): Relabelings {
  const targets = Array.from({ length: 6 }, () => Object.fromEntries(NAMES.map((name) => [name, random.one(VALUES)])));
  const steps = Array.from({ length: random.one([1, 2, 3, 4]) }, () => step(random));
  return { targets, steps };
}

function step(random: Random): Json {
  const sources = random.some(random.one([1, 1, 2]), NAMES);
  const regex = random.one(PATTERNS);
  const target = random.one([...NAMES, "other"]);
  switch (
    random.one([
      "keep",
      "drop",
      "replace",
      "replace",
      "replace",
      "lowercase",
      "uppercase",
      "labeldrop",
      "labelkeep",
      "labelmap",
      "keepequal",
      "dropequal",
      "hashmod",
    ])
  ) {
    case "keep":
      return { action: "keep", source_labels: sources, regex };
    case "drop":
      return { action: "drop", source_labels: sources, regex };
    case "lowercase":
      return { action: "lowercase", source_labels: sources, target_label: target };
    case "uppercase":
      return { action: "uppercase", source_labels: sources, target_label: target };
    case "labeldrop":
      return { action: "labeldrop", regex: random.one(["p.*", "tier|app", "nothing"]) };
    case "labelkeep":
      return { action: "labelkeep", regex: random.one(["__.*|namespace|p.*", "__.*|job"]) };
    case "labelmap":
      return { action: "labelmap", regex: random.one(["(app|tier)", "p(.*)"]), replacement: random.one(["$1", "copy_$1"]) };
    case "keepequal":
      return { action: "keepequal", source_labels: sources, target_label: target };
    case "dropequal":
      return { action: "dropequal", source_labels: sources, target_label: target };
    case "hashmod":
      return { action: "hashmod", source_labels: sources, target_label: "shard", modulus: 2 };
    default:
      return {
        source_labels: sources,
        target_label: target,
        regex,
        ...(random.next() < 0.7 ? { replacement: random.one(REPLACEMENTS) } : {}),
        ...(random.next() < 0.2 ? { separator: "-" } : {}),
      };
  }
}
