import type { Binding } from "../workload/binding";
import type { BucketAccess } from "./access";
import type { BucketUser } from "./users";

/** An object store, wherever it is. */
export interface ObjectStore {
  binding(user: BucketUser): Binding;
  access(user: BucketUser, bucket: string): BucketAccess;
}

/** The names of a user's buckets: `products` → `S3_BUCKET_PRODUCTS`. */
export function bucketVariables(
  user: Pick<BucketUser, "buckets">,
  names: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.keys(user.buckets).map((logical) => [
      `S3_BUCKET_${logical.toUpperCase().replaceAll("-", "_")}`,
      names[logical] ?? logical,
    ]),
  );
}
