import { z } from "zod";
import { bucketName, bytes, cidr, dnsLabel, duration, holds, literal, parseDuration, resources, rule } from "../schema";

const namePrefix = dnsLabel
  .max(40, "expected at most 40 characters")
  .describe("first part of every bucket's name, e.g. PREFIX-products");

const DAY = 86_400;

/** A duration that Amazon can keep to: it counts in days. */
const days = duration.check(
  holds((value) => parseDuration(value) % DAY === 0 && parseDuration(value) >= DAY, "expected whole days, e.g. 30d"),
);

const name = bucketName.optional().describe("whole name of the bucket; default: PREFIX-NAME");

const awsBucket = z
  .strictObject({
    name,
    expireAfter: days.optional().describe("age at which objects are deleted; default: never"),
    infrequentAccessAfter: days
      .optional()
      .describe("age at which objects move to storage that costs less to keep and more to read (at least 30d); default: never"),
    keepOldVersions: days.default("30d").describe("how long a deleted or overwritten object can still be brought back"),
    objectLock: z
      .strictObject({
        mode: z
          .enum(["governance", "compliance"])
          .default("governance")
          .describe("governance: a few may lift it; compliance: nobody can, not even the owner of the account"),
        retention: days.describe("how long no version of an object can be deleted, from its writing on"),
      })
      .optional()
      .describe("nobody can delete what is written (against ransomware and mistakes); can only be set when a bucket is made"),
  })
  .check(
    rule((bucket, context) => {
      const seconds = (value: string | undefined) => (value === undefined ? undefined : parseDuration(value));
      const infrequent = seconds(bucket.infrequentAccessAfter);
      const expire = seconds(bucket.expireAfter);
      const issue = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      if (infrequent !== undefined && infrequent < 30 * DAY)
        issue("infrequentAccessAfter", "expected at least 30d: S3 moves nothing sooner");
      if (infrequent !== undefined && expire !== undefined && expire <= infrequent)
        issue("expireAfter", "expected more than infrequentAccessAfter: objects would be deleted before they move");
      if (bucket.objectLock !== undefined && expire !== undefined && expire < parseDuration(bucket.objectLock.retention))
        issue("expireAfter", "expected at least objectLock.retention: nothing can be deleted before");
    }),
  );

const roleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[!-)+-~]+\/)*[\w+=,.@-]{1,64}$/,
    "expected the ARN of a role, e.g. arn:aws:iam::123456789012:role/name",
  );

const irsa = z
  .strictObject({
    kind: z.literal("irsa").describe("how pods get their identity: by the cluster's own issuer (IRSA), or by EKS Pod Identity"),
    oidcProviderArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/[\w./-]+$/, "expected the ARN of an OIDC provider")
      .describe("the cluster's OIDC provider in IAM"),
    issuerUrl: z
      .url({ protocol: /^https$/, error: "expected a URL that begins with https://" })
      .describe("issuer of the cluster's service account tokens"),
  })
  .check(
    holds(({ oidcProviderArn, issuerUrl }) => oidcProviderArn.endsWith(`:oidc-provider/${withoutScheme(issuerUrl)}`), {
      path: ["issuerUrl"],
      message: "is not the issuer of oidcProviderArn, which ends with it",
    }),
  );

const podIdentity = z.strictObject({
  kind: z
    .literal("pod-identity")
    .describe("how pods get their identity: by the cluster's own issuer (IRSA), or by EKS Pod Identity"),
  clusterName: z
    .string()
    .regex(/^[0-9A-Za-z][\w-]{0,99}$/, "expected the name of an EKS cluster: letters, digits, dashes and underscores")
    .describe("name of the EKS cluster, which runs the Pod Identity Agent"),
});

/** `https://oidc.example.com/id/X` → `oidc.example.com/id/X`, as IAM names an issuer. */
export function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, "").replace(/\/$/, "");
}

/** Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const tagText = (most: number) =>
  z
    .string()
    .max(most, `expected at most ${most} characters`)
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, "expected letters, digits, spaces and _ . : / = + - @");
const tagKey = tagText(128)
  .min(1)
  .check(holds((key) => !/^aws:/i.test(key), "keys that begin with aws: belong to AWS"));

const aws = z
  .strictObject({
    kind: z.literal("aws").describe("where buckets are: S3, or a store in the cluster"),
    region: z
      .string()
      .regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d$/, "expected a region, e.g. eu-central-1")
      .describe("region of the buckets"),
    accountId: z
      .string()
      .regex(/^\d{12}$/, "expected the 12 digits of an account, in quotes")
      .describe("account of the buckets; no other is touched"),
    profile: literal.optional().describe("profile of the AWS configuration; default: the environment's credentials"),
    assumeRole: z
      .strictObject({
        arn: roleArn.describe("role to take"),
        externalId: literal.optional().describe("external id that the role asks for"),
      })
      .optional()
      .describe("role that makes the buckets; default: none, the credentials' own rights"),
    tags: z.record(tagKey, tagText(256)).default({}).describe("tags of everything in AWS"),
    namePrefix,
    access: z
      .discriminatedUnion("kind", [irsa, podIdentity], { error: "expected kind: irsa or pod-identity" })
      .describe("how pods prove who they are: by a token of their service account (irsa) or by the agent of EKS (pod-identity)"),
    endpointCidrs: z
      .array(cidr)
      .min(1)
      .default(["0.0.0.0/0"])
      .describe("addresses of S3 and STS, for network policies; with interface endpoints in the VPC: its own"),
    buckets: z
      .record(dnsLabel, awsBucket)
      .prefault({ products: {}, backups: {}, logs: { expireAfter: "30d" }, traces: { expireAfter: "7d" } })
      .describe("buckets by what is in them"),
  })
  .check(
    rule(({ region, accountId, assumeRole, access }, context) => {
      const arns = [
        { path: ["assumeRole", "arn"], arn: assumeRole?.arn },
        { path: ["access", "oidcProviderArn"], arn: access.kind === "irsa" ? access.oidcProviderArn : undefined },
      ];
      for (const { path, arn } of arns) {
        if (arn === undefined) continue;
        const [, partition, , , account = ""] = arn.split(":");
        const expected = partitionOf(region);
        const message =
          account !== accountId
            ? `is of the account ${account}, but the buckets are of accountId ${accountId}`
            : partition !== expected
              ? `is of the partition ${partition}, but the region ${region} is of ${expected}`
              : undefined;
        if (message !== undefined) context.addIssue({ code: "custom", path, message });
      }
    }),
  );

/** Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  const apart = /^(?:cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)(?=-)/.exec(region)?.[0];
  const names: Readonly<Record<string, string>> = {
    "us-iso": "aws-iso",
    "us-isob": "aws-iso-b",
    "us-isof": "aws-iso-f",
    "eu-isoe": "aws-iso-e",
  };
  return apart === undefined ? "aws" : (names[apart] ?? `aws-${apart}`);
}

const inCluster = z.strictObject({
  kind: z.literal("in-cluster").describe("where buckets are: S3, or a store in the cluster"),
  region: literal.default("us-east-1").describe("region that clients are told; it has no meaning here"),
  storage: bytes.default("10Gi").describe("volume that holds all buckets"),
  resources: resources.default({ cpu: "50m", memory: "128Mi" }).describe("of the one pod"),
  rotation: z.string().min(1).default("1").describe("change it to give every user new keys"),
  namePrefix: namePrefix.default("mes"),
  buckets: z
    .record(dnsLabel, z.strictObject({ name }))
    .prefault({ products: {}, backups: {}, logs: {}, traces: {} })
    .describe("buckets by what is in them"),
});

/** The object store: files of products, backups, logs and traces. */
export const storageConfig = z
  .discriminatedUnion("kind", [aws, inCluster], { error: "expected kind: aws (Amazon S3) or in-cluster (one pod with a volume)" })
  .check(
    rule(({ buckets, namePrefix: prefix }, context) => {
      const taken = new Map<string, string>();
      for (const [logical, bucket] of Object.entries(buckets)) {
        const full = bucket.name ?? `${prefix}-${logical}`;
        const other = taken.get(full);
        if (other !== undefined)
          context.addIssue({
            code: "custom",
            path: ["buckets", logical],
            message: `has the name of the bucket ${other}: ${full}`,
          });
        taken.set(full, logical);
        if (full.length > 63)
          context.addIssue({
            code: "custom",
            path: ["buckets", logical],
            message: `its name ${full} has more than 63 characters`,
          });
      }
    }),
  )
  .describe("The object store: buckets for files of products, backups, logs and traces");

export type StorageConfig = z.infer<typeof storageConfig>;
export type AwsStorageConfig = z.infer<typeof aws>;
export type InClusterStorageConfig = z.infer<typeof inCluster>;
export type AwsBucketConfig = AwsStorageConfig["buckets"][string];

/** The name of a bucket, by what is in it. */
export function bucketNames(config: Pick<StorageConfig, "buckets" | "namePrefix">): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.buckets).map(([logical, bucket]) => [logical, bucket.name ?? `${config.namePrefix}-${logical}`]),
  );
}
