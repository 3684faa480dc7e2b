import { BUCKET } from "../../cloud/buckets";
import { coversAction, covers, parsedPolicy, statementsIn, type Statement } from "../../cloud/documents";
import type { CloudRole } from "../../cloud/roles";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { variablesOf } from "../../kubernetes/variables";
import { textAt } from "../../kubernetes/value";
import { UNKNOWN, type Plan } from "../../plan/plan";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("cloud-rights");

/** Rights that are written down and do not hold, or hold where they should not. */
export function narrowedRights(plan: Plan, known: Inventory, roles: readonly CloudRole[]): Finding[] {
  return [
    ...roles.flatMap((role) => [...unmet(role), ...bounded(role, plan)]),
    ...podsOfNobody(plan, known, roles),
    ...backupsOfOthers(plan, known, roles),
  ];
}

/** Conditions that a request of a pod never meets, by their keys. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const UNMET: Readonly<Record<string, string>> = {
  "aws:multifactorauthpresent": "people with a second factor",
  "aws:multifactorauthage": "people with a second factor",
  "aws:username": "a user, and a pod has a role",
  "aws:referer": "requests of a browser",
};

function unmet({ resource, rights, takers }: CloudRole): Finding[] {
  if (takers.length === 0) return [];
  return rights
    .filter(({ allows }) => allows)
    .flatMap(({ path, conditions }) =>
      conditions.flatMap(({ operator, key, values }) => {
        const who = listed(takers.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`));
        if (key.toLowerCase() === "aws:sourceip") return addresses(resource, path, operator, values, who);
        const what = refusedBy(operator, key.toLowerCase(), values);
        if (what === undefined) return [];
        const message = `holds for ${what} (${key} ${listed(values)}): ${who} is refused; take the condition out`;
        return [error(resource, `${path}.Condition`, message)];
      }),
    );
}

function refusedBy(operator: string, key: string, values: readonly string[]): string | undefined {
  if (key === "aws:securetransport" && values.includes("false") && operator.startsWith("Bool")) return "requests without TLS";
  // A request without the key meets what asks for its absence, and every "not".
  if (/Not|IfExists$/.test(operator) || (operator === "Null" && values.includes("true"))) return undefined;
  return Object.hasOwn(UNMET, key) ? UNMET[key] : undefined;
}

/** Ranges of no public address. Source: RFC 1918, RFC 6598 */
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[789]\d|1[01]\d|12[0-7])\.)/;

/**
 * AWS sees the public address of a NAT gateway, and through an endpoint of the network none: `aws:VpcSourceIp` has the private one.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
 */
function addresses(
  resource: CloudRole["resource"],
  path: string,
  operator: string,
  values: readonly string[],
  who: string,
): Finding[] {
  if (operator !== "IpAddress" || values.some((value) => /^(?:0\.0\.0\.0\/0|::\/0)$/.test(value))) return [];
  const at = `${path}.Condition`;
  if (values.every((value) => PRIVATE.test(value))) {
    const message = `holds for requests from ${listed(values)} (aws:SourceIp), which AWS never sees: ${who} is refused; use aws:VpcSourceIp, or take the condition out`;
    return [error(resource, at, message)];
  }
  const message = `holds for requests from ${listed(values)} alone (aws:SourceIp): ${who} is refused through another gateway, and through an endpoint of the network; name the gateways of all zones, or take the condition out`;
  return [warning(resource, at, message)];
}

/** Boundaries of AWS under which nobody writes, or decrypts. Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ */
const READING = /^arn:[\w-]+:iam::aws:policy\/(?:.*\/)?(?:\w*ReadOnly\w*|ViewOnlyAccess|SecurityAudit|AWSDenyAll)$/;
/** What none of them has. Some let decrypt. */
const NOT_READING = ["s3:PutObject", "s3:DeleteObject", "kms:GenerateDataKey", "kms:Encrypt"];

