import type { PolicyDocument } from "../../components/storage/policies";
import { type AwsStorageConfig, bucketNames } from "../../components/storage/config";
import { Storage } from "../../components/storage/storage";
import type { BucketUser } from "../../components/storage/users";
import { record } from "../../review/plan/record";
import { readStackFile, stackFilePath } from "../../stacks/config/load";
import type { StackConfig } from "../../stacks/config/schema";
import { environmentOf } from "../../stacks/environment";
import { platform } from "../../stacks/platform";
import { objectStoreUsers } from "../../stacks/users";
import { PROJECT_DIRECTORY } from "../helpers/record";
import { Amazon, type Answer, AmazonError, type Credentials } from "./aws-provider/amazon";
import { decide, type Request } from "./aws-provider/decide";
import { inventoryOf } from "./aws-provider/inventory";
import { AwsTestProvider } from "./aws-provider/provider";
import { type Program, type RealEngine, realEngine } from "./engine";
import { figure } from "./figures";
import { changesOf, named } from "./planned";

const PROD = readStackFile(stackFilePath(PROJECT_DIRECTORY, "prod")).config;

describe("the object store of prod, by the real engine in a stand-in of Amazon", () => {
  const config = onAmazon(PROD);
  const users = usersOf(PROD);
  const names = bucketNames(config);
  const buckets = Object.entries(config.buckets);
  const current = storageOf(PROD);
  let amazon: Amazon;
  let engine: RealEngine;

  beforeAll(async () => {
    amazon = await Amazon.start(config);
    engine = await realEngine("prod", undefined, new AwsTestProvider(amazon), { checkpoints: true });
  });
  afterAll(async () => {
    engine.stop();
    await amazon.stop();
  });

  test("a preview makes nothing", async () => {
    const steps = await engine.preview(current);
    expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["create"]));
    expect(await inventoryOf(amazon)).toEqual({ buckets: [], roles: [], aliases: [] });
  });

  test("credentials of another account are refused before anything is made", async () => {
    const other = withStorage(PROD, (storage) => ({ ...storage, accountId: "999999999999" }));
    await expect(engine.up(storageOf(other))).rejects.toThrow("AWS account ID not allowed: 123456789012");
    expect(await inventoryOf(amazon)).toEqual({ buckets: [], roles: [], aliases: [] });
  });

  test("`up` makes the buckets, a role for each user, one key, and nothing else", async () => {
    await figure("amazon", "up of the object store", () => engine.up(current));
    expect(await inventoryOf(amazon)).toEqual({
      buckets: Object.values(names).sort(),
      roles: users.map(({ name }) => roleName(name)).sort(),
      aliases: [`alias/${config.namePrefix}-buckets`],
    });
  });

  test("the key is rotated, and belongs to the account; everything says whose it is", async () => {
    const { KeyMetadata: key } = await amazon.call("kms", "describe_key", { KeyId: alias() });
    const tags = { ...config.tags, "mes:stack": "prod", "managed-by": "pulumi" };
    expect(await amazon.call("kms", "get_key_rotation_status", { KeyId: key.KeyId })).toMatchObject({
      KeyRotationEnabled: true,
    });
    const policy = await policyOf(amazon.call("kms", "get_key_policy", { KeyId: key.KeyId, PolicyName: "default" }));
    const byRoot = (account: string) =>
      decide(policy, { action: "kms:Decrypt", resource: key.Arn, principal: { AWS: `arn:aws:iam::${account}:root` } });
    expect([byRoot(config.accountId), byRoot("000000000000")]).toEqual(["allowed", "says nothing"]);
    for (const { stackTags, what } of [
      ...(await Promise.all(Object.values(names).map(tagsOfBucket))),
      ...(await Promise.all(users.map(({ name }) => tagsOfRole(roleName(name))))),
    ]) {
      expect({ what, tags: stackTags }).toEqual({ what, tags });
    }
  });

  describe.each(buckets)("the bucket %s", (logical, declared) => {
    const Bucket = names[logical] ?? logical;
    const get = (what: string) => amazon.call("s3", `get_${what}`, { Bucket });

    test("is private: no public access, no ACLs", async () => {
      expect((await get("public_access_block")).PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect((await get("bucket_ownership_controls")).OwnershipControls.Rules).toEqual([
        { ObjectOwnership: "BucketOwnerEnforced" },
      ]);
    });

    test("keeps every version, encrypted with the stack's key", async () => {
      expect((await get("bucket_versioning")).Status).toBe("Enabled");
      expect((await get("bucket_encryption")).ServerSideEncryptionConfiguration.Rules).toEqual([
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: await keyArn() },
          BucketKeyEnabled: true,
        },
      ]);
    });

    test("forgets what its configuration says, and when", async () => {
      const { Rules } = await get("bucket_lifecycle_configuration");
      expect((Rules as Answer[]).every(({ Status }) => Status === "Enabled")).toBe(true);
      const days = {
        unfinishedUpload: find(Rules, "AbortIncompleteMultipartUpload")?.DaysAfterInitiation,
        oldVersion: find(Rules, "NoncurrentVersionExpiration")?.NoncurrentDays,
        object: (Rules as Answer[]).find(({ Expiration }) => Expiration?.Days !== undefined)?.Expiration.Days,
      };
      const { expireAfter } = declared;
      expect(days).toEqual({
        unfinishedUpload: 7,
        oldVersion: Number.parseInt(declared.keepOldVersions),
        object: expireAfter === undefined ? undefined : Number.parseInt(expireAfter),
      });
    });

    test("refuses whatever is not TLS 1.2 or later, and data under another key", async () => {
      const policy = await policyOf(get("bucket_policy"));
      const tls = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };
      const asked = (action: string, context: Request["context"]) =>
        decide(policy, {
          action,
          resource: `arn:aws:s3:::${Bucket}/orders/1`,
          principal: { AWS: `arn:aws:iam::${config.accountId}:root` },
          context: { ...tls, ...context },
        });
      const put = (encryption: Request["context"]) => asked("s3:PutObject", encryption);
      const SSE = "s3:x-amz-server-side-encryption";
      const ours = await keyArn();

      expect(asked("s3:GetObject", { "aws:SecureTransport": "false" })).toBe("denied");
      expect(asked("s3:GetObject", { "s3:TlsVersion": "1.1" })).toBe("denied");
      expect(asked("s3:GetObject", {})).toBe("says nothing");

      // What Loki, Barman and the programs of the MES send: nothing about encryption, so that the bucket's own applies.
      expect(put({})).toBe("says nothing");
      expect(put({ [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: ours })).toBe("says nothing");
      expect(put({ [SSE]: "AES256" })).toBe("denied");
      expect(put({ [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: ours.replace(/.$/, "x") })).toBe("denied");
      // Amazon's own key for S3.
      expect(put({ [SSE]: "aws:kms" })).toBe("denied");
      expect(put({ [`${SSE}-customer-algorithm`]: "AES256" })).toBe("denied");
    });
  });

  test("nobody can delete a backup for two weeks", async () => {
    const Bucket = names.backups;
    const { ObjectLockConfiguration } = await amazon.call("s3", "get_object_lock_configuration", { Bucket });
    expect(ObjectLockConfiguration).toMatchObject({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 14 } },
    });
  });

  test("a role is taken by the pods of its own service account, and by no others", async () => {
    const tokens = [...users, ...users.map((user) => ({ ...user, namespace: "elsewhere" }))];
    for (const user of users) {
      const takers = await takersAmong(tokens, user.name);
      expect(takers).toEqual([`${user.namespace}/${user.serviceAccount}`]);
    }
  });

  test("the service accounts of the platform are told the roles that they may take", async () => {
    const { resources } = await record(() => platform("prod", PROD), {
      project: "mes",
      stack: "prod",
      projectDirectory: PROJECT_DIRECTORY,
    });
    const told = resources.flatMap(({ inputs }) => toldRole(inputs));
    expect(told.map(({ roleArn }) => roleArn).sort()).toEqual(users.map(({ name }) => roleArn(name)).sort());
    for (const account of told) {
      const role = account.roleArn.split("/").at(-1) ?? "";
      expect(await takersAmong([account], role.slice(config.namePrefix.length + 1))).toEqual([
        `${account.namespace}/${account.serviceAccount}`,
      ]);
    }
  });

  test("a role uses the key through S3 only, and to write only where it writes", async () => {
    const resource = await keyArn();
    const viaS3 = { "kms:ViaService": `s3.${config.region}.amazonaws.com` };
    for (const { name, buckets: rights } of users) {
      const policy = await rolePolicy(name, "key");
      const asked = (action: string, context: Request["context"]) => decide(policy, { action, resource, context });
      const writes = Object.values(rights).includes("readwrite");
      expect(asked("kms:Decrypt", viaS3)).toBe("allowed");
      expect(asked("kms:GenerateDataKey", viaS3)).toBe(writes ? "allowed" : "says nothing");
      expect(asked("kms:Decrypt", {})).toBe("says nothing");
      expect(asked("kms:ScheduleKeyDeletion", viaS3)).toBe("says nothing");
      expect(decide(policy, { action: "kms:Decrypt", resource: `${resource}0`, context: viaS3 })).toBe("says nothing");
    }
  });

  test("a second preview, `refresh` and `up` find nothing to do", async () => {
    expect(await engine.preview(current)).toEqual([]);
    expect(await figure("amazon", "refresh of the object store", () => engine.refresh())).toEqual([]);
    expect(await engine.up(current)).toEqual([]);
  });

  // moto takes a policy for one without conditions: with ours, it would refuse every object.
  describe("with the buckets' policies taken away by hand", () => {
    beforeAll(async () => {
      for (const Bucket of Object.values(names)) {
        await amazon.call("s3", "delete_bucket_policy", { Bucket });
        await amazon.call("s3", "put_object", { Bucket, Key: "there", Body: "before" });
      }
    });

    const READS = ["get_bucket_location", "get_object", "list_objects_v2"];
    const WRITES = ["create_multipart_upload", "delete_object", "list_multipart_uploads", "put_object"];

    test.each([
      ["pricing", { products: READS, backups: [], logs: [] }],
      ["dashboard", { products: READS, backups: [], logs: [] }],
      ["postgres", { products: [], backups: [...READS, ...WRITES].sort(), logs: [] }],
      ["loki", { products: [], backups: [], logs: [...READS, ...WRITES].sort() }],
    ])("%s may do what it has to, and nothing else", async (user, expected) => {
      const credentials = await taken(user);
      const allowed = buckets.map(async ([logical]) => [logical, await allowedOn(names[logical] ?? "", credentials)] as const);
      expect(Object.fromEntries(await Promise.all(allowed))).toEqual(expected);
      await expect(amazon.call("s3", "list_buckets", {}, credentials)).rejects.toThrow("AccessDenied");
      await expect(amazon.call("iam", "list_roles", {}, credentials)).rejects.toThrow("is not authorized to perform");
    });

    test("a backup is encrypted with the key, and cannot be deleted for good, not even by the account's owner", async () => {
      const put = { Bucket: names.backups, Key: "base.tar", Body: "…" };
      const { VersionId } = await amazon.call("s3", "put_object", put, await taken("postgres"));
      const version = { Bucket: names.backups, Key: "base.tar", VersionId };
      expect(await amazon.call("s3", "head_object", version)).toMatchObject({
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: await keyArn(),
        ObjectLockMode: "GOVERNANCE",
      });
      await expect(amazon.call("s3", "delete_object", version)).rejects.toThrow("AccessDenied");
    });

    test("what somebody changed by hand is found, and put right", async () => {
      const Bucket = names.products;
      await amazon.call("s3", "put_bucket_versioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } });
      await amazon.call("s3", "put_public_access_block", {
        Bucket,
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false },
      });
      await amazon.call("s3", "delete_bucket_encryption", { Bucket });
      await amazon.call("s3", "delete_bucket_lifecycle", { Bucket: names.logs });
      const anybody = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
      };
      const RoleName = roleName("loki");
      await amazon.call("iam", "update_assume_role_policy", { RoleName, PolicyDocument: JSON.stringify(anybody) });
      await amazon.call("iam", "untag_role", { RoleName: roleName("pricing"), TagKeys: ["mes:stack"] });

      expect(named(changesOf(await engine.refresh()))).toEqual([
        "change BucketPublicAccessBlock products",
        "change BucketVersioning products",
        "change Role loki",
        "change Role pricing",
        "delete BucketLifecycleConfiguration logs",
        "delete BucketPolicy backups",
        "delete BucketPolicy logs",
        "delete BucketPolicy products",
        "delete BucketServerSideEncryptionConfiguration products",
      ]);
      expect(named(changesOf(await engine.up(current)))).toEqual([
        "change BucketPublicAccessBlock products",
        "change BucketVersioning products",
        "change Role loki",
        "change Role pricing",
        "create BucketLifecycleConfiguration logs",
        "create BucketPolicy backups",
        "create BucketPolicy logs",
        "create BucketPolicy products",
        "create BucketServerSideEncryptionConfiguration products",
      ]);
      expect(await engine.refresh()).toEqual([]);
      expect((await amazon.call("s3", "get_bucket_versioning", { Bucket })).Status).toBe("Enabled");
      expect(await takersAmong([...users], "loki")).toEqual(["mes-observability/loki"]);
    });
  });

  test("another retention changes just that", async () => {
    const longer = withStorage(PROD, (storage) => ({
      ...storage,
      buckets: { ...storage.buckets, products: { keepOldVersions: "180d" } },
    }));
    expect(named(changesOf(await engine.up(storageOf(longer))))).toEqual(["change BucketLifecycleConfiguration products"]);
  });

  test("another name of the buckets is refused: they would be replaced, with all that is in them", async () => {
    const renamed = withStorage(PROD, (storage) => ({ ...storage, namePrefix: "renamed" }));
    await expect(engine.up(storageOf(renamed))).rejects.toThrow(/currently marked for protection/);
    expect((await inventoryOf(amazon)).buckets).toEqual(Object.values(names).sort());
    await engine.up(current);
  });

  test("`destroy` is refused, and once that is lifted keeps all data", async () => {
    await expect(engine.pulumi("destroy", "--yes")).rejects.toThrow(/cannot be deleted\s+because it is protected/);
    const before = await inventoryOf(amazon);
    // What is not protected may be gone by the time that the engine comes to what is.
    expect(before.buckets).toEqual(Object.values(names).sort());
    await engine.pulumi("state", "unprotect", "--all", "--yes");
    await engine.destroy();
    expect(await engine.state()).toEqual([]);
    // The key is there without its name: what is in the buckets can still be read.
    expect(await inventoryOf(amazon)).toEqual({ buckets: before.buckets, roles: [], aliases: [] });
    const { Rules } = (await amazon.call("s3", "get_bucket_encryption", { Bucket: names.backups }))
      .ServerSideEncryptionConfiguration;
    const KeyId = Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID;
    expect((await amazon.call("kms", "describe_key", { KeyId })).KeyMetadata.KeyState).toBe("Enabled");
    expect(await amazon.call("s3", "get_bucket_policy", { Bucket: names.backups })).toHaveProperty("Policy");
  });

  function alias(): string {
    return `alias/${config.namePrefix}-buckets`;
  }

  async function keyArn(): Promise<string> {
    return String((await amazon.call("kms", "describe_key", { KeyId: alias() })).KeyMetadata.Arn);
  }

  function roleName(user: string): string {
    return `${config.namePrefix}-${user}`;
  }

  function roleArn(user: string): string {
    return `arn:aws:iam::${config.accountId}:role/${roleName(user)}`;
  }

  async function tagsOfBucket(Bucket: string) {
    const { TagSet } = await amazon.call("s3", "get_bucket_tagging", { Bucket });
    return { what: Bucket, stackTags: tagged(TagSet) };
  }

  async function tagsOfRole(RoleName: string) {
    const { Tags } = await amazon.call("iam", "list_role_tags", { RoleName });
    return { what: RoleName, stackTags: tagged(Tags) };
  }

  async function rolePolicy(user: string, PolicyName: string): Promise<PolicyDocument> {
    const { PolicyDocument } = await amazon.call("iam", "get_role_policy", { RoleName: roleName(user), PolicyName });
    return PolicyDocument as PolicyDocument;
  }

  /** Whose tokens, of these service accounts, Amazon takes for a user's role. */
  async function takersAmong(accounts: readonly ServiceAccount[], user: string): Promise<string[]> {
    const { Role } = await amazon.call("iam", "get_role", { RoleName: roleName(user) });
    if (config.access.kind !== "irsa") throw new Error("prod takes roles by token");
    const { oidcProviderArn, issuerUrl } = config.access;
    const issuer = issuerUrl.replace("https://", "");
    return accounts
      .filter(
        ({ namespace, serviceAccount }) =>
          decide(Role.AssumeRolePolicyDocument, {
            action: "sts:AssumeRoleWithWebIdentity",
            principal: { Federated: oidcProviderArn },
            context: {
              [`${issuer}:aud`]: "sts.amazonaws.com",
              [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
            },
          }) === "allowed",
      )
      .map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  }

  /** The credentials that pods of a user get for their token. */
  async function taken(user: string): Promise<Credentials> {
    const { Credentials: got } = await amazon.call("sts", "assume_role_with_web_identity", {
      RoleArn: roleArn(user),
      RoleSessionName: "test",
      WebIdentityToken: "a token of the service account",
    });
    return {
      aws_access_key_id: got.AccessKeyId,
      aws_secret_access_key: got.SecretAccessKey,
      aws_session_token: got.SessionToken,
    };
  }

  /** What of all that one might want to do with a bucket is not refused. */
  async function allowedOn(Bucket: string, credentials: Credentials): Promise<string[]> {
    const Key = "there";
    const attempts: Record<string, object> = {
      create_multipart_upload: { Key: "parts" },
      delete_bucket: {},
      delete_bucket_encryption: {},
      delete_bucket_lifecycle: {},
      delete_bucket_policy: {},
      delete_object: { Key: "gone" },
      get_bucket_location: {},
      get_bucket_policy: {},
      get_object: { Key },
      list_multipart_uploads: {},
      list_objects_v2: {},
      put_bucket_acl: { ACL: "public-read" },
      put_bucket_policy: { Policy: "{}" },
      put_bucket_versioning: { VersioningConfiguration: { Status: "Suspended" } },
      put_object: { Key: "new", Body: "…" },
      put_object_lock_configuration: { ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } },
      put_public_access_block: { PublicAccessBlockConfiguration: { BlockPublicAcls: false } },
    };
    const answers = Object.entries(attempts).map(async ([operation, parameters]) => {
      try {
        await amazon.call("s3", operation, { Bucket, ...parameters }, credentials);
        return [operation];
      } catch (error) {
        if (error instanceof AmazonError && error.code === "AccessDenied") return [];
        throw error;
      }
    });
    return (await Promise.all(answers)).flat().sort();
  }
});

