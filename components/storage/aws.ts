// File by file: the whole of @pulumi/aws takes seconds to load.
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Alias } from "@pulumi/aws/kms/alias";
import { Key } from "@pulumi/aws/kms/key";
import { Provider } from "@pulumi/aws/provider";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketObjectLockConfiguration } from "@pulumi/aws/s3/bucketObjectLockConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import type * as pulumi from "@pulumi/pulumi";
import { partlyKnown } from "../credentials/secret-text";
import type { Endpoint } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { parseDuration } from "../schema";
import type { Binding } from "../workload/binding";
import type { BucketAccess } from "./access";
import { bucketNames, type AwsBucketConfig, type AwsStorageConfig } from "./config";
import { lifecycleRules } from "./lifecycle";
import { bucketPolicy, keyPolicy, keyUsePolicy, trustPolicy, userPolicy } from "./policies";
import { bucketVariables, type ObjectStore } from "./store";
import type { BucketUser } from "./users";

export interface AwsStorageArgs {
  readonly environment: Environment;
  readonly config: AwsStorageConfig;
  readonly users: readonly BucketUser[];
}

/** Where the agent of EKS Pod Identity answers on every node. Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const POD_IDENTITY_AGENT = { cidrs: ["169.254.170.23/32"], port: 80 };

/** Days in which the deletion of the key, and with it of all data, can be taken back. */
const KEY_DELETION_DAYS = 30;

/** Amazon S3: private, encrypted and versioned buckets, and a role for each user that reaches its own buckets only. */
export class AwsStorage extends PlatformComponent implements ObjectStore {
  private readonly args: AwsStorageArgs;
  private readonly names: Readonly<Record<string, string>>;
  private readonly child: pulumi.CustomResourceOptions;
  private readonly key: Key;

  constructor(name: string, args: AwsStorageArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:storage:AwsStorage", name, args, opts);
    this.args = args;
    const { config, environment } = args;
    this.names = bucketNames(config);
    const provider = new Provider(
      "aws",
      {
        region: config.region as NonNullable<ConstructorParameters<typeof Provider>[1]>["region"],
        profile: config.profile,
        // Credentials of another account are refused before anything is made with them.
        allowedAccountIds: [config.accountId],
        assumeRoles:
          config.assumeRole === undefined
            ? undefined
            : [{ roleArn: config.assumeRole.arn, externalId: config.assumeRole.externalId }],
        defaultTags: { tags: { "mes:stack": environment.stack, "managed-by": "pulumi", ...config.tags } },
      },
      { parent: this },
    );
    this.child = { parent: this, provider };
    this.key = this.createKey();
    for (const [logical, bucket] of Object.entries(config.buckets)) this.createBucket(logical, bucket);
    for (const user of args.users) this.createRole(user);
    this.registerOutputs({});
  }

  binding(user: BucketUser): Binding {
    const { config } = this.args;
    const annotations = config.access.kind === "irsa" ? { "eks.amazonaws.com/role-arn": this.roleArn(user) } : undefined;
    return {
      endpoints: [this.endpoint(), ...this.identityEndpoints()],
      env: { AWS_REGION: config.region, S3_FORCE_PATH_STYLE: "false", ...bucketVariables(user, this.names) },
      ...(annotations === undefined ? {} : { serviceAccountAnnotations: annotations }),
    };
  }

  access(user: BucketUser, bucket: string): BucketAccess {
    const { config } = this.args;
    return {
      bucket: this.names[bucket] ?? bucket,
      region: config.region,
      ...(config.access.kind === "irsa" ? { roleArn: this.roleArn(user) } : {}),
      endpoint: this.endpoint(),
      identityEndpoints: this.identityEndpoints(),
    };
  }

  private createKey(): Key {
    const { config, environment } = this.args;
    const key = new Key(
      "buckets",
      {
        description: `Buckets of the MES platform, stack ${environment.stack}`,
        enableKeyRotation: true,
        deletionWindowInDays: KEY_DELETION_DAYS,
        policy: JSON.stringify(keyPolicy(config.accountId)),
      },
      this.kept(),
    );
    new Alias("buckets", { name: `alias/${config.namePrefix}-buckets`, targetKeyId: key.keyId }, this.child);
    return key;
  }

