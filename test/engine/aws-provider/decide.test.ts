import type { PolicyDocument, Statement } from "../../../components/storage/policies";
import { decide } from "./decide";

const OBJECT = "arn:aws:s3:::orders/2026/1";
const KEY = "s3:x-amz-server-side-encryption";

describe("what a policy says of a request", () => {
  test("nothing, unless a statement names action and resource", () => {
    const policy = policyWith({ Effect: "Allow", Action: ["s3:Get*"], Resource: "arn:aws:s3:::orders/*" });
    expect(decide(policy, { action: "s3:GetObject", resource: OBJECT })).toBe("allowed");
    expect(decide(policy, { action: "s3:PutObject", resource: OBJECT })).toBe("says nothing");
    expect(decide(policy, { action: "s3:GetObject", resource: "arn:aws:s3:::orders" })).toBe("says nothing");
    expect(decide(policy, { action: "s3:GetObject", resource: "arn:aws:s3:::orders-old/1" })).toBe("says nothing");
  });

  test("a denial wins", () => {
    const allow: Statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
    const policy = policyWith(allow, { ...allow, Effect: "Deny" });
    expect(decide(policy, { action: "s3:GetObject", resource: OBJECT })).toBe("denied");
  });

  test("who is named, and of what kind, counts", () => {
    const policy = policyWith({ Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: "sts:AssumeRole" });
    const asked = (principal: Record<string, string>) => decide(policy, { action: "sts:AssumeRole", principal });
    expect(asked({ Service: "pods.eks.amazonaws.com" })).toBe("allowed");
    expect(asked({ Service: "ec2.amazonaws.com" })).toBe("says nothing");
    expect(asked({ AWS: "pods.eks.amazonaws.com" })).toBe("says nothing");
  });

  // Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  test.each([
    ["StringEquals", "aws:kms", { absent: false, equal: true, other: false }],
    ["StringEqualsIfExists", "aws:kms", { absent: true, equal: true, other: false }],
    ["StringNotEquals", "aws:kms", { absent: true, equal: false, other: true }],
    ["StringNotEqualsIfExists", "aws:kms", { absent: true, equal: false, other: true }],
    ["Null", "true", { absent: true, equal: false, other: false }],
    ["Null", "false", { absent: false, equal: true, other: true }],
  ])("%s %s", (operator, wanted, holds) => {
    const statement: Statement = { Effect: "Deny", Action: "s3:PutObject", Condition: { [operator]: { [KEY]: wanted } } };
    const denied = (context?: Record<string, string>) =>
      decide(policyWith(statement), { action: "s3:PutObject", context }) === "denied";
    expect({ absent: denied(), equal: denied({ [KEY]: "aws:kms" }), other: denied({ [KEY]: "AES256" }) }).toEqual(holds);
  });

  test("NumericLessThan counts, and does not compare letters", () => {
    const statement: Statement = { Effect: "Deny", Action: "s3:*", Condition: { NumericLessThan: { "s3:max-keys": "10" } } };
    const denied = (keys: string) =>
      decide(policyWith(statement), { action: "s3:ListBucket", context: { "s3:max-keys": keys } }) === "denied";
    expect(["9", "10", "11"].filter(denied)).toEqual(["9"]);
  });

  test("an operator that it does not know is an error, and no silent yes or no", () => {
    const policy = policyWith({ Effect: "Allow", Action: "s3:*", Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } });
    expect(() => decide(policy, { action: "s3:GetObject" })).toThrow("no test knows the condition operator IpAddress");
  });
});

function policyWith(...Statement: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}
