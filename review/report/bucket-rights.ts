import { parsedPolicy, statementsIn } from "../cloud/documents";
import type { Plan } from "../plan/plan";

/** What programs may do with buckets, by the name of the program: from policies of IAM, and what a store in the cluster publishes. */
export function bucketRights({ resources, facts }: Plan): Map<string, [string, string][]> {
  const rights = new Map<string, [string, string][]>();
  const add = (user: string, bucket: string, access: string) => rights.set(user, [...(rights.get(user) ?? []), [bucket, access]]);
  for (const { type, name, inputs } of resources) {
    if (!type.endsWith(":RolePolicy")) continue;
    const writes = new Map<string, boolean>();
    for (const { allows, actions, resources: arns } of statementsIn(parsedPolicy(inputs.policy), "policy")) {
      if (!allows) continue;
      for (const resource of arns) {
        const bucket = /^arn:[\w-]+:s3:::([^/]+)/.exec(resource)?.[1];
        if (bucket === undefined) continue;
        const writing = actions.some((action) => /^s3:(?:\*|Put|Delete)/.test(action));
        writes.set(bucket, (writes.get(bucket) ?? false) || writing);
      }
    }
    for (const [bucket, writing] of writes) add(name, bucket, writing ? "read and write" : "read");
  }
  for (const { user, bucket, access } of facts?.bucketRights ?? [])
    add(user, bucket, access === "readwrite" ? "read and write" : "read");
  return rights;
}