  private createBucket(logical: string, config: AwsBucketConfig): void {
    const name = this.names[logical] ?? logical;
    const bucket = new Bucket(
      logical,
      { bucket: name, forceDestroy: !this.args.environment.protectData, objectLockEnabled: config.objectLock !== undefined },
      this.kept(),
    );
    const part = { ...this.child, parent: bucket };
    const of = { bucket: bucket.bucket };
    const closed = new BucketPublicAccessBlock(
      logical,
      { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      part,
    );
    // No object belongs to anybody but the account, and ACLs mean nothing.
    new BucketOwnershipControls(logical, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, part);
    const versioned = new BucketVersioning(logical, { ...of, versioningConfiguration: { status: "Enabled" } }, part);
    new BucketServerSideEncryptionConfiguration(
      logical,
      {
        ...of,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: this.key.arn },
            // One call to KMS for many objects.
            bucketKeyEnabled: true,
          },
        ],
      },
      part,
    );
    const policy = partlyKnown(([key = ""]) => JSON.stringify(bucketPolicy(name, key)), [this.key.arn]);
    // S3 refuses two changes of a bucket's access at a time.
    new BucketPolicy(logical, { ...of, policy }, { ...part, dependsOn: closed });
    // Rules on old versions mean nothing before versioning is on.
    new BucketLifecycleConfiguration(logical, { ...of, rules: lifecycleRules(config) }, { ...part, dependsOn: versioned });
    if (config.objectLock === undefined) return;
    const { mode, retention } = config.objectLock;
    const defaultRetention = { mode: mode.toUpperCase(), days: parseDuration(retention) / 86_400 };
    new BucketObjectLockConfiguration(logical, { ...of, rule: { defaultRetention } }, { ...part, dependsOn: versioned });
  }

  private createRole(user: BucketUser): void {
    const { config } = this.args;
    const role = new Role(
      user.name,
      {
        name: this.roleName(user),
        description: `Buckets of ${user.namespace}/${user.serviceAccount}`,
        assumeRolePolicy: JSON.stringify(trustPolicy(config.access, config.accountId, user)),
      },
      this.child,
    );
    const of = { ...this.child, parent: role };
    const policy = JSON.stringify(userPolicy(user, this.names));
    new RolePolicy(user.name, { role: role.name, name: "buckets", policy }, of);
    const keyUse = partlyKnown(
      ([arn = ""]) => JSON.stringify(keyUsePolicy(user, { arn, region: config.region })),
      [this.key.arn],
    );
    new RolePolicy(`${user.name}-key`, { role: role.name, name: "key", policy: keyUse }, of);
    if (config.access.kind === "irsa") return;
    new PodIdentityAssociation(
      user.name,
      {
        clusterName: config.access.clusterName,
        namespace: user.namespace,
        serviceAccount: user.serviceAccount,
        roleArn: role.arn,
      },
      { ...this.child, parent: role },
    );
  }

  private kept(): pulumi.CustomResourceOptions {
    const { protectData } = this.args.environment;
    return { ...this.child, protect: protectData, retainOnDelete: protectData };
  }

  private roleName(user: BucketUser): string {
    return `${this.args.config.namePrefix}-${user.name}`;
  }

  /** Known before the role is there, so that the plan shows it. */
  private roleArn(user: BucketUser): string {
    return `arn:aws:iam::${this.args.config.accountId}:role/${this.roleName(user)}`;
  }

  private endpoint(): Endpoint {
    const { region, endpointCidrs } = this.args.config;
    return { name: "s3", host: `s3.${region}.amazonaws.com`, port: 443, target: { cidrs: endpointCidrs } };
  }

  /** Where pods get the credentials of their role. */
  private identityEndpoints(): Endpoint[] {
    const { access, region, endpointCidrs } = this.args.config;
    if (access.kind === "irsa")
      return [{ name: "sts", host: `sts.${region}.amazonaws.com`, port: 443, target: { cidrs: endpointCidrs } }];
    const { cidrs, port } = POD_IDENTITY_AGENT;
    return [{ name: "pod-identity-agent", host: "169.254.170.23", port, target: { cidrs, place: "own-node" } }];
  }
}
