import { isRecord, recordAt } from "../kubernetes/value";
import { UNKNOWN, type Plan, type Resource } from "../plan/plan";

/*
 * Policies of AWS as a plan has them.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

/** `identity` says what its owner may do, `trust` who may become a role, `resource` who may use a bucket or a key. */
export type PolicySort = "identity" | "trust" | "resource";

export interface PolicyDocument {
  readonly resource: Resource;
  readonly sort: PolicySort;
  /** Input that holds it. */
  readonly field: string;
  /** Absent where only a real run knows it; `invalid` where it is no policy. */
  readonly statements?: readonly Statement[] | "invalid";
}

export interface Statement {
  readonly path: string;
  readonly allows: boolean;
  readonly denies: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** As `AWS arn:aws:iam::1:root` and `*`. */
  readonly principals: readonly Principal[];
  /** Elements that say what it is not about. */
  readonly negated: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Principal {
  /** `AWS`, `Service`, `Federated`; `*` for everybody. */
  readonly kind: string;
  readonly value: string;
}

interface Condition {
  /** As `StringEquals`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const FIELDS: readonly { readonly type: RegExp; readonly field: string; readonly sort: PolicySort }[] = [
  { type: /^aws:iam\/(?:rolePolicy|policy|userPolicy|groupPolicy):/, field: "policy", sort: "identity" },
  { type: /^aws:iam\/role:/, field: "assumeRolePolicy", sort: "trust" },
  { type: /^aws:(?:s3\/bucketPolicy|sqs\/queuePolicy|sns\/topicPolicy|kms\/key):/, field: "policy", sort: "resource" },
];

/** All policies of a plan. */
export function policyDocuments({ resources }: Plan): PolicyDocument[] {
  return resources.flatMap((resource) =>
    FIELDS.filter(({ type, field }) => type.test(resource.type) && resource.inputs[field] !== undefined).map(
      ({ field, sort }): PolicyDocument => {
        const statements = statementsOf(resource.inputs[field], field);
        return { resource, sort, field, ...(statements === undefined ? {} : { statements }) };
      },
    ),
  );
}

function statementsOf(policy: unknown, field: string): PolicyDocument["statements"] {
  if (policy === UNKNOWN) return undefined;
  const document = parsedPolicy(policy);
  if (!isRecord(document) || document.Statement === undefined) return "invalid";
  return [document.Statement].flat().every(isRecord) ? statementsIn(document, field) : "invalid";
}

/** A policy as a document; undefined if its text is no JSON. */
export function parsedPolicy(policy: unknown): unknown {
  if (typeof policy !== "string") return policy;
  try {
    return JSON.parse(policy);
  } catch {
    return undefined;
  }
}

/**
 * The statements of a document; what is none is left out.
 * @param field input that holds the document
 */
export function statementsIn(document: unknown, field: string): Statement[] {
  const statements = isRecord(document) ? [document.Statement].flat() : [];
  return statements.filter(isRecord).map((statement, i) => ({
    path: `${field}.Statement[${i}]`,
    allows: statement.Effect === "Allow",
    denies: statement.Effect === "Deny",
    actions: texts(statement.Action),
    resources: texts(statement.Resource),
    principals: principalsOf(statement.Principal),
    negated: ["NotAction", "NotResource", "NotPrincipal"].filter((element) => statement[element] !== undefined),
    conditions: Object.entries(recordAt(statement, "Condition")).flatMap(([operator, keys]) =>
      Object.entries(isRecord(keys) ? keys : {}).map(([key, values]) => ({ operator, key, values: texts(values) })),
    ),
  }));
}

/** Whether one of some patterns, in which `*` and `?` stand for others, is a text. */
export function covers(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${source}$`, "s").test(text);
  });
}

/** Whether some actions have one; `S3:get*` has `s3:GetObject`. */
export function coversAction(actions: readonly string[], action: string): boolean {
  return covers(
    actions.map((one) => one.toLowerCase()),
    action.toLowerCase(),
  );
}

function principalsOf(principal: unknown): Principal[] {
  if (principal === "*") return [{ kind: "*", value: "*" }];
  if (!isRecord(principal)) return [];
  return Object.entries(principal).flatMap(([kind, values]) =>
    texts(values).map((value) => (value === "*" ? { kind: "*", value } : { kind, value })),
  );
}

function texts(value: unknown): string[] {
  return [value].flat().flatMap((one) => (typeof one === "string" ? [one] : typeof one === "boolean" ? [String(one)] : []));
}