/** A boundary takes away what it does not name. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
function bounded({ resource, rights, name }: CloudRole, plan: Plan): Finding[] {
  const boundary = textAt(resource.inputs, "permissionsBoundary");
  if (boundary === undefined || boundary === UNKNOWN) return [];
  const granted = rights.filter(({ allows }) => allows).flatMap(({ actions }) => actions);
  const found = (message: string, report = error) => [report(resource, "permissionsBoundary", message)];
  if (READING.test(boundary)) {
    const lost = granted.filter((action) => NOT_READING.includes(action));
    if (lost.length > 0) {
      return found(
        `${boundary} takes ${listed(lost)} from ${name}: what it has to do is refused; name a boundary that has what the role needs`,
      );
    }
  }
  const own = plan.resources.find(
    ({ type, inputs }) => type.startsWith("aws:iam/policy:") && boundary.endsWith(`/${textAt(inputs, "name") ?? "?"}`),
  );
  if (own === undefined)
    return found(`the plan does not have ${boundary}, so that nothing says whether ${name} may still do what it has to`, warning);
  const left = statementsIn(parsedPolicy(own.inputs.policy), "policy").filter(({ allows }) => allows);
  const lost = granted.filter((action) => !left.some((one) => coversAction(one.actions, action)));
  if (lost.length === 0) return [];
  return found(`${boundary} does not have ${listed(lost)}, which ${name} needs: it is refused; allow it there`);
}

/** Begins the variables by which a program is told of a bucket. */
const TOLD = "S3_BUCKET_";

/** Pods that are told of a bucket of the plan, and run as an account that takes no role. */
function podsOfNobody(plan: Plan, known: Inventory, roles: readonly CloudRole[]): Finding[] {
  const buckets = plan.resources.filter(({ type }) => BUCKET.test(type)).flatMap(({ inputs }) => textAt(inputs, "bucket") ?? []);
  const accounts = new Set(
    roles.flatMap(({ takers }) => takers.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`)),
  );
  if (buckets.length === 0 || accounts.size === 0) return [];
  return known.pods.flatMap((group) => {
    const account = textAt(group.spec, "serviceAccountName") ?? "default";
    if (accounts.has(`${group.namespace}/${account}`)) return [];
    const variables = variablesOf(group, known);
    const told = [...variables].filter(([name, { value }]) => name.startsWith(TOLD) && buckets.includes(value));
    if (told.length === 0) return [];
    // Whoever has keys needs no role.
    if (variables.has("AWS_ACCESS_KEY_ID") || JSON.stringify(group.spec).includes('"AWS_ACCESS_KEY_ID"')) return [];
    const message = `${title(group.object)} is told of ${listed(told.map(([, { value }]) => value))} and runs as the service account ${account}, which takes no role: it is refused; name the account that takes one (${listed([...accounts])})`;
    return [error(group.object.resource, [...group.specPath, "serviceAccountName"], message)];
  });
}

/** Backups are the database's own: a program that may change them takes them away along with what they are for. */
function backupsOfOthers(plan: Plan, known: Inventory, roles: readonly CloudRole[]): Finding[] {
  const stores = known.ofKind("ObjectStore").flatMap(({ spec }) => {
    const [, bucket] = /^s3:\/\/([^/]+)/.exec(textAt(spec, "configuration", "destinationPath") ?? "") ?? [];
    return bucket === undefined ? [] : [bucket];
  });
  const databases = new Set(
    known.ofKind("Cluster").map(({ namespace, name, spec }) => `${namespace}/${textAt(spec, "serviceAccountName") ?? name}`),
  );
  const buckets = [...new Set(stores)];
  const found = buckets.flatMap((bucket) =>
    roles.flatMap(({ resource, rights, takers }) => {
      const others = takers.filter(({ namespace, serviceAccount }) => !databases.has(`${namespace}/${serviceAccount}`));
      const may = mayDo(rights, bucket);
      if (others.length === 0 || may.length === 0) return [];
      return [
        about(resource, listed(others.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`)), bucket, may),
      ];
    }),
  );
  const [store] = known.ofKind("ObjectStore");
  const inCluster = (plan.facts?.bucketRights ?? [])
    .filter(({ bucket }) => buckets.includes(bucket))
    .flatMap(({ user, bucket, access }) =>
      store === undefined
        ? []
        : [about(store.resource, user, bucket, access === "read" ? ["s3:GetObject"] : ["s3:GetObject", "s3:DeleteObject"])],
    );
  return [...found, ...inCluster];
}

function mayDo(rights: readonly Statement[], bucket: string): string[] {
  const allows = rights.filter((one) => one.allows && covers(one.resources, `arn:aws:s3:::${bucket}/x`));
  return ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].filter((action) =>
    allows.some(({ actions }) => coversAction(actions, action)),
  );
}

function about(resource: CloudRole["resource"], who: string, bucket: string, may: readonly string[]): Finding {
  const writes = may.some((action) => action !== "s3:GetObject");
  const harm = writes
    ? "a hole in it deletes or overwrites the database's backups"
    : "a hole in it reads every order there ever was";
  const message = `${who} may ${listed(may)} in ${bucket}, where the database's backups are: ${harm}; take the right away (mes:roles.ROLE.storage)`;
  return (writes ? error : warning)(resource, "", message);
}
