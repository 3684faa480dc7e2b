import { listAt, textAt } from "../kubernetes/value";
import type { Plan, Resource } from "../plan/plan";
import { covers, coversAction, parsedPolicy, statementsIn } from "./documents";
import { nameOfRole } from "./roles";

/* What one role may do, and who may take it. */

interface Role {
  readonly resource: Resource;
  readonly name: string;
}

/** The role of an ARN; undefined if the plan does not make it. */
export function roleOf(plan: Plan, arn: string): Role | undefined {
  const name = nameOfRole(arn);
  const resource = plan.resources.find(({ type, inputs }) => type.startsWith("aws:iam/role:") && textAt(inputs, "name") === name);
  return resource === undefined || name === arn ? undefined : { resource, name };
}

/** The ARN of the role that EKS gives to a service account (Pod Identity). */
export function podIdentityRole(plan: Plan, namespace: string, serviceAccount: string): string | undefined {
  const found = plan.resources.find(
    ({ type, inputs }) =>
      type.startsWith("aws:eks/podIdentityAssociation:") &&
      textAt(inputs, "namespace") === namespace &&
      textAt(inputs, "serviceAccount") === serviceAccount,
  );
  return textAt(found?.inputs, "roleArn");
}

/** Whether a role lets the tokens of a service account in; true where its text is not known. */
export function trusts({ resource }: Role, subject: string): boolean {
  const document = parsedPolicy(resource.inputs.assumeRolePolicy);
  if (document === undefined) return true;
  return statementsIn(document, "assumeRolePolicy").some(({ allows, principals, conditions }) => {
    if (!allows) return false;
    if (principals.some(({ value }) => value.includes("pods.eks.amazonaws.com"))) return true;
    const subjects = conditions
      .filter(({ key }) => key.endsWith(":sub"))
      .flatMap(({ operator, values }) => values.map((one) => ({ like: operator.includes("Like"), one })));
    return subjects.length === 0 || subjects.some(({ like, one }) => (like ? covers([one], subject) : one === subject));
  });
}

/** What policies of a role allow on an ARN, of some actions; all of them where policies are attached that the plan does not know. */
export function allowed(plan: Plan, role: Role, actions: readonly string[], arn: string): string[] {
  const isIts = ({ inputs }: Resource) => textAt(inputs, "role") === role.name;
  const attached = plan.resources.some((one) => one.type.startsWith("aws:iam/rolePolicyAttachment:") && isIts(one));
  if (attached || listAt(role.resource.inputs, "managedPolicyArns").length > 0) return [...actions];
  const granted = plan.resources
    .filter((one) => one.type.startsWith("aws:iam/rolePolicy:") && isIts(one))
    .flatMap(({ inputs }) => statementsIn(parsedPolicy(inputs.policy), "policy"));
  const grants = (effect: "allows" | "denies", action: string) =>
    granted.some((one) => one[effect] && coversAction(one.actions, action) && covers(one.resources, arn));
  return actions.filter((action) => grants("allows", action) && !grants("denies", action));
}
