import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent, type Environment } from "../platform";
import { didYouMean } from "../schema";
import type { Binding } from "../workload/binding";
import type { BucketAccess } from "./access";
import { AwsStorage } from "./aws";
import type { StorageConfig } from "./config";
import { InClusterStorage } from "./in-cluster";
import type { ObjectStore } from "./store";
import type { BucketUser } from "./users";

export interface StorageArgs {
  readonly environment: Environment;
  readonly config: StorageConfig;
  /** ClusterIssuer of the platform's CA. */
  readonly issuer: string;
  readonly users: readonly BucketUser[];
}

/** The object store of the platform: Amazon S3, or a store in the cluster that speaks the same language. */
export class Storage extends PlatformComponent {
  private readonly args: StorageArgs;
  private readonly store: ObjectStore;

  constructor(name: string, args: StorageArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:storage:Storage", name, args, opts);
    this.args = args;
    checkUsers(args.users, Object.keys(args.config.buckets));
    const { config, ...others } = args;
    const child = { parent: this };
    this.store =
      config.kind === "aws"
        ? new AwsStorage(name, { ...others, config }, child)
        : new InClusterStorage(name, { ...others, config }, child);
    this.registerOutputs({});
  }

  /** How a user reaches its buckets, as variables of the AWS SDKs. */
  binding(userName: string): Binding {
    return this.store.binding(this.user(userName));
  }

  /** How a user reaches one bucket, for custom resources that take no variables. */
  access(userName: string, bucket: string): BucketAccess {
    const user = this.user(userName);
    if (!(bucket in user.buckets))
      throw new pulumi.InputPropertyError({
        propertyPath: "users",
        reason: `user ${userName} has no access to the bucket ${bucket}`,
      });
    return this.store.access(user, bucket);
  }

  private user(name: string): BucketUser {
    const user = this.args.users.find((one) => one.name === name);
    if (user === undefined)
      throw new pulumi.InputPropertyError({ propertyPath: "users", reason: `the object store has no user ${name}` });
    return user;
  }
}

/** @throws InputPropertyError where a user names a bucket that is not there, or two have one name */
function checkUsers(users: readonly BucketUser[], buckets: readonly string[]): void {
  // The in-cluster store has an account of that name.
  const taken = new Set(["root"]);
  for (const [i, user] of users.entries()) {
    const refuse = (what: string, reason: string) => {
      throw new pulumi.InputPropertyError({ propertyPath: `users[${i}].${what}`, reason: `user ${user.name}: ${reason}` });
    };
    if (taken.has(user.name)) refuse("name", "the name is taken");
    taken.add(user.name);
    const unknown = Object.keys(user.buckets).find((bucket) => !buckets.includes(bucket));
    if (unknown !== undefined) refuse("buckets", `there is no bucket ${unknown}${didYouMean(unknown, buckets)}`);
  }
}
