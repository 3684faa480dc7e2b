import type { Plan, Resource } from "../../../review/plan/plan";
import { cloudRights } from "../../../review/rules/cloud-rights";
import { planned } from "../../helpers/plans";
import { planOf, resource } from "../fixtures";
import { changedIn, planWithout, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

type Edit = (inputs: Inputs) => void;

/** What the rule says of prod with the resource of a name changed. */
function saidOf(type: string, name: string, edit: Edit | "left out"): string[] {
  const isIt = (_: Inputs, one: Resource) => one.name === name;
  const plan = edit === "left out" ? planWithout(prod, type, isIt) : changedIn(prod, type, edit, isIt);
  return cloudRights.check(plan).map(({ message }) => message);
}

/** Edits the first statement of a policy. */
const statement =
  (field: string, edit: Edit): Edit =>
  (inputs) => {
    const policy = JSON.parse(inputs[field]);
    edit(policy.Statement[0]);
    inputs[field] = JSON.stringify(policy);
  };
const identity = (edit: Edit) => statement("policy", edit);
const trust = (edit: Edit) => statement("assumeRolePolicy", edit);
/** The conditions of a trust policy, by the claim. */
const claims = (edit: (claims: Record<string, string>) => void): Edit =>
  trust(({ Condition }) => {
    const given = Condition.StringEquals as Record<string, string>;
    const byClaim = Object.fromEntries(Object.entries(given).map(([key, value]) => [key.split(":").at(-1) ?? "", value]));
    const prefix = Object.keys(given)[0]?.replace(/:\w+$/, "");
    edit(byClaim);
    Condition.StringEquals = Object.fromEntries(Object.entries(byClaim).map(([claim, value]) => [`${prefix}:${claim}`, value]));
  });

describe("the rights of prod", () => {
  it("are as they have to be, unknown values among them", () => {
    expect(cloudRights.check(prod)).toEqual([]);
  });

  it.each<[string, string, string, Edit | "left out", RegExp]>([
    ["every action", "RolePolicy", "pricing", identity((s) => (s.Action = "s3:*")), /^allows s3:\*; name the actions/],
    ["all that can be read", "RolePolicy", "pricing", identity((s) => (s.Action = ["s3:List*"])), /^allows s3:List\*; name/],
    ["every resource", "RolePolicy", "pricing", identity((s) => (s.Resource = "*")), /^\* is every thing of the account/],
    ["all but", "RolePolicy", "pricing", identity((s) => (s.NotAction = "s3:PutObject")), /^allows all but what it names/],
    [
      "a bucket by its logical name",
      "RolePolicy",
      "pricing",
      identity((s) => (s.Resource = "arn:aws:s3:::products")),
      /^arn:aws:s3:::products is not one of the plan's own buckets \(example-mes-prod-backups/,
    ],
    [
      "many buckets",
      "RolePolicy",
      "pricing",
      identity((s) => (s.Resource = "arn:aws:s3:::example-*")),
      /example-\* is not one of the plan's own/,
    ],
    [
      "a bucket for its objects",
      "RolePolicy",
      "pricing",
      identity((s) => (s.Resource += "/*")),
      /^s3:GetBucketLocation and s3:ListBucket is of a bucket, which it does not name/,
    ],
    [
      "a key by any name",
      "RolePolicy",
      "pricing-key",
      identity((s) => {
        s.Resource = "*";
        delete s.Condition;
      }),
      /^\* is every thing/,
    ],
    ["no policy", "RolePolicy", "pricing", "left out", /pricing uses example-mes-prod-products, and its role may not list it/],
    [
      "no right to the key",
      "RolePolicy",
      "postgres-key",
      "left out",
      /^example-mes-prod-backups is encrypted with a key that its role may not use; allow kms:Decrypt and kms:GenerateDataKey/,
    ],
    [
      "reading without the key's right to write",
      "RolePolicy",
      "loki-key",
      identity((s) => (s.Action = ["kms:Decrypt"])),
      /allow kms:GenerateDataKey$/,
    ],
    ["no JSON", "RolePolicy", "loki", (inputs) => (inputs.policy = "{"), /^is no policy/],
    [
      "a policy that only a run knows",
      "RolePolicy",
      "loki-key",
      (inputs) => (inputs.policy = "[known after apply]"),
      /^is known after apply only/,
    ],
    [
      "another cluster's provider",
      "Role",
      "loki",
      trust((s) => (s.Principal.Federated += "X")),
      /is of another identity provider than/,
    ],
    ["everybody", "Role", "loki", trust((s) => (s.Principal = "*")), /^lets everybody in/],
    [
      "another account",
      "Role",
      "loki",
      trust((s) => (s.Principal = { AWS: "arn:aws:iam::999999999999:root" })),
      /^lets account 999999999999 in, while the stack's account is 123456789012/,
    ],
    ["every pod", "Role", "loki", claims((c) => delete c.sub), /^lets in every pod of the cluster/],
    ["any audience", "Role", "loki", claims((c) => delete c.aud), /^needs the condition that aud is sts.amazonaws.com$/],
    [
      "any account of a namespace",
      "Role",
      "loki",
      claims((c) => (c.sub = "system:serviceaccount:mes-observability:*")),
      /lets in more than one service account/,
    ],
    ["an account that is not there", "Role", "loki", claims((c) => (c.sub += "x")), /^there is no service account .*lokix/],
    [
      "another's account",
      "Role",
      "loki",
      claims((c) => (c.sub = "system:serviceaccount:mes:pricing")),
      /^lets in mes\/pricing, but .*loki takes the role/,
    ],
    [
      "a role for users",
      "Role",
      "loki",
      trust((s) => (s.Action = "sts:AssumeRole")),
      /sts:AssumeRoleWithWebIdentity; allow that/,
    ],
    [
      "an account that takes no role",
      "ServiceAccount",
      "loki",
      (inputs) => delete inputs.metadata.annotations["eks.amazonaws.com/role-arn"],
      /^no service account takes it/,
    ],
    [
      "an account with another's role",
      "ServiceAccount",
      "loki",
      (inputs) => (inputs.metadata.annotations["eks.amazonaws.com/role-arn"] = "arn:aws:iam::123456789012:role/other"),
      /^takes the role other, which the plan does not make/,
    ],
    [
      "a bucket that is open",
      "BucketPublicAccessBlock",
      "backups",
      (inputs) => (inputs.restrictPublicBuckets = false),
      /can be made public$/,
    ],
    [
      "a bucket that nothing closes",
      "BucketPublicAccessBlock",
      "backups",
      "left out",
      /^nothing keeps example-mes-prod-backups from being made public/,
    ],
    [
      "a public bucket",
      "BucketPolicy",
      "backups",
      identity((s) => {
        s.Effect = "Allow";
        delete s.Condition;
      }),
      /^lets everybody in/,
    ],
    [
      "a bucket that nobody can use",
      "BucketPolicy",
      "backups",
      identity((s) => delete s.Condition),
      /^denies everybody everything/,
    ],
    [
      "a bucket without TLS",
      "BucketPolicy",
      "backups",
      identity((s) => (s.Condition = { Bool: { "aws:SecureTransport": "true" } })),
      /may be read and written without TLS/,
    ],
    ["a bucket without a policy", "BucketPolicy", "backups", "left out", /may be read and written without TLS/],
    ["a key for strangers", "Key", "buckets", identity((s) => (s.Principal = { AWS: "*" })), /^lets everybody in/],
    [
      "a key for one user",
      "Key",
      "buckets",
      identity((s) => (s.Principal = { AWS: "arn:aws:iam::123456789012:user/x" })),
      /^allows kms:\*/,
    ],
  ])("are not: %s", (_, type, name, edit, message) => {
    expect(saidOf(type, name, edit)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it.each<[string, string, string, Edit]>([
    [
      "a right on one kind of files",
      "RolePolicy",
      "loki",
      identity((s) => (s.Resource = ["arn:aws:s3:::example-mes-prod-logs", "arn:aws:s3:::example-mes-prod-logs/x/*"])),
    ],
    [
      "a key under its alias",
      "RolePolicy",
      "loki-key",
      identity((s) => {
        s.Resource = "*";
        s.Condition = { StringEquals: { "kms:ResourceAliases": "alias/x" } };
      }),
    ],
    [
      "everybody of the organisation",
      "BucketPolicy",
      "backups",
      identity((s) => {
        s.Effect = "Allow";
        s.Action = "s3:GetObject";
        s.Resource = "arn:aws:s3:::example-mes-prod-backups/*";
        s.Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1" }, Bool: { "aws:SecureTransport": "false" } };
      }),
    ],
  ])("may be %s", (_, type, name, edit) => {
    // TLS is asked for by a statement of its own.
    expect(saidOf(type, name, edit).filter((message) => !message.includes("without TLS"))).toEqual([]);
  });
});

describe("rights by EKS Pod Identity", () => {
  const role = (Condition: object, Action = ["sts:AssumeRole", "sts:TagSession"]) =>
    resource({
      type: "aws:iam/role:Role",
      name: "loki",
      urn: "urn:role",
      inputs: {
        name: "mes-loki",
        assumeRolePolicy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action, Condition }],
        }),
      },
    });
  const rights = resource({
    type: "aws:iam/rolePolicy:RolePolicy",
    name: "loki",
    inputs: {
      role: "mes-loki",
      policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:::q" }] }),
    },
  });
  const association = resource({
    type: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    name: "loki",
    inputs: { namespace: "logs", serviceAccount: "loki", roleArn: "[known after apply]" },
    propertyDependencies: { roleArn: ["urn:role"] },
  });
  const tags = (namespace: string, account: string) => ({
    StringEquals: { "aws:RequestTag/kubernetes-namespace": namespace, "aws:RequestTag/kubernetes-service-account": account },
  });
  const said = (...resources: Resource[]) => cloudRights.check(planOf([...resources, rights])).map(({ message }) => message);

  it("are for the account that is associated", () => {
    expect(said(role(tags("logs", "loki")), association)).toEqual([]);
  });

  it.each<[string, Resource[], string]>([
    [
      "for another namespace",
      [role(tags("mes", "loki")), association],
      "lets in kubernetes-namespace mes, but logs/loki takes the role",
    ],
    ["for another account", [role(tags("logs", "x")), association], "lets in kubernetes-service-account x, but logs/loki"],
    ["without the session's tags", [role(tags("logs", "loki"), ["sts:AssumeRole"]), association], "needs sts:TagSession too"],
    ["without an association", [role(tags("logs", "loki"))], "no service account takes it"],
  ])("are not %s", (_, resources, message) => {
    expect(said(...resources)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});
