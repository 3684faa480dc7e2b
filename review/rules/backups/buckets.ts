import { BUCKET } from "../../cloud/buckets";
import { configFiles } from "../../kubernetes/config-files";
import type { Inventory } from "../../kubernetes/inventory";
import { title } from "../../kubernetes/objects";
import { listAt, textAt } from "../../kubernetes/value";
import { containersOf } from "../../kubernetes/pods";
import { UNKNOWN, type Plan } from "../../plan/plan";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("backups-restorable");

/** Names of buckets that programs are told, and variables that their files take them from. */
export function bucketsTold(plan: Plan, known: Inventory): Finding[] {
  return [...unknownBuckets(plan, known), ...unknownVariables(known), ...twoLifecycles(plan)];
}

/** Variables that name a bucket, e.g. `S3_BUCKET_LOGS`. */
const BUCKET_VARIABLE = /(?:^|_)BUCKET(?:S|NAMES?)?(?:_|$)/;

function unknownBuckets(plan: Plan, known: Inventory): Finding[] {
  const buckets = plan.resources.filter(({ type }) => BUCKET.test(type)).map(({ inputs }) => textAt(inputs, "bucket") ?? UNKNOWN);
  // Without buckets of its own, or with one whose name a real run makes, a plan cannot tell.
  if (buckets.length === 0 || buckets.includes(UNKNOWN)) return [];
  const existing = (plan.facts?.existing ?? [])
    .filter((one) => one.startsWith("Bucket/"))
    .map((one) => one.slice("Bucket/".length));
  const there = new Set([...buckets, ...existing]);
  return known.pods.flatMap(({ object, spec, specPath }) =>
    containersOf(spec).flatMap((container, i) =>
      listAt(container, "env").flatMap((env, j) => {
        const [name, value] = [textAt(env, "name") ?? "", textAt(env, "value")];
        if (value === undefined || !BUCKET_VARIABLE.test(name) || !isName(value) || there.has(value)) return [];
        const message = `${title(object)} is told the bucket ${value} (${name}), which the plan does not have (it has ${listed(buckets)}): what it keeps there is nowhere; name one of mes:storage.buckets`;
        return [error(object.resource, [...specPath, "containers", i, "env", j, "value"], message)];
      }),
    ),
  );
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text);
}

/** `${NAME}` in a file of a program that replaces them: Loki and the collectors, with their flag for it. */
const EXPANDED = /\$\{(?:env:)?([A-Z][A-Z0-9_]*)(?::[^}]*)?\}/g;

function unknownVariables(known: Inventory): Finding[] {
  return known.pods.flatMap((group) => {
    const containers = containersOf(group.spec);
    const expands = containers.some((one) => listAt(one, "args").some((arg) => String(arg).includes("config.expand-env=true")));
    // Other variables come as a whole, and the plan does not know which.
    if (!expands || containers.some((one) => listAt(one, "envFrom").length > 0)) return [];
    const told = new Set(containers.flatMap((one) => listAt(one, "env").flatMap((env) => textAt(env, "name") ?? [])));
    return configFiles(group, known).flatMap(({ resource, path, text }) => {
      const wanted = [...text.matchAll(EXPANDED)];
      const missing = [...new Set(wanted.filter(([whole]) => !whole.includes(":-")).map(([, one = ""]) => one))].filter(
        (one) => !told.has(one),
      );
      if (missing.length === 0) return [];
      const message = `its file takes ${listed(missing)} from the environment, and ${title(group.object)} is not told ${missing.length === 1 ? "it" : "them"}: the setting is empty; correct the name`;
      return [error(resource, path, message)];
    });
  });
}

/** A bucket has one lifecycle: of two, the later one counts. Source: PutBucketLifecycleConfiguration of Amazon S3 */
function twoLifecycles({ resources }: Plan): Finding[] {
  const seen = new Map<string, string>();
  return resources
    .filter(({ type }) => /^aws:s3\/bucket(?:LifecycleConfiguration|Versioning|Policy|PublicAccessBlock)(?:V2)?:/.test(type))
    .flatMap((resource) => {
      const bucket = textAt(resource.inputs, "bucket");
      if (bucket === undefined || bucket === UNKNOWN) return [];
      const kind = resource.type.split(":").at(-1) ?? "";
      const first = seen.get(`${kind} ${bucket}`);
      seen.set(`${kind} ${bucket}`, first ?? resource.name);
      if (first === undefined) return [];
      const message = `${bucket} has two of these (${first} and ${resource.name}): each deploy puts one in the place of the other, and another bucket has none; correct the bucket`;
      return [error(resource, "bucket", message)];
    });
}
