import { configFiles } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import type { Plan } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { warning } = reporter("commits-durable");

/** Copies of traces in a search cluster, where there are zones to lose. Source: https://www.jaegertracing.io/docs/2.13/storage/opensearch/#shards-and-replicas */
export function searchCopies(known: Inventory, { facts }: Plan): Finding[] {
  if ((facts?.zones.length ?? 1) < 2) return [];
  return known.pods.flatMap((group) =>
    configFiles(group, known).flatMap(({ resource, path, text }) => {
      if (!/^\s*(?:opensearch|elasticsearch):/m.test(text) || !/^\s*replicas:\s*0\s*$/m.test(text)) return [];
      const message = `an index has no replica (replicas: 0): what ${title(group.object)} keeps is on one node of the search cluster, and gone with it; use 1 (mes:tracing.storage.replicas)`;
      return [warning(resource, path, message)];
    }),
  );
}
