import { BUCKET } from "../cloud/buckets";
import { policyDocuments, type PolicyDocument, type Statement } from "../cloud/documents";
import { cloudRoles, nameOfRole, takings, type Taking } from "../cloud/roles";
import { inventory } from "../kubernetes/inventory";
import { listAt, textAt } from "../kubernetes/value";
import { UNKNOWN, type Plan } from "../plan/plan";
import { bucketUse } from "./cloud/bucket-use";
import { narrowedRights } from "./cloud/narrowed";
import { trustFindings } from "./cloud/trust";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "cloud-rights";
const { error, warning } = reporter(name);

export const cloudRights: Rule = {
  name,
  title: "A policy of the cloud names who may do what with which of the plan's own things, and a program may do what it has to.",
  why: "With a wildcard, a leaked credential of the smallest role reads every bucket of the account, backups included; with a right too few, backups and files are refused, and nobody is told before they are needed.",
  check: (plan) => {
    const documents = policyDocuments(plan);
    if (documents.length === 0 && !plan.resources.some(({ type }) => type.startsWith("aws:"))) return [];
    const known = inventory(plan);
    const taken = takings(plan, known);
    const roles = cloudRoles(plan, documents, taken);
    const account = accountOf(plan);
    const own = bucketNames(plan);
    return [
      ...documents.flatMap((document) => documentFindings(document, own, account)),
      ...trustFindings(roles, known),
      ...strangeRoles(
        taken,
        roles.map((role) => role.name),
      ),
      ...bucketUse(plan, known, roles),
      ...narrowedRights(plan, known, roles),
    ];
  },
};

/** The account that the provider insists on, or the one of the plan's roles. */
function accountOf({ resources }: Plan): string | undefined {
  const provider = resources.find(({ type }) => type === "pulumi:providers:aws");
  const allowed: unknown = provider?.inputs.allowedAccountIds;
  const ids = typeof allowed === "string" ? allowed.match(/\d{12}/g) : listAt(allowed);
  return ids?.length === 1 ? String(ids[0]) : undefined;
}

function bucketNames({ resources }: Plan): string[] {
  return resources
    .filter(({ type }) => BUCKET.test(type))
    .map(({ inputs }) => textAt(inputs, "bucket") ?? "")
    .filter((bucket) => bucket !== "")
    .sort();
}

function documentFindings(document: PolicyDocument, buckets: readonly string[], account: string | undefined): Finding[] {
  const { resource, field, statements } = document;
  if (statements === undefined) {
    return [
      warning(
        resource,
        field,
        "is known after apply only, so that nothing of it is checked; let only its unknown values be unknown",
      ),
    ];
  }
  if (statements === "invalid") return [error(resource, field, "is no policy; it needs a Statement, as JSON")];
  return statements.flatMap((statement) =>
    statement.allows ? allowed(document, statement, buckets, account) : denied(document, statement),
  );
}

function allowed(
  document: PolicyDocument,
  statement: Statement,
  buckets: readonly string[],
  account: string | undefined,
): Finding[] {
  const { resource, sort } = document;
  const { path, negated, actions } = statement;
  // The account itself may do everything with its key: else nobody could fix the key's policy.
  const isOwnKey = resource.type.startsWith("aws:kms/key:") && statement.principals.every(({ value }) => isRoot(value));
  const wide = isOwnKey ? [] : actions.filter((action) => action.includes("*"));
  return [
    ...negated.map((element) =>
      error(resource, `${path}.${element}`, "allows all but what it names; name what is allowed instead"),
    ),
    ...wide.map((action) => error(resource, `${path}.Action`, `allows ${action}; name the actions that are needed`)),
    ...(sort === "identity" ? [] : principalFindings(document, statement, account)),
    ...(sort === "trust" ? [] : resourceFindings(document, statement, buckets)),
  ];
}

function isRoot(principal: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:root$/.test(principal) || /^\d{12}$/.test(principal);
}

/** Conditions that make of everybody those of one organisation, network or account. */
const NARROWING =
  /^aws:(?:PrincipalOrgID|PrincipalOrgPaths|PrincipalAccount|PrincipalArn|SourceVpce|SourceVpc|SourceArn|SourceAccount)$/i;

