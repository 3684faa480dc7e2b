import { scaleProblems } from "../../autoscaling/config";
import { didYouMean } from "../../schema";
import type { RoleConfig, RolesConfig } from "../config";
import { PORTS } from "../contract/contract";

export interface RoleProblem {
  readonly path: (string | number)[];
  readonly message: string;
  /** The role that is named and not there, for whoever looks for what was meant. */
  readonly params?: { readonly unknownName: { readonly name: string; readonly definedAt: string[] }; readonly depth: number };
}

/** What is wrong with a role although each of its values is right. */
export function roleProblems(role: RoleConfig): RoleProblem[] {
  const problems: RoleProblem[] = [];
  const problem = (path: (string | number)[], message: string) => problems.push({ path, message });

  if (role.replicas !== undefined && role.scale !== undefined)
    problem(
      ["replicas"],
      "cannot be combined with scale: a role has one or the other, or two owners would fight over the number of pods",
    );
  if (role.scale !== undefined) {
    const queues = role.consumes.map(({ queue }) => queue);
    const scalable = { http: role.http !== undefined, gpu: role.gpu !== undefined, queues };
    for (const { path, message } of scaleProblems(role.scale, scalable)) problem(["scale", ...path], message);
  }
  if (role.http === undefined && role.routes.length > 0) problem(["routes"], "needs http: this role serves no requests");
  if (role.http?.port === PORTS.management)
    problem(["http", "port"], `is the port of health and metrics (${PORTS.management}); choose another one`);
  if (role.database?.access === "relay" && role.publishes.length === 0)
    problem(["database", "access"], "relay reads the outbox to publish it: name the exchanges in publishes");
  for (const name of duplicates(role.consumes.map(({ queue }) => queue)))
    problem(["consumes"], `the queue ${name} is there twice`);
  for (const name of duplicates(role.publishes)) problem(["publishes"], `the exchange ${name} is there twice`);
  for (const name of duplicates(role.calls)) problem(["calls"], `the role ${name} is there twice`);
  for (const name of duplicates(role.runs ?? [])) problem(["runs"], `${name} is there twice`);
  for (const name of duplicates(role.scratch.map((path) => path.replace(/\/+$/, ""))))
    problem(["scratch"], `the directory ${name} is there twice`);
  if (role.rollout !== undefined && [role.rollout.maxSurge, role.rollout.maxUnavailable].every(isNone))
    problem(["rollout"], "maxSurge and maxUnavailable cannot both be 0: nothing could ever roll");
  const variables = [role.env, role.secrets, role.secretRefs].flatMap((map) => Object.keys(map));
  for (const name of duplicates(variables))
    problem(["env"], `the variable ${name} is there twice, in env, secrets or secretRefs`);
  return problems;
}

/** What is wrong between roles. */
export function rolesProblems(roles: RolesConfig): RoleProblem[] {
  const problems: RoleProblem[] = [];
  const names = Object.keys(roles);
  if (names.length === 0) problems.push({ path: [], message: "needs at least one role: a MES without any handles no order" });
  for (const [name, role] of Object.entries(roles)) {
    for (const [i, called] of role.calls.entries()) {
      const path = [name, "calls", i];
      const other = roles[called];
      if (other === undefined) {
        const params = { unknownName: { name: called, definedAt: [] }, depth: path.length };
        problems.push({ path, message: `there is no role ${called}${didYouMean(called, names)}`, params });
      } else if (!other.enabled) problems.push({ path, message: `the role ${called} is switched off` });
      else if (other.http === undefined) problems.push({ path, message: `the role ${called} has no http and can not be called` });
    }
  }
  return problems;
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}

function isNone(countOrPercent: number | string): boolean {
  return countOrPercent === 0 || countOrPercent === "0%";
}
