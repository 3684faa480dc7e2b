import { withoutScheme, type AwsStorageConfig } from "./config";
import type { BucketUser } from "./users";

/** A policy of IAM, S3 or KMS. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type Right = "read" | "readwrite";

const ON_BUCKET: Readonly<Record<Right, readonly string[]>> = {
  read: ["s3:GetBucketLocation", "s3:ListBucket"],
  readwrite: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
};

const ON_OBJECTS: Readonly<Record<Right, readonly string[]>> = {
  read: ["s3:GetObject"],
  readwrite: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
};

const WITH_KEY: Readonly<Record<Right, readonly string[]>> = {
  read: ["kms:Decrypt"],
  readwrite: ["kms:Decrypt", "kms:GenerateDataKey"],
};

/** Condition keys on the headers by which an upload says how it is to be encrypted. */
const ENCRYPTION = "s3:x-amz-server-side-encryption";

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

function document(...statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** What a user may do with one bucket, in the words of S3. The store in the cluster knows the same. */
export function bucketStatements(bucket: string, right: Right): Statement[] {
  return [
    { Effect: "Allow", Action: ON_BUCKET[right], Resource: bucketArn(bucket) },
    { Effect: "Allow", Action: ON_OBJECTS[right], Resource: `${bucketArn(bucket)}/*` },
  ];
}

/** The rights of a role: its buckets. Known before anything is there, so that the plan shows and checks it. */
export function userPolicy(user: Pick<BucketUser, "buckets">, names: Readonly<Record<string, string>>): PolicyDocument {
  return document(
    ...Object.entries(user.buckets).flatMap(([logical, right]) => bucketStatements(names[logical] ?? logical, right)),
  );
}

/** The right of a role to use the buckets' key, for what it does with S3 only. */
export function keyUsePolicy(
  user: Pick<BucketUser, "buckets">,
  key: { readonly arn: string; readonly region: string },
): PolicyDocument {
  const most: Right = Object.values(user.buckets).includes("readwrite") ? "readwrite" : "read";
  return document({
    Effect: "Allow",
    Action: WITH_KEY[most],
    Resource: key.arn,
    Condition: { StringEquals: { "kms:ViaService": `s3.${key.region}.amazonaws.com` } },
  });
}

/** Who may take a user's role: the pods of its one service account. */
export function trustPolicy(
  access: AwsStorageConfig["access"],
  accountId: string,
  user: Pick<BucketUser, "namespace" | "serviceAccount">,
): PolicyDocument {
  if (access.kind === "pod-identity") {
    return document({
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": accountId,
          "aws:RequestTag/kubernetes-namespace": user.namespace,
          "aws:RequestTag/kubernetes-service-account": user.serviceAccount,
        },
      },
    });
  }
  const issuer = withoutScheme(access.issuerUrl);
  return document({
    Effect: "Allow",
    Principal: { Federated: access.oidcProviderArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${issuer}:aud`]: "sts.amazonaws.com",
        [`${issuer}:sub`]: `system:serviceaccount:${user.namespace}:${user.serviceAccount}`,
      },
    },
  });
}

/** What nobody may do with a bucket, whatever other rights they have. */
export function bucketPolicy(bucket: string, keyArn: string): PolicyDocument {
  const whole = [bucketArn(bucket), `${bucketArn(bucket)}/*`];
  const objects = `${bucketArn(bucket)}/*`;
  const deny = (
    Sid: string,
    Action: string,
    Resource: string | readonly string[],
    Condition: Statement["Condition"],
  ): Statement => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition,
  });
  return document(
    deny("TlsOnly", "s3:*", whole, { Bool: { "aws:SecureTransport": "false" } }),
    deny("NoOldTls", "s3:*", whole, { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
    // Without these headers the bucket's own encryption applies, which is this key. A condition that something is not equal
    // holds for what is not there too, with IfExists or without: only Null excepts it.
    deny("NoOtherEncryption", "s3:PutObject", objects, {
      Null: { [ENCRYPTION]: "false" },
      StringNotEquals: { [ENCRYPTION]: "aws:kms" },
    }),
    deny("NoOtherKey", "s3:PutObject", objects, {
      Null: { [`${ENCRYPTION}-aws-kms-key-id`]: "false" },
      StringNotEquals: { [`${ENCRYPTION}-aws-kms-key-id`]: keyArn },
    }),
    // Amazon's own key, to which none of the roles has a right.
    deny("NoUnnamedKey", "s3:PutObject", objects, {
      Null: { [`${ENCRYPTION}-aws-kms-key-id`]: "true" },
      StringEquals: { [ENCRYPTION]: "aws:kms" },
    }),
    deny("NoKeysOfClients", "s3:PutObject", objects, {
      Null: { [`${ENCRYPTION}-customer-algorithm`]: "false" },
    }),
  );
}

/** The account decides through IAM who may use the key; nobody outside of it can. */
export function keyPolicy(accountId: string): PolicyDocument {
  return document({
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  });
}
