import type { Statement } from "../../cloud/documents";
import type { CloudRole } from "../../cloud/roles";
import type { Inventory } from "../../kubernetes/inventory";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("cloud-rights");

/** Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
const POD_IDENTITY = "pods.eks.amazonaws.com";
const POD_IDENTITY_ACTIONS = ["sts:AssumeRole", "sts:TagSession"];
/** Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
const AUDIENCE = "sts.amazonaws.com";

/** Who may become a role: the pods of the one service account that takes it, and they can. */
export function trustFindings(roles: readonly CloudRole[], known: Inventory): Finding[] {
  return roles.flatMap((role) => {
    if (role.trust.length === 0) return [];
    return [
      ...role.trust.filter(({ allows }) => allows).flatMap((statement) => statementFindings(role, statement, known)),
      ...(role.takers.length === 0
        ? [error(role.resource, "", "no service account takes it; give one the role, or drop it")]
        : []),
      ...(role.rights.length === 0 && !role.partlyUnknown
        ? [error(role.resource, "", "has no policy, so that it may do nothing")]
        : []),
    ];
  });
}

function statementFindings(role: CloudRole, statement: Statement, known: Inventory): Finding[] {
  const { resource, takers } = role;
  const { path, actions, principals } = statement;
  const federated = principals.find(({ kind }) => kind === "Federated");
  if (federated !== undefined) return webIdentity(role, statement, federated.value, known);
  if (!principals.some(({ kind, value }) => kind === "Service" && value === POD_IDENTITY)) {
    if (takers.length === 0) return [];
    const message = `trusts ${listed(principals.map(({ value }) => value))}, and not the pods of ${describe(takers)}; name the cluster's identity provider or ${POD_IDENTITY}`;
    return [error(resource, `${path}.Principal`, message)];
  }
  const missing = POD_IDENTITY_ACTIONS.filter((action) => !actions.includes(action));
  return [
    ...(missing.length === 0 ? [] : [error(resource, `${path}.Action`, `EKS Pod Identity needs ${missing.join(" and ")} too`)]),
    ...takers
      .filter(({ by }) => by === "annotation")
      .map((taker) =>
        error(taker.resource, taker.path, "an annotation does nothing where the role trusts EKS Pod Identity; associate it"),
      ),
    ...[["kubernetes-namespace", "namespace"] as const, ["kubernetes-service-account", "serviceAccount"] as const].flatMap(
      ([tag, of]) =>
        statement.conditions
          .filter(({ key }) => key === `aws:RequestTag/${tag}`)
          .filter(({ values }) => takers.some((taker) => !values.includes(taker[of])))
          .map(({ values }) =>
            error(
              resource,
              `${path}.Condition`,
              `lets in ${tag} ${listed(values)}, but ${describe(takers)} takes the role; correct one of them`,
            ),
          ),
    ),
  ];
}

function webIdentity(role: CloudRole, statement: Statement, provider: string, known: Inventory): Finding[] {
  const { resource, takers } = role;
  const { path, actions, conditions } = statement;
  const issuer = /oidc-provider\/(.+)$/.exec(provider)?.[1];
  const at = `${path}.Condition`;
  const findings: Finding[] = [];
  if (!actions.includes("sts:AssumeRoleWithWebIdentity")) {
    findings.push(
      error(resource, `${path}.Action`, "a service account becomes a role by sts:AssumeRoleWithWebIdentity; allow that"),
    );
  }
  const of = (claim: string) => conditions.filter(({ key }) => key.endsWith(`:${claim}`));
  for (const { key } of [...of("sub"), ...of("aud")]) {
    if (issuer === undefined || key.startsWith(`${issuer}:`)) continue;
    findings.push(
      error(resource, at, `${key} is of another identity provider than ${issuer}, so that nobody gets in; correct it`),
    );
  }
  const audiences = of("aud").flatMap(({ values }) => values);
  if (!audiences.includes(AUDIENCE)) {
    findings.push(
      error(
        resource,
        at,
        `needs the condition that aud is ${AUDIENCE}${audiences.length === 0 ? "" : `, not ${listed(audiences)}`}`,
      ),
    );
  }
  const subjects = of("sub").flatMap(({ values, operator }) => values.map((value) => ({ value, operator })));
  if (subjects.length === 0) {
    findings.push(error(resource, at, "lets in every pod of the cluster; add the condition on sub, the service account"));
  }
  for (const { value, operator } of subjects) {
    const [, namespace = "", account = ""] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(value) ?? [];
    // Without a wildcard, StringLike is the same as StringEquals.
    if (account === "" || /[*?]/.test(value) || !["StringEquals", "StringLike"].includes(operator)) {
      findings.push(
        error(
          resource,
          at,
          `${operator} ${value} lets in more than one service account; use StringEquals system:serviceaccount:NAMESPACE:NAME`,
        ),
      );
    } else if (!isThere(namespace, account, known)) {
      findings.push(error(resource, at, `there is no service account ${namespace}/${account}; correct the name`));
    } else if (!takers.some((taker) => taker.namespace === namespace && taker.serviceAccount === account)) {
      const who = takers.length === 0 ? "no service account takes the role" : `${describe(takers)} takes the role`;
      findings.push(error(resource, at, `lets in ${namespace}/${account}, but ${who}; correct one of them`));
    }
  }
  return findings;
}

function isThere(namespace: string, account: string, known: Inventory): boolean {
  if (known.opaqueNamespaces.has(namespace) || known.find("ServiceAccount", namespace, account) !== undefined) return true;
  return known.made.some((one) => one.kind === "ServiceAccount" && one.namespace === namespace && one.name === account);
}

function describe(takers: CloudRole["takers"]): string {
  return listed([...new Set(takers.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`))]);
}
