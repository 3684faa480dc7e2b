import type { InClusterStorageConfig } from "./config";
import { bucketNames } from "./config";
import { bucketStatements, type PolicyDocument } from "./policies";
import type { BucketUser } from "./users";

/** Name of the store's StatefulSet and Service. */
export const OBJECT_STORE = "object-store";
export const OBJECT_STORE_PORT = 7070;

/** Where everything is in the pod. */
export const PATHS = {
  /** The volume; each directory of `buckets` is a bucket, and `metadata` holds what S3 knows of it beside its files. */
  data: "/data",
  buckets: "/data/buckets",
  metadata: "/data/metadata",
  /** Scripts, and a policy for each bucket. */
  config: "/etc/object-store/config",
  /** `users.json`. */
  accounts: "/etc/object-store/accounts",
  certificate: "/etc/object-store/tls",
} as const;

const HEALTH_PATH = "/health";

/** A bucket's policy: what each of its users may do. Who is not named may do nothing. */
export function gatewayPolicy(logical: string, bucket: string, users: readonly BucketUser[]): PolicyDocument {
  const statements = users.flatMap(({ name, buckets }) => {
    const right = buckets[logical];
    return right === undefined
      ? []
      : bucketStatements(bucket, right).map((statement) => ({ ...statement, Principal: { AWS: [name] } }));
  });
  return { Version: "2012-10-17", Statement: statements };
}

/** The configuration files of the store by path. */
export function gatewayFiles(config: InClusterStorageConfig, users: readonly BucketUser[]): Record<string, string> {
  const names = Object.entries(bucketNames(config));
  const policies = names.flatMap(([logical, bucket]) => {
    const policy = gatewayPolicy(logical, bucket, users);
    // An empty list of statements is not a policy; without one only the root user gets in.
    return policy.Statement.length === 0
      ? []
      : [[`${PATHS.config}/${bucket}.json`, `${JSON.stringify(policy, null, 2)}\n`] as const];
  });
  return {
    ...Object.fromEntries(policies),
    [`${PATHS.config}/prepare.sh`]: prepareScript(names.map(([, bucket]) => bucket)),
    [`${PATHS.config}/run.sh`]: runScript(config.region),
  };
}

/** Makes the buckets and puts their policies in place. A bucket that is no longer named stays, with its policy taken away. */
function prepareScript(buckets: readonly string[]): string {
  return `set -eu
mkdir -p ${PATHS.buckets} ${PATHS.metadata}
rm -f ${PATHS.metadata}/*/meta/policy
for bucket in ${buckets.join(" ")}; do
  mkdir -p "${PATHS.buckets}/$bucket" "${PATHS.metadata}/$bucket/meta"
  if [ -f "${PATHS.config}/$bucket.json" ]; then
    cp "${PATHS.config}/$bucket.json" "${PATHS.metadata}/$bucket/meta/policy"
  fi
done
`;
}

/**
 * Runs the gateway and has it read its certificate again every hour (SIGHUP): cert-manager renews it while the pod runs.
 * Policies decide, so ACLs are off; metadata is in files beside the objects, so that any file system will do. No
 * `--keep-alive`: version 1.8.0 takes what is left of a refused upload for the next request of the same connection.
 */
function runScript(region: string): string {
  return `set -eu
versitygw \\
  --port ":${OBJECT_STORE_PORT}" --cert "${PATHS.certificate}/tls.crt" --key "${PATHS.certificate}/tls.key" \\
  --region "${region}" --health "${HEALTH_PATH}" --quiet --disable-acl --iam-dir "${PATHS.accounts}" \\
  posix --sidecar "${PATHS.metadata}" --disableotmp "${PATHS.buckets}" &
gateway=$!
trap 'kill -TERM "$gateway"' TERM INT
while sleep 3600; do kill -HUP "$gateway"; done &
renewing=$!
# A signal ends the first wait; the second one waits until the gateway has finished what it was doing.
wait "$gateway" || wait "$gateway" || status=$?
kill "$renewing" 2>/dev/null || true
exit "\${status:-0}"
`;
}

export const HEALTH_CHECK = { path: HEALTH_PATH, port: "s3", scheme: "HTTPS" };

/** The accounts of the store, as it reads them from its file. */
export function accountsFile(accounts: readonly { readonly name: string; readonly secret: string }[]): string {
  const byName = accounts.map(({ name, secret }) => [name, { access: name, secret, role: "user" }] as const);
  return JSON.stringify({ accessAccounts: Object.fromEntries(byName) });
}
