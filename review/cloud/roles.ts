import type { Inventory } from "../kubernetes/inventory";
import { leaves, textAt } from "../kubernetes/value";
import type { Plan, Resource } from "../plan/plan";
import type { PolicyDocument, PolicySort, Statement } from "./documents";

/** Annotation by which a service account takes a role. Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
export const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

/** A role of the plan, who takes it and what it may do. */
export interface CloudRole {
  readonly resource: Resource;
  readonly name: string;
  readonly takers: readonly RoleTaker[];
  readonly trust: readonly Statement[];
  readonly rights: readonly Statement[];
  /** A policy of it is known to a real run only. */
  readonly partlyUnknown: boolean;
}

interface RoleTaker {
  readonly resource: Resource;
  readonly path: string | readonly (string | number)[];
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly by: "annotation" | "association";
}

/** Where a plan says that a service account has a role, and the role's ARN or name. */
export interface Taking extends RoleTaker {
  readonly role: string;
}

/** All places of a plan that give a role to a service account. */
export function takings(plan: Plan, known: Inventory): Taking[] {
  const annotated = known.objects
    .filter(({ kind }) => kind === "ServiceAccount" || kind === "Cluster" || kind === "Deployment" || kind === "StatefulSet")
    .flatMap(({ resource, kind, namespace, name }) =>
      leaves(kind === "ServiceAccount" ? resource.inputs.metadata : resource.inputs.spec, [
        kind === "ServiceAccount" ? "metadata" : "spec",
      ])
        .filter(([path, value]) => path.at(-1) === ROLE_ANNOTATION && typeof value === "string")
        // The account that an operator makes has the name of its custom resource.
        .map(([path, value]): Taking => ({
          resource,
          path,
          namespace,
          serviceAccount: name,
          by: "annotation",
          role: String(value),
        })),
    );
  const associated = plan.resources
    .filter(({ type }) => type.startsWith("aws:eks/podIdentityAssociation:"))
    .map((resource): Taking => {
      const roleOf = resource.propertyDependencies.roleArn?.[0] ?? "";
      return {
        resource,
        path: "roleArn",
        namespace: textAt(resource.inputs, "namespace") ?? "",
        serviceAccount: textAt(resource.inputs, "serviceAccount") ?? "",
        by: "association",
        role: roleOf === "" ? (textAt(resource.inputs, "roleArn") ?? "") : roleOf,
      };
    });
  return [...annotated, ...associated];
}

/** The roles that a plan makes. */
export function cloudRoles(plan: Plan, documents: readonly PolicyDocument[], taken: readonly Taking[]): CloudRole[] {
  return plan.resources
    .filter(({ type }) => type.startsWith("aws:iam/role:"))
    .map((resource) => {
      const name = textAt(resource.inputs, "name") ?? resource.name;
      const isIts = (given: string) => given === resource.urn || nameOfRole(given) === name;
      const own = documents.filter(({ resource: of, sort }) =>
        sort === "trust" ? of === resource : sort === "identity" && isIts(textAt(of.inputs, "role") ?? of.parent ?? ""),
      );
      const statements = (sort: PolicySort) =>
        own
          .filter((document) => document.sort === sort)
          .flatMap(({ statements: said }) => (said === "invalid" ? [] : (said ?? [])));
      return {
        resource,
        name,
        takers: taken.filter(({ role }) => isIts(role)),
        trust: statements("trust"),
        rights: statements("identity"),
        partlyUnknown: own.some(({ statements: known }) => known === undefined),
      };
    });
}

/** `arn:aws:iam::1:role/path/name` → `name`; what is no ARN is a name. */
export function nameOfRole(role: string): string {
  return /^arn:[\w-]+:iam::\d*:role\/(?:.*\/)?([^/]+)$/.exec(role)?.[1] ?? role;
}