describe("an object store whose data is not protected, with EKS Pod Identity", () => {
  const config = withStorage(PROD, (storage) => ({ ...storage, access: { kind: "pod-identity", clusterName: "mes" } }));
  const stack = { ...config, cluster: { ...config.cluster, protectData: false } };
  let amazon: Amazon;
  let engine: RealEngine;

  beforeAll(async () => {
    amazon = await Amazon.start(onAmazon(stack));
    engine = await realEngine("test", undefined, new AwsTestProvider(amazon), { checkpoints: true });
  });
  afterAll(async () => {
    engine.stop();
    await amazon.stop();
  });

  test("`destroy` leaves nothing, whatever is in the buckets", async () => {
    await engine.up(storageOf(stack));
    expect(await engine.refresh()).toEqual([]);
    const Bucket = "example-mes-prod-backups";
    await amazon.call("s3", "delete_bucket_policy", { Bucket });
    await amazon.call("s3", "put_object", { Bucket, Key: "base.tar", Body: "…" });
    await engine.destroy();
    expect(await engine.state()).toEqual([]);
    expect(await inventoryOf(amazon)).toEqual({ buckets: [], roles: [], aliases: [] });
    const { Keys } = await amazon.call("kms", "list_keys");
    const { KeyMetadata } = await amazon.call("kms", "describe_key", { KeyId: Keys[0].KeyId });
    expect(KeyMetadata.KeyState).toBe("PendingDeletion");
  });
});

