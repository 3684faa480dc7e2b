import { BUCKET } from "../../cloud/buckets";
import { covers, coversAction, type Statement } from "../../cloud/documents";
import type { CloudRole } from "../../cloud/roles";
import { configFiles } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import type { PodGroup } from "../../kubernetes/pods";
import { at, leaves, listAt, textAt } from "../../kubernetes/value";
import { UNKNOWN, type Plan, type Resource } from "../../plan/plan";
import { reporter, type Finding } from "../rule";

const { error } = reporter("cloud-rights");

/** Buckets that pods are told of have to be open to the role of their service account, their key too; and to nobody else. */
export function bucketUse(plan: Plan, known: Inventory, roles: readonly CloudRole[]): Finding[] {
  const buckets = plan.resources.filter(({ type }) => BUCKET.test(type));
  const uses = buckets.flatMap((bucket) => {
    const named = textAt(bucket.inputs, "bucket");
    return named === undefined || named === UNKNOWN ? [] : [{ bucket, named, users: rolesThatUse(named, plan, known, roles) }];
  });
  const othersOf = (role: CloudRole, than: string) =>
    uses.flatMap(({ named, users }) => (named !== than && users.some((use) => use.role === role) ? [named] : []));
  return uses.flatMap(({ bucket, named, users }) => {
    const parts = plan.resources.filter(({ type, inputs }) => type.startsWith("aws:s3/") && textAt(inputs, "bucket") === named);
    return [
      ...closedFindings(bucket, named, parts),
      ...users.flatMap((use) => useFindings(use.role, use, named, parts, othersOf(use.role, named))),
    ];
  });
}

const CLOSED = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
function closedFindings(bucket: Resource, named: string, parts: readonly Resource[]): Finding[] {
  const ofType = (type: string) => parts.filter((part) => part.type.startsWith(`aws:s3/${type}:`));
  const [block] = ofType("bucketPublicAccessBlock");
  const open = block === undefined ? [] : CLOSED.filter((setting) => block.inputs[setting] !== true);
  const acl = [bucket, ...ofType("bucketAcl")].filter((part) =>
    /^(?:public-|authenticated-read)/.test(textAt(part.inputs, "acl") ?? ""),
  );
  const [policy] = ofType("bucketPolicy");
  const findings: Finding[] = [
    ...(block === undefined
      ? [error(bucket, "", `nothing keeps ${named} from being made public; add a BucketPublicAccessBlock`)]
      : []),
    ...open.map((setting) => error(block ?? bucket, setting, `is not true, so that ${named} can be made public`)),
    ...acl.map((part) => error(part, "acl", `opens ${named} to everybody; leave it out`)),
  ];
  const tls = /"Deny"[^]*"aws:SecureTransport":\s*"?false/;
  if (policy === undefined || (policy.inputs.policy !== UNKNOWN && !tls.test(String(policy.inputs.policy)))) {
    findings.push(
      error(
        policy ?? bucket,
        policy === undefined ? "" : "policy",
        `${named} may be read and written without TLS; deny where aws:SecureTransport is false`,
      ),
    );
  }
  return findings;
}

interface Use {
  readonly role: CloudRole;
  /** Who uses it. */
  readonly by: string;
  /** It is known to keep things there. */
  readonly writes: boolean;
}

/** Roles whose programs are told of a bucket: by a variable, a configuration, or a place of backups. */
function rolesThatUse(bucket: string, plan: Plan, known: Inventory, roles: readonly CloudRole[]): Use[] {
  const told = (value: unknown) =>
    leaves(value).some(
      ([, leaf]) =>
        typeof leaf === "string" && (leaf === bucket || new RegExp(`(?:s3://|["'\\s:])${bucket}(?:["'\\s/]|$)`, "m").test(leaf)),
    );
  const textsOf = (pods: Pick<PodGroup, "spec" | "namespace">) => configFiles(pods, known).map(({ text }) => text);
  const stores = known.ofKind("ObjectStore").filter(({ spec }) => told(spec));
  return roles.flatMap((role): Use[] => {
    const accounts = role.takers.map((taker) => `${taker.namespace}/${taker.serviceAccount}`);
    const group = known.pods.find(
      ({ namespace, spec }) =>
        accounts.includes(`${namespace}/${textAt(spec, "serviceAccountName") ?? "default"}`) &&
        (told(spec) || told(textsOf({ spec, namespace }))),
    );
    if (group !== undefined) {
      const writes = textsOf(group).some(keepsIndices);
      return [{ role, by: title(group.object), writes }];
    }
    const cluster = known
      .ofKind("Cluster")
      .find(
        ({ namespace, name: named, spec }) =>
          accounts.includes(`${namespace}/${named}`) && stores.some((store) => namesStore(spec, store.name)),
      );
    return cluster === undefined ? [] : [{ role, by: title(cluster), writes: true }];
  });
}

