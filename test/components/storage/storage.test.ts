import * as fs from "node:fs";
import * as path from "node:path";
import { patience } from "../../helpers/probes";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { AWS, refusal, storage, USERS } from "./fixture";

describe("storage in the cluster", () => {
  it("is one pod with a volume and a script that makes the buckets", async () => {
    const { object } = await storage();
    const { replicas, template, volumeClaimTemplates } = object("StatefulSet", "object-store").spec;
    expect(replicas).toBe(1);
    expect(volumeClaimTemplates).toMatchObject([
      { metadata: { name: "data" }, spec: { resources: { requests: { storage: "10Gi" } } } },
    ]);
    expect(template.spec.initContainers).toMatchObject([
      { name: "buckets", command: ["sh", "/etc/object-store/config/prepare.sh"] },
    ]);
    const [gateway] = template.spec.containers;
    expect(gateway.env).toContainEqual({
      name: "ROOT_SECRET_ACCESS_KEY",
      valueFrom: { secretKeyRef: { name: "object-store-root", key: "secretAccessKey" } },
    });
    expect(gateway.readinessProbe.httpGet).toMatchObject({ scheme: "HTTPS", path: "/health", port: "s3" });
  });

  it("comes after its accounts and its certificate", async () => {
    expect((await storage()).comesAfter(":Workload", "object-store")).toEqual([
      "Certificate object-store-tls",
      "Secret accounts",
    ]);
  });

  it("may take a minute to start, gets no more requests after 15 s without an answer, and is restarted after a minute", async () => {
    const [gateway] = (await storage()).object("StatefulSet", "object-store").spec.template.spec.containers;
    expect(patience(gateway)).toEqual({ start: 60, ready: 15, live: 60 });
  });

  it("mounts no volume inside of another read-only one", async () => {
    const { object } = await storage();
    const [gateway] = object("StatefulSet", "object-store").spec.template.spec.containers;
    const mounts: string[] = gateway.volumeMounts.map((mount: any) => mount.mountPath);
    for (const inner of mounts) expect(mounts.filter((outer) => inner.startsWith(`${outer}/`))).toEqual([]);
  });

  it.each([true, false])("hands out the variables of the AWS SDKs, keys by reference (preview: %s)", async (preview) => {
    const { storage: made } = await storage(undefined, { preview });
    expect(made.binding("pricing").env).toEqual({
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_S3: "https://object-store.mes-data.svc:7070",
      AWS_ACCESS_KEY_ID: { secretKeyRef: { name: "object-store-pricing", key: "accessKeyId" } },
      AWS_SECRET_ACCESS_KEY: { secretKeyRef: { name: "object-store-pricing", key: "secretAccessKey" } },
      AWS_CA_BUNDLE: "/etc/mes/ca/ca.crt",
      S3_FORCE_PATH_STYLE: "true",
      S3_BUCKET_PRODUCTS: "mes-products",
    });
    expect(made.access("loki", "logs")).toMatchObject({
      bucket: "mes-logs",
      endpointUrl: "https://object-store.mes-data.svc:7070",
      credentials: { secretName: "object-store-loki", accessKeyIdKey: "accessKeyId", secretAccessKeyKey: "secretAccessKey" },
      caSecretName: "mes-ca",
    });
  });

  it("keeps a user's keys in the user's own namespace", async () => {
    const { object } = await storage();
    expect(object("Secret", "object-store-pricing").metadata.namespace).toBe("mes");
    expect(object("Secret", "object-store-loki").metadata.namespace).toBe("mes-observability");
  });

  it("has alerts with runbooks", async () => {
    const { storage: made } = await storage();
    const alerts = made.alerts.flatMap((group) => group.alerts);
    expect(alerts.map(({ name }) => name)).toEqual(["ObjectStoreDown", "ObjectStoreVolumeFilling"]);
    for (const { name } of alerts)
      expect(fs.existsSync(path.join(PROJECT_DIRECTORY, "docs", "runbooks", `${name}.md`))).toBe(true);
  });
});

