import type { Plan, Resource } from "../plan/plan";
import { isRecord, listAt, numberAt, recordAt, textAt } from "./value";

/* Buckets of Amazon S3 and who may use them, as a plan declares them. */

export const BUCKET = /^aws:s3\/bucket(?:V2)?:/;

/** The bucket of that name. */
export function bucketNamed(plan: Plan, bucket: string): Resource | undefined {
  return plan.resources.find(({ type, inputs }) => BUCKET.test(type) && textAt(inputs, "bucket") === bucket);
}

/** The part of a bucket that is a resource of its own, as its lifecycle or its versioning. */
export function bucketParts(plan: Plan, part: string, bucket: string): Resource[] {
  const type = new RegExp(`^aws:s3/${part}(?:V2)?:`);
  return plan.resources.filter((resource) => type.test(resource.type) && textAt(resource.inputs, "bucket") === bucket);
}

/** A rule of a lifecycle that takes objects away, or out of reach. */
export interface Expiry {
  readonly resource: Resource;
  readonly path: string;
  /** Age in days. */
  readonly days: number;
  /** Where they go, as `GLACIER`; absent: they are deleted. */
  readonly to?: string;
}

/** Classes of storage that objects have to be brought back from before they can be read. */
const ARCHIVES = ["GLACIER", "DEEP_ARCHIVE"];

/** Rules that reach current objects below a prefix. */
export function expiries(plan: Plan, bucket: string, prefix: string): Expiry[] {
  return bucketParts(plan, "bucketLifecycleConfiguration", bucket).flatMap((resource) =>
    listAt(resource.inputs, "rules").flatMap((rule, i) => {
      if (textAt(rule, "status") === "Disabled") return [];
      const wanted = textAt(rule, "filter", "prefix") ?? textAt(rule, "filter", "and", "prefix") ?? textAt(rule, "prefix") ?? "";
      if (!prefix.startsWith(wanted) && !wanted.startsWith(prefix)) return [];
      const days = numberAt(rule, "expiration", "days");
      const moved = listAt(rule, "transitions").flatMap((transition, j) => {
        const to = textAt(transition, "storageClass");
        return to !== undefined && ARCHIVES.includes(to)
          ? [{ resource, path: `rules[${i}].transitions[${j}]`, days: numberAt(transition, "days") ?? 0, to }]
          : [];
      });
      return [...(days === undefined ? [] : [{ resource, path: `rules[${i}].expiration.days`, days }]), ...moved];
    }),
  );
}

export interface Role {
  readonly resource: Resource;
  readonly name: string;
}

/** The role that pods of a service account take; nothing where none is named, or it is known after apply only. */
export function roleOf(plan: Plan, arn: string): Role | undefined {
  const [, named] = /^arn:[^:]*:iam::\d*:role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  const resource = plan.resources.find(
    ({ type, inputs }) => type.startsWith("aws:iam/role:") && textAt(inputs, "name") === named,
  );
  return resource === undefined || named === undefined ? undefined : { resource, name: named };
}

/** Roles that EKS gives to a service account (Pod Identity), by their ARNs. */
export function podIdentityRole(plan: Plan, namespace: string, serviceAccount: string): string | undefined {
  const found = plan.resources.find(
    ({ type, inputs }) =>
      type.startsWith("aws:eks/podIdentityAssociation:") &&
      textAt(inputs, "namespace") === namespace &&
      textAt(inputs, "serviceAccount") === serviceAccount,
  );
  return textAt(found?.inputs, "roleArn");
}

/** Whether a role lets the tokens of a service account in; true where its text is not known. */
export function trusts({ resource }: Role, subject: string): boolean {
  const text = textAt(resource.inputs, "assumeRolePolicy") ?? "";
  const document = parsed(text);
  if (document === undefined) return true;
  return statements(document).some((statement) => {
    if (statement.Effect !== "Allow") return false;
    const service = JSON.stringify(statement.Principal ?? "");
    if (service.includes("pods.eks.amazonaws.com")) return true;
    const subjects = Object.entries(recordAt(statement, "Condition")).flatMap(([operator, tests]) =>
      Object.entries(recordAt(tests))
        .filter(([key]) => key.endsWith(":sub"))
        .flatMap(([, wanted]) => texts(wanted).map((one) => ({ like: operator.includes("Like"), one }))),
    );
    return subjects.length === 0 || subjects.some(({ like, one }) => (like ? matches(one, subject) : one === subject));
  });
}

/** What policies of a role allow on an ARN, of some actions; all of them where a text of its policies is not known. */
export function allowed(plan: Plan, role: Role, actions: readonly string[], arn: string): string[] {
  const policies = plan.resources
    .filter(({ type, inputs }) => type.startsWith("aws:iam/rolePolicy:") && textAt(inputs, "role") === role.name)
    .map(({ inputs }) => parsed(textAt(inputs, "policy") ?? ""));
  const attached = plan.resources.some(
    ({ type, inputs }) => type.startsWith("aws:iam/rolePolicyAttachment:") && textAt(inputs, "role") === role.name,
  );
  if (attached || listAt(role.resource.inputs, "managedPolicyArns").length > 0) return [...actions];
  const granted = policies.flatMap((document) => (document === undefined ? [] : statements(document)));
  const grants = (effect: string, action: string) =>
    granted.some(
      (statement) =>
        statement.Effect === effect &&
        texts(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        texts(statement.Resource).some((pattern) => matches(pattern, arn)),
    );
  return actions.filter((action) => grants("Allow", action) && !grants("Deny", action));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function statements(document: unknown): Record<string, unknown>[] {
  return isRecord(document) ? [document.Statement].flat().filter(isRecord) : [];
}

function texts(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === "string");
}

/** `*` and `?` as IAM reads them. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
