import { expiries } from "../../cloud/buckets";
import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { variablesOf } from "../../kubernetes/variables";
import type { Plan } from "../../plan/plan";
import { flowOf } from "../../orders/flow";
import { count, listed, reporter, type Finding } from "../rule";

const { warning } = reporter("backups-restorable");

/** Begins the variables by which a program is told of a bucket, e.g. `S3_BUCKET_PRODUCTS`. */
const TOLD = "S3_BUCKET_";

/**
 * Files that programs of the MES read and none of them writes, as drawings: nobody makes them again when a lifecycle has taken them.
 */
export function keptFiles(plan: Plan, known: Inventory): Finding[] {
  const readers = new Map<string, KubeObject[]>();
  for (const { group } of flowOf(plan)?.running ?? []) {
    if (group === undefined) continue;
    for (const [name, { value }] of variablesOf(group, known)) {
      if (name.startsWith(TOLD)) readers.set(value, [...(readers.get(value) ?? []), group.object]);
    }
  }
  return [...readers].flatMap(([bucket, programs]) => {
    if (written(plan, bucket)) return [];
    return expiries(plan, bucket, "").flatMap(({ resource, path, days, to }) => {
      const how = to === undefined ? `deletes what is in ${bucket}` : `moves what is in ${bucket} to ${to}`;
      const message = `${how} after ${count(days, "day")}, which ${listed(programs.map(title))} read and none of them writes again: what is older, and not brought again from outside, is missing; remove expireAfter of that bucket (mes:storage.buckets)`;
      return [warning(resource, path, message)];
    });
  });
}

/** Whether a role of the plan may put objects there: what a program writes, it may let go. */
function written({ resources, facts }: Plan, bucket: string): boolean {
  const byPolicy = resources.some(
    ({ type, inputs }) =>
      type.startsWith("aws:iam/rolePolicy:") &&
      typeof inputs.policy === "string" &&
      inputs.policy.includes(`:s3:::${bucket}/`) &&
      inputs.policy.includes("s3:PutObject"),
  );
  return byPolicy || (facts?.bucketRights ?? []).some((right) => right.bucket === bucket && right.access !== "read");
}