describe("storage at Amazon", () => {
  const ofBucket = (plan: { resources: readonly { type: string; name: string; inputs: unknown }[] }, bucket: string) =>
    Object.fromEntries(
      plan.resources
        .filter(({ type, name }) => type.startsWith("aws:s3/") && name === bucket)
        .map(({ type, inputs }) => [type.split(":").at(-1) ?? "", inputs as any]),
    );

  it("is private, encrypted with a key of its own, versioned, and belongs to the account", async () => {
    const { plan, resource } = await storage(AWS);
    const parts = ofBucket(plan, "products");
    expect(Object.keys(parts).sort()).toEqual([
      "Bucket",
      "BucketLifecycleConfiguration",
      "BucketOwnershipControls",
      "BucketPolicy",
      "BucketPublicAccessBlock",
      "BucketServerSideEncryptionConfiguration",
      "BucketVersioning",
    ]);
    expect(parts.Bucket).toMatchObject({ bucket: "acme-mes-products" });
    expect(parts.BucketPublicAccessBlock).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(parts.BucketVersioning.versioningConfiguration).toEqual({ status: "Enabled" });
    expect(parts.BucketOwnershipControls.rule).toEqual({ objectOwnership: "BucketOwnerEnforced" });
    expect(resource("kms/key:Key", "buckets").inputs).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 30 });
  });

  it("touches one account in one region and no other", async () => {
    const { resource } = await storage({ ...AWS, tags: { team: "mes" } });
    const provider = resource("pulumi:providers:aws", "aws");
    expect(JSON.stringify(provider.inputs)).toContain("123456789012");
    expect(JSON.stringify(provider.inputs)).toContain("eu-central-1");
    const unattended = (await storage(AWS)).plan.resources.filter(({ type }) => type.startsWith("aws:"));
    expect(unattended.length).toBeGreaterThan(20);
    for (const { provider: reference } of unattended) expect(reference).toContain("pulumi:providers:aws::aws");
  });

  it("keeps its data when the stack is destroyed, where data is protected", async () => {
    const { resource } = await storage(AWS);
    for (const [type, name] of [
      ["s3/bucket:Bucket", "backups"],
      ["kms/key:Key", "buckets"],
    ] as const)
      expect(resource(type, name)).toMatchObject({ protect: true, retainOnDelete: true });
    expect(resource("s3/bucket:Bucket", "backups").inputs).toMatchObject({ forceDestroy: false });
    const unprotected = await storage(AWS, { environment: { protectData: false } });
    expect(unprotected.resource("s3/bucket:Bucket", "backups").protect).toBeFalsy();
  });

  it("is changed one step after the other where S3 takes no two at once, or the second means nothing before the first", async () => {
    const { comesAfter } = await storage({ ...AWS, buckets: { backups: { objectLock: { retention: "30d" } } } }, { users: [] });
    expect(comesAfter(":BucketPolicy", "backups")).toContain("BucketPublicAccessBlock backups");
    expect(comesAfter(":BucketLifecycleConfiguration", "backups")).toContain("BucketVersioning backups");
    expect(comesAfter(":BucketObjectLockConfiguration", "backups")).toContain("BucketVersioning backups");
  });

  it("locks a bucket that says so", async () => {
    const { plan } = await storage({
      ...AWS,
      buckets: { products: {}, logs: {}, backups: { objectLock: { retention: "14d" } } },
    });
    expect(ofBucket(plan, "backups").BucketObjectLockConfiguration.rule).toEqual({
      defaultRetention: { mode: "GOVERNANCE", days: 14 },
    });
    expect(ofBucket(plan, "backups").Bucket.objectLockEnabled).toBe(true);
    expect(ofBucket(plan, "products")).not.toHaveProperty("BucketObjectLockConfiguration");
  });

  it("hands out no keys: pods take a role by their service account", async () => {
    const { storage: made, objects } = await storage(AWS);
    expect(objects("Secret")).toEqual({});
    expect(made.binding("pricing")).toMatchObject({
      env: { AWS_REGION: "eu-central-1", S3_FORCE_PATH_STYLE: "false", S3_BUCKET_PRODUCTS: "acme-mes-products" },
      serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/acme-mes-pricing" },
    });
    expect(made.binding("pricing").endpoints.map(({ name }) => name)).toEqual(["s3", "sts"]);
    expect(made.access("loki", "logs")).toMatchObject({
      bucket: "acme-mes-logs",
      roleArn: "arn:aws:iam::123456789012:role/acme-mes-loki",
      identityEndpoints: [{ name: "sts" }],
    });
  });

  it("binds roles to service accounts through EKS where Pod Identity is used", async () => {
    const { storage: made, resource } = await storage({ ...AWS, access: { kind: "pod-identity", clusterName: "mes-prod" } });
    expect(resource("eks/podIdentityAssociation:PodIdentityAssociation", "pricing").inputs).toMatchObject({
      clusterName: "mes-prod",
      namespace: "mes",
      serviceAccount: "pricing",
    });
    expect(made.binding("pricing")).not.toHaveProperty("serviceAccountAnnotations");
    expect(made.binding("pricing").endpoints.map(({ name, port }) => `${name}:${port}`)).toEqual([
      "s3:443",
      "pod-identity-agent:80",
    ]);
  });
});

describe("the users of the store", () => {
  it.each([
    [
      "a bucket that is not there",
      [{ ...USERS[0]!, buckets: { product: "read" as const } }],
      /there is no bucket product; did you mean products/,
    ],
    ["a name twice", [USERS[0]!, USERS[0]!], /the name is taken/],
    ["the administrator's name", [{ ...USERS[0]!, name: "root" }], /the name is taken/],
  ])("are refused with %s", async (_, users, message) => {
    expect(await refusal(users)).toMatch(message);
  });

  it("get nothing that they did not ask for", async () => {
    const { storage: made } = await storage();
    expect(() => made.access("pricing", "backups")).toThrow(/no access to the bucket backups/);
    expect(() => made.binding("nobody")).toThrow(/no user nobody/);
  });
});
