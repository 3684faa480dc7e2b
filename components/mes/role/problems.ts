import { scaleProblems } from "../../autoscaling/config";
import { didYouMean } from "../../schema";
import type { RoleConfig, RolesConfig } from "../config";
import { CA_DIRECTORY } from "../../certificates/trust";
import { isRelay } from "./access";
import { CONTAINER } from "./container-name";
import { maxPods, ownVolume, rolloutOf } from "./pods";
import { managementPort, portNames, portsOf } from "./ports";
import { circleIn } from "./templates";

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
  problems.push(...portProblems(role), ...probeProblems(role), ...fileProblems(role), ...variableProblems(role));
  if (isRelay(role) && role.publishes.length === 0)
    problem(["database", "access"], "relay reads the outbox to publish it: name the exchanges in publishes");
  for (const name of duplicates(role.consumes.map(({ queue }) => queue)))
    problem(["consumes"], `the queue ${name} is there twice`);
  for (const name of duplicates(role.publishes)) problem(["publishes"], `the exchange ${name} is there twice`);
  for (const name of duplicates(role.calls)) problem(["calls"], `the role ${name} is there twice`);
  for (const name of duplicates(role.runs ?? [])) problem(["runs"], `${name} is there twice`);
  if (role.rollout !== undefined && [role.rollout.maxSurge, role.rollout.maxUnavailable].every(isNone))
    problem(["rollout"], "maxSurge and maxUnavailable cannot both be 0: nothing could ever roll");
  for (const name of duplicates(role.init.map(({ name: own }) => own))) problem(["init"], `${name} is there twice`);
  const taken = role.init.findIndex(({ name }) => name === CONTAINER);
  if (taken >= 0) problem(["init", taken, "name"], `is the name of the container that comes after it; choose another one`);
  return problems;
}

function portProblems(role: RoleConfig): RoleProblem[] {
  const problems: RoleProblem[] = [];
  const known = [...portNames(role).keys()].filter((name) => name !== "management");
  if (role.routes.length > 0 && known.length === 0)
    problems.push({ path: ["routes"], message: "needs http: this role serves no requests" });
  for (const [i, { port }] of role.routes.entries()) {
    const name = port ?? "http";
    if (known.length === 0 || known.includes(name)) continue;
    const message = `this role has no port ${name}${didYouMean(name, known)}; it has ${known.join(", ")}`;
    problems.push({ path: port === undefined ? ["routes", i] : ["routes", i, "port"], message });
  }
  const management = managementPort(role);
  if (
    role.http?.port === management &&
    management !== undefined &&
    (role.management === false || role.management.port === undefined)
  ) {
    const message = `is the port of health and metrics (${management}); choose another one, or set management.port: ${management} where the image serves both on one`;
    problems.push({ path: ["http", "port"], message });
  }
  for (const name of Object.keys(role.ports).filter((one) => one === "http" || one === "management" || one === "metrics"))
    problems.push({
      path: ["ports", name],
      message: `is a name that ${name === "http" ? "http" : "management"} has: choose another one`,
    });
  const numbers = Object.entries(portsOf(role));
  for (const [name, number] of Object.entries(role.ports)) {
    const other = numbers.find(([own, value]) => own !== name && value === number);
    if (other !== undefined) problems.push({ path: ["ports", name], message: `${number} is the port of ${other[0]} already` });
  }
  return problems;
}

function probeProblems(role: RoleConfig): RoleProblem[] {
  const known = [...portNames(role).keys()];
  return (["startup", "readiness", "liveness"] as const).flatMap((kind): RoleProblem[] => {
    const probe = role.probes[kind];
    if (probe === false || probe.command !== undefined) return [];
    const path = ["probes", kind];
    if (probe.port !== undefined && !known.includes(probe.port)) {
      const hint = known.length === 0 ? "; it has none" : `${didYouMean(probe.port, known)}; it has ${known.join(", ")}`;
      return [{ path: [...path, "port"], message: `this role has no port ${probe.port}${hint}` }];
    }
    const way = probe.tcp === true ? "tcp" : probe.path === undefined ? undefined : "path";
    if (way !== undefined && known.length === 0)
      return [{ path: [...path, way], message: "needs a port, and this role has none: ask by a command, or not at all (false)" }];
    return [];
  });
}

/** Directories and files that are mounted, which have to be different ones. */
function fileProblems(role: RoleConfig): RoleProblem[] {
  const problems: RoleProblem[] = [];
  const mounted = [
    ...role.scratch.map((path, i) => ({ at: path, path: ["scratch", i] as (string | number)[] })),
    ...Object.keys(role.volumes).map((path) => ({ at: path, path: ["volumes", path] })),
    ...Object.keys(role.files).map((path) => ({ at: path, path: ["files", path] })),
  ].map(({ at, path }) => ({ at: at.replace(/\/+$/, ""), path }));
  for (const name of duplicates(mounted.map(({ at }) => at))) {
    const twice = mounted.filter(({ at }) => at === name);
    const lists = [...new Set(twice.map(({ path: [list] }) => String(list)))];
    const message =
      lists.length === 1 ? `the directory ${name} is there twice` : `${name} is mounted twice, by ${lists.join(" and ")}`;
    problems.push({ path: lists.length === 1 ? [lists[0] ?? ""] : (twice.at(-1)?.path ?? []), message });
  }
  for (const { at, path } of mounted)
    if (at === CA_DIRECTORY || at.startsWith(`${CA_DIRECTORY}/`))
      problems.push({ path, message: `${CA_DIRECTORY} is where the platform mounts its own certificate: choose another path` });
  const own = ownVolume(role);
  if (own !== undefined) problems.push(...ownVolumeProblems(role, own));
  return problems;
}

function ownVolumeProblems(role: RoleConfig, path: string): RoleProblem[] {
  const most = maxPods(role);
  if (most > 1) {
    const how = role.scale === undefined ? "set replicas: 1" : "take scale away and set replicas: 1";
    const message = `is a volume that one node alone can use, and the role has up to ${most} pods: ${how}, or shared: true where the storage class can (NFS, EFS, CephFS)`;
    return [{ path: ["volumes", path], message }];
  }
  if (isNone(rolloutOf(role).maxSurge)) return [];
  const message = `starts a new pod before the old one goes, and ${path} is a volume that one node alone can use: a rollout hangs where they are on two; use maxSurge: 0 and maxUnavailable: 1`;
  return [{ path: ["rollout", "maxSurge"], message }];
}

function variableProblems(role: RoleConfig): RoleProblem[] {
  const problems: RoleProblem[] = [];
  const variables = [role.env, role.secrets, role.secretRefs].flatMap((map) => Object.keys(map));
  for (const name of duplicates(variables))
    problems.push({ path: ["env"], message: `the variable ${name} is there twice, in env, secrets or secretRefs` });
  const circle = circleIn(role.env);
  if (circle !== undefined) {
    const message = `refers to itself (${circle.join(" → ")}), and Kubernetes would leave the reference as it is written`;
    problems.push({ path: ["env", circle[0] ?? ""], message });
  }
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
