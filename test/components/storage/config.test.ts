import { bucketNames, storageConfig } from "../../../components/storage/config";
import { AWS } from "./fixture";

const refused = (values: object): string[] => {
  const result = storageConfig.safeParse(values);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};
const aws = (overrides: object) => ({ ...AWS, ...overrides });

describe("the configuration of the object store", () => {
  it.each([
    ["a store in the cluster, without a further word", { kind: "in-cluster" }],
    ["Amazon with IRSA", AWS],
    ["Amazon with Pod Identity", aws({ access: { kind: "pod-identity", clusterName: "mes" } })],
    ["a locked bucket", aws({ buckets: { backups: { objectLock: { mode: "compliance", retention: "30d" } } } })],
    ["storage that costs less", aws({ buckets: { logs: { infrequentAccessAfter: "30d", expireAfter: "90d" } } })],
    ["a role to take", aws({ assumeRole: { arn: "arn:aws:iam::123456789012:role/deploy", externalId: "x" } })],
  ])("accepts %s", (_, values) => {
    expect(refused(values)).toEqual([]);
  });

  it.each([
    ["another kind", { kind: "minio" }, "kind: expected kind: aws (Amazon S3) or in-cluster"],
    ["an account that is a number too short", aws({ accountId: "12345" }), "accountId: expected the 12 digits"],
    ["a region that is a zone", aws({ region: "eu-central-1a" }), "region: expected a region"],
    [
      "an issuer of another provider",
      aws({ access: { ...AWS.access, issuerUrl: "https://example.com/id/Y" } }),
      "access.issuerUrl: is not the issuer",
    ],
    ["a kind of access that is not there", aws({ access: { kind: "keys" } }), "access.kind: expected kind: irsa or pod-identity"],
    ["half a day", aws({ buckets: { logs: { expireAfter: "12h" } } }), "buckets.logs.expireAfter: expected whole days"],
    [
      "moving what is already deleted",
      aws({ buckets: { logs: { infrequentAccessAfter: "60d", expireAfter: "30d" } } }),
      "buckets.logs.expireAfter: expected more than infrequentAccessAfter",
    ],
    [
      "moving too soon",
      aws({ buckets: { logs: { infrequentAccessAfter: "7d" } } }),
      "buckets.logs.infrequentAccessAfter: expected at least 30d",
    ],
    [
      "deleting what is locked",
      aws({ buckets: { backups: { expireAfter: "7d", objectLock: { retention: "30d" } } } }),
      "buckets.backups.expireAfter: expected at least objectLock.retention",
    ],
    [
      "two buckets of one name",
      aws({ buckets: { a: { name: "acme-mes-b" }, b: {} } }),
      "buckets.b: has the name of the bucket a: acme-mes-b",
    ],
    [
      "a name that S3 does not take",
      aws({ buckets: { a: { name: "Big_Bucket" } } }),
      "buckets.a.name: expected lower-case letters",
    ],
    [
      "a locked bucket in the cluster",
      { kind: "in-cluster", buckets: { backups: { objectLock: {} } } },
      "buckets.backups: Unrecognized key",
    ],
  ])("refuses %s and says why", (_, values, message) => {
    expect(refused(values)).toContainEqual(expect.stringContaining(message));
  });

  it("names buckets by prefix and purpose, or as it is told", () => {
    const names = bucketNames(storageConfig.parse(aws({ buckets: { products: {}, backups: { name: "old-backups" } } })));
    expect(names).toEqual({ products: "acme-mes-products", backups: "old-backups" });
  });
});
