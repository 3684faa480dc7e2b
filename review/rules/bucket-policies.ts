import type { Plan, Resource } from "../plan/plan";
import { isRecord, listAt, textAt } from "../kubernetes/value";
import { reporter, type Finding, type Rule } from "./rule";

const name = "bucket-policies";
const { error } = reporter(name);

export const bucketPolicies: Rule = {
  name,
  title: "A policy that allows access to S3 names the plan's own buckets and the actions it needs.",
  why: "With a wildcard, a leaked credential of the smallest role reads every bucket of the account, backups included.",
  check: (plan) => {
    const buckets = bucketsOf(plan);
    return plan.resources.flatMap((resource) => policiesOf(resource).flatMap((policy) => findingsOf(resource, policy, buckets)));
  },
};

const POLICY_TYPES = /^aws:(?:iam\/(?:rolePolicy|policy|userPolicy|groupPolicy):|s3\/bucketPolicy:)/;
const BUCKET_TYPES = /^aws:s3\/bucket(?:V2)?:/;

/** Names and URNs of the plan's buckets. */
function bucketsOf(plan: Plan): Set<string> {
  const buckets = plan.resources.filter((resource) => BUCKET_TYPES.test(resource.type));
  return new Set(buckets.flatMap((bucket) => [textAt(bucket.inputs, "bucket") ?? "", bucket.name].filter((one) => one !== "")));
}

/** Policy documents among a resource's inputs; those that only a real run knows are left out. */
function policiesOf(resource: Resource): { path: string; document: unknown }[] {
  if (!POLICY_TYPES.test(resource.type)) return [];
  const value = resource.inputs.policy;
  if (isRecord(value)) return [{ path: "policy", document: value }];
  if (typeof value !== "string") return [];
  try {
    return [{ path: "policy", document: JSON.parse(value) as unknown }];
  } catch {
    return [];
  }
}

function findingsOf(resource: Resource, policy: { path: string; document: unknown }, buckets: ReadonlySet<string>): Finding[] {
  const statements = isRecord(policy.document) ? [policy.document.Statement].flat() : listAt(policy.document);
  return statements.flatMap((statement, i) => {
    if (!isRecord(statement) || statement.Effect !== "Allow") return [];
    const path = `${policy.path}.Statement[${i}]`;
    const actions = texts(statement.Action).filter((action) => action === "*" || action.startsWith("s3:"));
    const wildcards = actions.filter((action) => action === "*" || action === "s3:*");
    if (actions.length === 0) return [];
    return [
      ...wildcards.map((action) => error(resource, `${path}.Action`, `allows ${action}; name the actions that are needed`)),
      ...texts(statement.Resource).flatMap((arn) => {
        const bucket = /^arn:[^:]*:s3:::([^/]+)/.exec(arn)?.[1];
        if (arn !== "*" && bucket === undefined) return [];
        if (bucket !== undefined && !bucket.includes("*") && buckets.has(bucket)) return [];
        const own = [...buckets].sort().join(", ");
        return [error(resource, `${path}.Resource`, `${arn} is not one of the plan's own buckets (${own}); name the bucket`)];
      }),
    ];
  });
}

function texts(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === "string");
}
