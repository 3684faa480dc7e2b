import type { PolicyDocument, Statement } from "../../../components/storage/policies";

export interface Request {
  /** As `s3:PutObject`. */
  readonly action: string;
  /** ARN. A policy on who may take a role names none. */
  readonly resource?: string;
  /** Who asks, e.g. `{ Federated: "arn:…" }`. The policy of a role names none. */
  readonly principal?: Readonly<Record<string, string>>;
  /** What else is known of the request, by condition key. */
  readonly context?: Readonly<Record<string, string>>;
}

/** What a policy says of a request. Where it says nothing another policy may allow it; a denial is final. */
export type Decision = "allowed" | "denied" | "says nothing";

/**
 * What one policy says of a request, with its conditions, of which moto heeds none.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(policy: PolicyDocument, request: Request): Decision {
  const effects = policy.Statement.filter((statement) => applies(statement, request)).map(({ Effect }) => Effect);
  if (effects.includes("Deny")) return "denied";
  return effects.includes("Allow") ? "allowed" : "says nothing";
}

function applies({ Action, Resource, Principal, Condition = {} }: Statement, request: Request): boolean {
  const { action, resource = "", principal = {}, context = {} } = request;
  return (
    list(Action).some((pattern) => like(pattern, action)) &&
    (Resource === undefined || list(Resource).some((pattern) => like(pattern, resource))) &&
    (Principal === undefined || isMeant(Principal, principal)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, context[key], list(wanted))),
    )
  );
}

function isMeant(named: NonNullable<Statement["Principal"]>, principal: Readonly<Record<string, string>>): boolean {
  if (named === "*") return true;
  return Object.entries(principal).some(([kind, value]) => list(named[kind] ?? []).includes(value));
}

type Operator = (value: string | undefined, wanted: readonly string[]) => boolean;

/** Each with what it makes of a key that the request does not have. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: (value, wanted) => value !== undefined && wanted.includes(value),
  StringNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
  Bool: (value, wanted) => value !== undefined && wanted.includes(value),
  NumericLessThan: (value, wanted) => value !== undefined && wanted.some((limit) => Number(value) < Number(limit)),
  Null: (value, wanted) => wanted.includes(String(value === undefined)),
};

function holds(name: string, value: string | undefined, wanted: readonly string[]): boolean {
  const operator = OPERATORS[name.replace(/IfExists$/, "")];
  if (operator === undefined) throw new Error(`no test knows the condition operator ${name}`);
  return (name.endsWith("IfExists") && value === undefined) || operator(value, wanted);
}

function like(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
