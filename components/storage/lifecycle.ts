import type * as aws from "@pulumi/aws/types/input";
import { parseDuration } from "../schema";
import type { AwsBucketConfig } from "./config";

type Rule = aws.s3.BucketLifecycleConfigurationRule;

/** Days after which the parts of an upload that nobody finished are thrown away; they cost as much as objects. */
const UNFINISHED_UPLOAD_DAYS = 7;

function inDays(duration: string): number {
  return parseDuration(duration) / 86_400;
}

/** What becomes of the objects of a bucket with time. */
export function lifecycleRules(bucket: AwsBucketConfig): Rule[] {
  const rule = (id: string, what: Partial<Rule>): Rule => ({ id, status: "Enabled", filter: {}, ...what });
  return [
    rule("unfinished-uploads", { abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_UPLOAD_DAYS } }),
    rule("old-versions", {
      noncurrentVersionExpiration: { noncurrentDays: inDays(bucket.keepOldVersions) },
      // The marker of a deletion goes when no version is left behind it.
      expiration: { expiredObjectDeleteMarker: true },
    }),
    ...(bucket.infrequentAccessAfter === undefined
      ? []
      : [
          rule("infrequent-access", {
            transitions: [{ days: inDays(bucket.infrequentAccessAfter), storageClass: "STANDARD_IA" }],
          }),
        ]),
    ...(bucket.expireAfter === undefined ? [] : [rule("expire", { expiration: { days: inDays(bucket.expireAfter) } })]),
  ];
}