type ServiceAccount = Pick<BucketUser, "namespace" | "serviceAccount">;

/** Only the object store of a stack. */
function storageOf(config: StackConfig): Program {
  return () => {
    const environment = environmentOf("prod", config);
    new Storage("storage", { environment, config: onAmazon(config), issuer: "none", users: usersOf(config) }, {});
    return {};
  };
}

function onAmazon({ storage }: StackConfig): AwsStorageConfig {
  if (storage?.kind !== "aws") throw new Error("the stack's object store is not Amazon's");
  return storage;
}

function usersOf(config: StackConfig): BucketUser[] {
  return objectStoreUsers(config, environmentOf("prod", config));
}

function withStorage(config: StackConfig, change: (storage: AwsStorageConfig) => object): StackConfig {
  return { ...config, storage: change(onAmazon(config)) as AwsStorageConfig };
}

async function policyOf(answer: Promise<Answer>): Promise<PolicyDocument> {
  return JSON.parse(String((await answer).Policy)) as PolicyDocument;
}

function tagged(list: readonly Answer[]): Record<string, string> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** A part of the first rule that has it. */
function find(rules: readonly Answer[], part: string): Answer | undefined {
  return rules.find((rule) => rule[part] !== undefined)?.[part];
}

/** The service account that an object makes, where it is told a role. */
function toldRole(inputs: any): (ServiceAccount & { roleArn: string })[] {
  const { namespace, name: serviceAccount } = inputs.metadata ?? {};
  // CloudNativePG makes one of the cluster's own name.
  const own = inputs.kind === "Cluster" ? inputs.spec.serviceAccountTemplate?.metadata : inputs.metadata;
  const roleArn = own?.annotations?.["eks.amazonaws.com/role-arn"];
  return roleArn === undefined ? [] : [{ namespace, serviceAccount, roleArn }];
}
