import { isRecord, listAt, textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";

/** What programs may do with buckets, by the name of the program: from policies of IAM, and what a store in the cluster publishes. */
export function bucketRights({ resources, facts }: Plan): Map<string, [string, string][]> {
  const rights = new Map<string, [string, string][]>();
  const add = (user: string, bucket: string, access: string) => rights.set(user, [...(rights.get(user) ?? []), [bucket, access]]);
  for (const { type, name, inputs } of resources) {
    if (!type.endsWith(":RolePolicy")) continue;
    const writes = new Map<string, boolean>();
    for (const statement of statements(inputs.policy)) {
      if (textAt(statement, "Effect") !== "Allow") continue;
      const actions = listOf(statement, "Action");
      for (const resource of listOf(statement, "Resource")) {
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

function statements(policy: unknown): unknown[] {
  if (typeof policy !== "string") return [];
  try {
    return [...listAt(JSON.parse(policy), "Statement")];
  } catch {
    return [];
  }
}

function listOf(statement: unknown, key: string): string[] {
  const value = isRecord(statement) ? statement[key] : undefined;
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}
