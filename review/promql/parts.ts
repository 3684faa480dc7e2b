import type { Expression, Selector } from "./parse";

/** Metrics of which the first is a part of the second, with the same labels. */
const PARTS: readonly (readonly [part: RegExp, whole: string])[] = [
  [/^kubelet_volume_stats_(?:available|used)_bytes$/, "kubelet_volume_stats_capacity_bytes"],
  [/^kubelet_volume_stats_inodes_(?:free|used)$/, "kubelet_volume_stats_inodes"],
  [/^node_filesystem_(?:avail|free)_bytes$/, "node_filesystem_size_bytes"],
  [/^node_filesystem_files_free$/, "node_filesystem_files"],
  [/^node_memory_Mem(?:Available|Free)_bytes$/, "node_memory_MemTotal_bytes"],
  [/^mes_db_pool_in_use$/, "mes_db_pool_size"],
  [/^alertmanager_notifications_failed_total$/, "alertmanager_notifications_total"],
  [/^otelcol_exporter_queue_size$/, "otelcol_exporter_queue_capacity"],
  [/^container_cpu_cfs_throttled_periods_total$/, "container_cpu_cfs_periods_total"],
];

/**
 * Whether what one expression counts is among what another counts, each computed in the same way.
 * @returns `"share"` for series of one metric, as of failures among requests; `"amount"` for two metrics, as of space used
 */
export function partOf(part: Expression, whole: Expression): "share" | "amount" | undefined {
  // Of what is compared only some is left.
  if (whole.kind === "binary" && whole.operator === ">") return partOf(part, whole.left);
  if (whole.kind === "binary" && whole.operator === "+") return partOf(part, whole.left) ?? partOf(part, whole.right);
  if (part.kind === "selector" && whole.kind === "selector") return partOfSeries(part, whole);
  if (part.kind === "call" && whole.kind === "call")
    return part.name === whole.name ? partOfArgs(part.args, whole.args) : undefined;
  if (part.kind === "aggregation" && whole.kind === "aggregation") {
    const same = part.operator === whole.operator && JSON.stringify(part.grouping) === JSON.stringify(whole.grouping);
    return same ? partOfArgs(part.args, whole.args) : undefined;
  }
  return undefined;
}

function partOfArgs(part: readonly Expression[], whole: readonly Expression[]): "share" | "amount" | undefined {
  if (part.length !== whole.length) return undefined;
  let found: "share" | "amount" | undefined;
  for (const [i, argument] of part.entries()) {
    const other = whole[i];
    if (other === undefined) return undefined;
    if (argument.kind === "number" || argument.kind === "string") {
      if (JSON.stringify(argument) !== JSON.stringify(other)) return undefined;
      continue;
    }
    const own = partOf(argument, other);
    if (own === undefined) return undefined;
    found = own;
  }
  return found;
}

function partOfSeries(part: Selector, whole: Selector): "share" | "amount" | undefined {
  if (part.range !== whole.range || part.metric === undefined || whole.metric === undefined) return undefined;
  const has = (selector: Selector, text: string) => selector.matchers.some((matcher) => JSON.stringify(matcher) === text);
  if (!whole.matchers.every((matcher) => has(part, JSON.stringify(matcher)))) return undefined;
  if (part.metric === whole.metric) return "share";
  const { metric } = part;
  return PARTS.some(([pattern, other]) => pattern.test(metric) && other === whole.metric) ? "amount" : undefined;
}
