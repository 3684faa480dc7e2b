import { storageConfig } from "../../../components/storage/config";
import { accountsFile, gatewayFiles, gatewayPolicy } from "../../../components/storage/gateway";
import { lifecycleRules } from "../../../components/storage/lifecycle";
import { bucketPolicy, keyUsePolicy, trustPolicy, userPolicy } from "../../../components/storage/policies";
import { decide } from "../../engine/aws-provider/decide";
import { AWS, USERS } from "./fixture";

const aws = (overrides: object = {}) => {
  const config = storageConfig.parse({ ...AWS, ...overrides });
  if (config.kind !== "aws") throw new Error("not Amazon");
  return config;
};
const user = { name: "x", namespace: "mes", serviceAccount: "pricing", buckets: { products: "read" as const } };

describe("the role of a user", () => {
  const key = { arn: "arn:aws:kms:eu-central-1:123456789012:key/1", region: "eu-central-1" };

  it("reaches its own buckets only, and their key only through S3", () => {
    const { Statement } = userPolicy(user, { products: "acme-mes-products", backups: "acme-mes-backups" });
    expect(JSON.stringify(Statement)).not.toContain("backups");
    expect(Statement).toEqual([
      { Effect: "Allow", Action: ["s3:GetBucketLocation", "s3:ListBucket"], Resource: "arn:aws:s3:::acme-mes-products" },
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::acme-mes-products/*" },
    ]);
    expect(keyUsePolicy(user, key).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: key.arn,
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
      },
    ]);
  });

  it("may write only where the user writes", () => {
    const writer = { buckets: { logs: "readwrite" as const } };
    const text = JSON.stringify([userPolicy(writer, { logs: "acme-mes-logs" }), keyUsePolicy(writer, key)]);
    for (const action of ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "kms:GenerateDataKey"])
      expect(text).toContain(action);
    expect(text).not.toContain("*:*");
    expect(text).not.toContain("s3:*");
  });

  it("is taken by the pods of one service account only: by token (IRSA) or by the agent (Pod Identity)", () => {
    expect(trustPolicy(aws().access, "123456789012", user).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: AWS.access.oidcProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "oidc.eks.eu-central-1.amazonaws.com/id/X:aud": "sts.amazonaws.com",
            "oidc.eks.eu-central-1.amazonaws.com/id/X:sub": "system:serviceaccount:mes:pricing",
          },
        },
      },
    ]);
    const { access } = aws({ access: { kind: "pod-identity", clusterName: "mes" } });
    const [statement] = trustPolicy(access, "123456789012", user).Statement;
    expect(statement).toMatchObject({
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012", "aws:RequestTag/kubernetes-service-account": "pricing" },
      },
    });
  });
});

describe("the policy of a bucket", () => {
  const statements = bucketPolicy("b", "KEY").Statement;

  it("denies everybody traffic without TLS, and data under any other key", () => {
    expect(statements.every(({ Effect, Principal }) => Effect === "Deny" && Principal === "*")).toBe(true);
    expect(statements.find(({ Sid }) => Sid === "TlsOnly")).toMatchObject({
      Action: "s3:*",
      Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    expect(statements.find(({ Sid }) => Sid === "NoOtherKey")?.Condition).toEqual({
      Null: { [key]: "false" },
      StringNotEquals: { [key]: "KEY" },
    });
  });

  it("lets data through that says nothing of encryption: the bucket's own applies", () => {
    const tls = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };
    const upload = { action: "s3:PutObject", resource: "arn:aws:s3:::b/orders/1", principal: { AWS: "arn" }, context: tls };
    expect(decide(bucketPolicy("b", "KEY"), upload)).toBe("says nothing");
  });
});

describe("the life of objects", () => {
  const bucket = (values: object) => aws({ buckets: { b: values } }).buckets.b;
  const rules = (values: object) => {
    const config = bucket(values);
    if (config === undefined) throw new Error("no bucket");
    return lifecycleRules(config);
  };

  it("ends for unfinished uploads and old versions always", () => {
    expect(rules({ keepOldVersions: "90d" })).toEqual([
      { id: "unfinished-uploads", status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
      {
        id: "old-versions",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 90 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });

  it("goes to cheaper storage and ends where the bucket says so", () => {
    const [, , infrequent, expire] = rules({ infrequentAccessAfter: "30d", expireAfter: "365d" });
    expect(infrequent).toMatchObject({ transitions: [{ days: 30, storageClass: "STANDARD_IA" }] });
    expect(expire).toMatchObject({ expiration: { days: 365 } });
  });
});

describe("the store in the cluster", () => {
  it("lets each user do with a bucket what it has a right to, and others nothing", () => {
    const { Statement } = gatewayPolicy("products", "mes-products", USERS);
    expect(Statement.every(({ Principal }) => JSON.stringify(Principal) === '{"AWS":["pricing"]}')).toBe(true);
    expect(JSON.stringify(Statement)).not.toContain("PutObject");
    expect(gatewayPolicy("backups", "mes-backups", USERS).Statement).toEqual([]);
  });

  it("makes every bucket, and has a policy file only for those with users", () => {
    const config = storageConfig.parse({ kind: "in-cluster" });
    if (config.kind !== "in-cluster") throw new Error("not in the cluster");
    const files = gatewayFiles(config, USERS);
    expect(Object.keys(files).sort()).toEqual([
      "/etc/object-store/config/mes-logs.json",
      "/etc/object-store/config/mes-products.json",
      "/etc/object-store/config/prepare.sh",
      "/etc/object-store/config/run.sh",
    ]);
    expect(files["/etc/object-store/config/prepare.sh"]).toContain("for bucket in mes-products mes-backups mes-logs mes-traces;");
    expect(files["/etc/object-store/config/run.sh"]).toContain('--cert "/etc/object-store/tls/tls.crt"');
  });

  it("knows its users as ordinary accounts: none is an administrator", () => {
    expect(JSON.parse(accountsFile([{ name: "pricing", secret: "s" }]))).toEqual({
      accessAccounts: { pricing: { access: "pricing", secret: "s", role: "user" } },
    });
  });
});
