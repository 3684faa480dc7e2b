import { bucketParts } from "../../cloud/buckets";
import { parsedPolicy, statementsIn } from "../../cloud/documents";
import type { KubeObject } from "../../kubernetes/objects";
import { at, listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { UNKNOWN, type Plan } from "../../plan/plan";
import { count, listed, reporter, type Finding, type Report } from "../rule";

const { warning } = reporter("backups-restorable");

/** Schemes of the places that the plug-in writes to, by their credentials. Source: destinationPath of barman-cloud 0.5's configuration */
const SCHEMES: Readonly<Record<string, RegExp>> = {
  s3Credentials: /^s3:\/\/[^/]+/,
  azureCredentials: /^https?:\/\/[^/]+/,
  googleCredentials: /^gs:\/\/[^/]+/,
};

/** Days for which people notice that something is gone: a weekend, and a week. */
const NOTICED = { least: 3, usual: 7 };

/** Where backups go, for how long they stay, and whether the place takes them. @param bucket name, where it is Amazon's */
export function storeSettings(
  store: KubeObject,
  bucket: string | undefined,
  days: number | undefined,
  plan: Plan,
  report: Report,
): Finding[] {
  return [
    ...scheme(store, report),
    ...retention(store, days, report),
    ...(bucket === undefined ? [] : [...encryption(store, bucket, plan, report), ...oldVersions(bucket, plan, report)]),
  ];
}

function scheme({ resource, spec }: KubeObject, report: Report): Finding[] {
  const configuration = recordAt(spec, "configuration");
  const destination = textAt(configuration, "destinationPath") ?? "";
  if (destination.includes(UNKNOWN)) return [];
  const wanted = Object.entries(SCHEMES).filter(([credentials]) => configuration[credentials] !== undefined);
  if (wanted.length === 0 || wanted.some(([, pattern]) => pattern.test(destination))) return [];
  const example = {
    s3Credentials: "s3://BUCKET/",
    azureCredentials: "https://ACCOUNT.blob.core.windows.net/CONTAINER",
    googleCredentials: "gs://BUCKET/",
  };
  const message = `${JSON.stringify(destination)} is no address of a bucket (${listed(wanted.map(([credentials]) => example[credentials as keyof typeof example]))}): nothing is archived, and the log fills its volume; correct it`;
  return [report(resource, "spec.configuration.destinationPath", message)];
}

function retention({ resource }: KubeObject, days: number | undefined, report: Report): Finding[] {
  if (days === undefined || days >= NOTICED.usual) return [];
  const how = days < NOTICED.least ? report : warning;
  const message = `backups are kept for ${count(days, "day")}: what was deleted by mistake before a weekend cannot be brought back after it; raise mes:postgres.backups.retentionDays to ${NOTICED.usual} or more`;
  return [how(resource, "spec.retentionPolicy", message)];
}

/** Encryption that the store asks for, against what the bucket's policy lets in. Source: `encryption` of barman-cloud's configuration, a header of S3 */
function encryption({ resource, spec }: KubeObject, bucket: string, plan: Plan, report: Report): Finding[] {
  const refused = bucketParts(plan, "bucketPolicy", bucket).flatMap(({ inputs }) =>
    statementsIn(parsedPolicy(inputs.policy), "policy").flatMap(({ denies, conditions }) =>
      denies
        ? conditions.filter(({ operator, key }) => operator === "StringNotEquals" && key === "s3:x-amz-server-side-encryption")
        : [],
    ),
  );
  return ["wal", "data"].flatMap((part) => {
    const asked = textAt(spec, "configuration", part, "encryption");
    if (asked === undefined || asked === "") return [];
    const taken = refused.find(({ values }) => !values.includes(asked));
    if (taken === undefined) return [];
    const message = `asks for encryption by ${asked}, and the policy of ${bucket} refuses all but ${listed(taken.values)}: nothing is archived, and the log fills its volume; leave it out`;
    return [report(resource, `spec.configuration.${part}.encryption`, message)];
  });
}

/** How long a backup that somebody deletes can still be brought back. */
function oldVersions(bucket: string, plan: Plan, report: Report): Finding[] {
  const expiring = bucketParts(plan, "bucketLifecycleConfiguration", bucket).flatMap((resource) =>
    listAt(resource.inputs, "rules").flatMap((rule, i) => {
      const days = numberAt(rule, "noncurrentVersionExpiration", "noncurrentDays");
      if (days === undefined || textAt(rule, "status") === "Disabled" || days >= NOTICED.usual) return [];
      const message = `a backup that somebody deletes is gone for good ${count(days, "day")} later, before anybody has noticed; raise mes:storage.buckets.backups.keepOldVersions to ${NOTICED.usual}d or more`;
      return [
        (days < NOTICED.least ? report : warning)(resource, `rules[${i}].noncurrentVersionExpiration.noncurrentDays`, message),
      ];
    }),
  );
  const locks = bucketParts(plan, "bucketObjectLockConfiguration", bucket).flatMap((resource) => {
    const kept = recordAt(at(resource.inputs, "rule", "defaultRetention"));
    const days = numberAt(kept, "days");
    if (days === undefined || days >= NOTICED.usual) return [];
    const message = `nobody can delete a backup for ${count(days, "day")}, and anybody with the right can from then on, before it was noticed; raise mes:storage.buckets.backups.objectLock.retention to ${NOTICED.usual}d or more`;
    return [(days < NOTICED.least ? report : warning)(resource, "rule.defaultRetention.days", message)];
  });
  return [...expiring, ...locks];
}