function principalFindings({ resource }: PolicyDocument, statement: Statement, account: string | undefined): Finding[] {
  const { path, principals, conditions } = statement;
  const narrowed = conditions.some(({ operator, key }) => /^(?:String|Arn)(?:Equals|Like)/.test(operator) && NARROWING.test(key));
  return principals.flatMap(({ kind, value }) => {
    if (kind === "*") {
      return narrowed ? [] : [error(resource, `${path}.Principal`, "lets everybody in, of every account; name who needs it")];
    }
    const other = /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(value)?.[1];
    if (account === undefined || other === undefined || other === account) return [];
    return [
      error(resource, `${path}.Principal`, `lets account ${other} in, while the stack's account is ${account}; correct it`),
    ];
  });
}

/** Of the bucket itself; all other actions of S3 on what is stored are of its objects. Source: the service authorization reference of S3 */
const ON_BUCKET = /^s3:(?:ListBucket\w*|GetBucket\w*|PutBucket\w*|DeleteBucket\w*|Get\w+Configuration|Put\w+Configuration)$/i;

function resourceFindings({ resource, sort }: PolicyDocument, statement: Statement, buckets: readonly string[]): Finding[] {
  const { path, actions, resources, conditions } = statement;
  if (sort === "resource" && !resource.type.startsWith("aws:s3/")) return [];
  const own = buckets.length === 0 ? "it has none" : listed(buckets);
  const onAll = resources.includes("*") && actions.some((action) => /^(?:\*|s3|kms|sts|iam|secretsmanager)/.test(action));
  const throughOneService = conditions.some(({ key }) => /^kms:(?:ViaService|ResourceAliases)$/i.test(key));
  const strange = resources.flatMap((arn) => {
    const bucket = /^arn:[^:]*:s3:::([^/]+)/.exec(arn)?.[1];
    if (bucket === undefined || buckets.includes(bucket)) return [];
    return [error(resource, `${path}.Resource`, `${arn} is not one of the plan's own buckets (${own}); name the bucket`)];
  });
  const all =
    onAll && !throughOneService
      ? [error(resource, `${path}.Resource`, `* is every thing of the account; name the plan's own`)]
      : [];
  return [...all, ...strange, ...(strange.length + all.length > 0 ? [] : idle(resource, statement, path))];
}

/** Actions that none of the statement's resources is of: a bucket's on objects, or the other way round. */
function idle(resource: PolicyDocument["resource"], { actions, resources }: Statement, path: string): Finding[] {
  const arns = resources.filter((arn) => arn.includes(":s3:::"));
  if (arns.length === 0 || arns.length < resources.length) return [];
  const [bucket, objects] = [arns.some((arn) => !arn.includes("/")), arns.some((arn) => arn.includes("/"))];
  const without = actions.filter(
    (action) => action.startsWith("s3:") && !action.includes("*") && !(ON_BUCKET.test(action) ? bucket : objects),
  );
  if (without.length === 0) return [];
  const message = `${listed(without)} ${ON_BUCKET.test(without[0] ?? "") ? "is of a bucket" : "is of objects (BUCKET/*)"}, which it does not name; so it allows nothing`;
  return [error(resource, `${path}.Resource`, message)];
}

function denied({ resource }: PolicyDocument, { path, principals, conditions, actions }: Statement): Finding[] {
  const everybody = principals.some(({ kind }) => kind === "*");
  if (!everybody || conditions.length > 0 || !actions.some((action) => action.endsWith("*"))) return [];
  return [error(resource, path, "denies everybody everything, the stack itself too; say under which condition")];
}

/** Service accounts that take a role which the plan does not make, while it makes others. */
function strangeRoles(taken: readonly Taking[], roles: readonly string[]): Finding[] {
  if (roles.length === 0) return [];
  return taken
    .filter(({ role }) => role !== UNKNOWN && !role.startsWith("urn:") && !roles.includes(nameOfRole(role)))
    .map(({ resource, path, role }) =>
      error(resource, path, `takes the role ${nameOfRole(role)}, which the plan does not make; there are ${listed(roles)}`),
    );
}
