import { type Amazon, AmazonError, type Answer } from "./amazon";
import { type Inputs, type Kind, type Tags, unlessGone } from "./kind";
import { fromApi, tagList, tagsOf, toApi } from "./names";

const bucket: Kind = {
  fixed: ["bucket", "objectLockEnabled"],
  changeable: ["forceDestroy"],
  create: async (amazon, { bucket: Bucket, objectLockEnabled = false }, tags) => {
    const place = { CreateBucketConfiguration: { LocationConstraint: amazon.region } };
    await amazon.call("s3", "create_bucket", {
      Bucket,
      ObjectLockEnabledForBucket: objectLockEnabled,
      // The one region that is not to be named.
      ...(amazon.region === "us-east-1" ? {} : place),
    });
    await tag(amazon, Bucket, tags);
    return Bucket;
  },
  update: (amazon, Bucket, _, tags) => tag(amazon, Bucket, tags),
  read: async (amazon, Bucket, { forceDestroy }) => {
    await amazon.call("s3", "head_bucket", { Bucket });
    const lock = await unlessGone(amazon.call("s3", "get_object_lock_configuration", { Bucket }));
    const tagging = await unlessGone(amazon.call("s3", "get_bucket_tagging", { Bucket }));
    return {
      inputs: { bucket: Bucket, forceDestroy, objectLockEnabled: lock !== undefined },
      computed: { arn: `arn:aws:s3:::${Bucket}`, region: amazon.region },
      tags: tagsOf(tagging?.TagSet),
    };
  },
  delete: async (amazon, Bucket, { forceDestroy }) => {
    if (forceDestroy === true) await empty(amazon, Bucket);
    await amazon.call("s3", "delete_bucket", { Bucket });
  },
};

async function tag(amazon: Amazon, Bucket: string, tags: Tags): Promise<void> {
  await amazon.call("s3", "put_bucket_tagging", { Bucket, Tagging: { TagSet: tagList(tags) } });
}

async function empty(amazon: Amazon, Bucket: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await amazon.call("s3", "list_object_versions", { Bucket });
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await amazon.call("s3", "delete_object", { Bucket, Key, VersionId, BypassGovernanceRetention: true });
  }
}

/** A setting of a bucket, which is a resource of its own. */
interface Setting {
  readonly changeable: readonly string[];
  /** As in `put_bucket_policy` and `get_bucket_policy`. */
  readonly name: string;
  /** Parameters of the call that sets it, beside the bucket. */
  readonly put: (inputs: Inputs) => object;
  /** Inputs that the answer stands for; undefined when it is not set. */
  readonly got: (answer: Answer) => Inputs | undefined;
  /** Takes it back. @default delete_NAME */
  readonly remove?: (amazon: Amazon, Bucket: string) => Promise<unknown>;
}

function setting({ changeable, name, put, got, remove }: Setting): Kind {
  const set = (amazon: Amazon, inputs: Inputs) => amazon.call("s3", `put_${name}`, { Bucket: inputs.bucket, ...put(inputs) });
  return {
    fixed: ["bucket"],
    changeable,
    create: async (amazon, inputs) => {
      await set(amazon, inputs);
      return inputs.bucket;
    },
    update: async (amazon, _, inputs) => {
      await set(amazon, inputs);
    },
    read: async (amazon, Bucket) => {
      const inputs = got(await amazon.call("s3", `get_${name}`, { Bucket }));
      return inputs && { inputs: { bucket: Bucket, ...inputs } };
    },
    delete: async (amazon, Bucket) => {
      await (remove === undefined ? amazon.call("s3", `delete_${name}`, { Bucket }) : remove(amazon, Bucket));
    },
  };
}

const versioning = setting({
  changeable: ["versioningConfiguration"],
  name: "bucket_versioning",
  put: ({ versioningConfiguration }) => ({ VersioningConfiguration: toApi(versioningConfiguration) }),
  got: ({ Status }) => (Status === undefined ? undefined : { versioningConfiguration: { status: Status } }),
  // Once on, it is never off again.
  remove: (amazon, Bucket) =>
    amazon.call("s3", "put_bucket_versioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } }),
});

const encryption = setting({
  changeable: ["rules"],
  name: "bucket_encryption",
  put: ({ rules }) => ({ ServerSideEncryptionConfiguration: { Rules: toApi(rules) } }),
  got: ({ ServerSideEncryptionConfiguration: { Rules } }) => ({ rules: fromApi(Rules) }),
});

const publicAccessBlock = setting({
  changeable: ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
  name: "public_access_block",
  put: ({ bucket: _, ...blocked }) => ({ PublicAccessBlockConfiguration: toApi(blocked) }),
  got: ({ PublicAccessBlockConfiguration }) => fromApi(PublicAccessBlockConfiguration),
});

const ownership = setting({
  changeable: ["rule"],
  name: "bucket_ownership_controls",
  put: ({ rule }) => ({ OwnershipControls: { Rules: [toApi(rule)] } }),
  got: ({ OwnershipControls: { Rules } }) => ({ rule: fromApi(Rules[0]) }),
});

const policy = setting({
  changeable: ["policy"],
  name: "bucket_policy",
  put: ({ policy: Policy }) => ({ Policy }),
  got: ({ Policy }) => ({ policy: Policy }),
});

const lifecycle = setting({
  changeable: ["rules"],
  name: "bucket_lifecycle_configuration",
  put: ({ rules }) => ({ LifecycleConfiguration: { Rules: toApi(rules) } }),
  got: ({ Rules }) => ({ rules: fromApi(Rules) }),
  remove: (amazon, Bucket) => amazon.call("s3", "delete_bucket_lifecycle", { Bucket }),
});

const objectLock = setting({
  changeable: ["rule"],
  name: "object_lock_configuration",
  put: ({ rule }) => ({ ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: toApi(rule) } }),
  got: ({ ObjectLockConfiguration: { Rule } }) => {
    if (Rule === undefined) return undefined;
    const { Mode: mode, Days: days } = Rule.DefaultRetention;
    return { rule: { defaultRetention: { mode, days } } };
  },
  // A bucket that was made with it keeps it; only its default goes.
  remove: async (amazon, Bucket) => {
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" };
    try {
      await amazon.call("s3", "put_object_lock_configuration", { Bucket, ObjectLockConfiguration });
    } catch (error) {
      // moto, unlike Amazon, changes no lock of a bucket that has something in it.
      if (!(error instanceof AmazonError && error.code === "InvalidBucket")) throw error;
    }
  },
});

export const S3: Readonly<Record<string, Kind>> = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": objectLock,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ownership,
  "aws:s3/bucketPolicy:BucketPolicy": policy,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccessBlock,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
};