/** Files of Loki, which keeps logs and their indices in its store. */
function keepsIndices(text: string): boolean {
  return /^schema_config:/m.test(text) && /\bobject_store: s3\b/.test(text);
}

function namesStore(spec: unknown, store: string): boolean {
  return listAt(spec, "plugins").some((plugin) => textAt(plugin, "parameters", "barmanObjectName") === store);
}

const WRITES = ["s3:PutObject", "s3:DeleteObject"];

/** @param others further buckets that the role's program is told of */
function useFindings(
  { resource, rights, partlyUnknown }: CloudRole,
  { by, writes }: Pick<Use, "by" | "writes">,
  bucket: string,
  parts: readonly Resource[],
  others: readonly string[],
): Finding[] {
  if (partlyUnknown) return [];
  const arn = `arn:aws:s3:::${bucket}`;
  const denied = (action: string, on: string) =>
    rights.find(
      (one) => one.denies && one.conditions.length === 0 && coversAction(one.actions, action) && covers(one.resources, on),
    );
  const may = (action: string, on: string) =>
    rights.some((statement) => allows(statement, action, on)) && denied(action, on) === undefined;
  const findings: Finding[] = [];
  if (!may("s3:ListBucket", arn))
    findings.push(error(resource, "", `${by} uses ${bucket}, and its role may not list it; allow s3:ListBucket`));
  if (!may("s3:GetObject", `${arn}/x`))
    findings.push(error(resource, "", `${by} uses ${bucket}, and its role may not read from it; allow s3:GetObject`));
  const wellWritten = (one: string) => WRITES.every((action) => may(action, `arn:aws:s3:::${one}/x`));
  // A role that writes one bucket of its own may be there to read another.
  const isWriter = rights.some((one) => one.allows && ofWriter(one)) && !others.some(wellWritten);
  if (writes || isWriter) {
    const missing_ = WRITES.filter((action) => !may(action, `${arn}/x`));
    const denial = missing_.some((action) => denied(action, `${arn}/x`) !== undefined);
    if (missing_.length > 0) {
      const how = denial ? "a denial counts before every right" : "its role may not";
      const message = `${by} writes to ${bucket}, and ${how}: ${missing_.join(" and ")}; ${denial ? "take the denial away" : "allow it"}`;
      findings.push(error(resource, "", message));
    }
  }
  if (!encryptedByKey(parts)) return findings;
  const key = (action: string) =>
    rights.some(
      (statement) =>
        statement.allows && coversAction(statement.actions, action) && statement.resources.some((one) => !one.includes(":s3:::")),
    );
  const needed = may("s3:PutObject", `${arn}/x`) ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"];
  const missing = needed.filter((action) => !key(action));
  if (missing.length > 0)
    findings.push(
      error(resource, "", `${bucket} is encrypted with a key that its role may not use; allow ${missing.join(" and ")}`),
    );
  return findings;
}

/** Actions that only who writes has any use for. */
function ofWriter({ actions }: Statement): boolean {
  return actions.some((action) => /^s3:(?:PutObject|DeleteObject|AbortMultipartUpload|ListMultipartUploadParts)$/i.test(action));
}

function allows({ allows: isAllow, actions, resources }: Statement, action: string, on: string): boolean {
  return isAllow && coversAction(actions, action) && covers(resources, on);
}

function encryptedByKey(parts: readonly Resource[]): boolean {
  return parts.some(
    ({ type, inputs }) =>
      type.startsWith("aws:s3/bucketServerSideEncryptionConfiguration:") &&
      listAt(inputs, "rules").some((rule) => at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm") === "aws:kms"),
  );
}
