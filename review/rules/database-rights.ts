import { POD_FACTS } from "../../components/workload/facts";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { isDatabase } from "../kubernetes/systems";
import { listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import { grantsOf, type Grant } from "../orders/grants";
import { flowOf } from "../orders/flow";
import type { PlannedProgram } from "../orders/programs";
import { everybodyFindings, ownerFindings } from "./rights/owners";
import { databaseFindings } from "./rights/databases";
import { connectionFindings, roleFindings, type ManagedRole } from "./rights/users";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "database-rights";
const { error, warning } = reporter(name);

export const databaseRights: Rule = {
  name,
  title:
    "Every program logs in to the database as a user that may do what the program does, and nothing else, at an instance where that is possible.",
  why: "A consumer that may not write loses no order and handles none; one that writes to a replica is refused each time; a user that may do everything makes every fault one of the data.",
  check: (plan) => {
    const flow = flowOf(plan);
    if (flow === undefined) return [];
    const known = inventory(plan);
    const clusters = known.objects.filter(isDatabase);
    const roles = clusters.flatMap((cluster) =>
      listAt(cluster.spec, "managed", "roles").map((role, i): ManagedRole => ({
        cluster,
        role: recordAt(role),
        path: ["spec", "managed", "roles", i],
      })),
    );
    const programs = flow.running.filter(({ program }) => !program.outside && program.database !== undefined);
    const grants = grantsOf(known);
    return [
      ...programs.flatMap((one) => [...hostFindings(one, known), ...userFindings(one, roles, grants)]),
      ...roles.flatMap((role) => connectionFindings(role, demandOf(role, programs, known))),
      ...roles.flatMap(powerFindings),
      ...ownerFindings(known, clusters, programs),
      ...everybodyFindings(known),
      ...databaseFindings(known, programs),
      ...roleFindings(roles, known, plan.facts?.today),
      ...(roles.length > 0 && programs.length > 0 && grants.length === 0 ? unknownRights(roles) : []),
      ...(roles.length > 0 ? tableFindings(programs, known) : []),
    ];
  },
};

function unknownRights([first]: readonly ManagedRole[]): Finding[] {
  if (first === undefined) return [];
  const message = "no script of the plan grants rights, so what members of the groups may do is not known";
  return [warning(first.cluster.resource, "spec.managed.roles", message)];
}

const TABLES = /\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?messaging\.outbox\b/i;

/** Outbox and inbox have to be made before anybody can use them. */
function tableFindings(programs: readonly PlannedProgram[], known: Inventory): Finding[] {
  const [first] = programs.filter(({ program }) => program.database !== "readonly");
  if (first === undefined) return [];
  const scripts = known
    .ofKind("ConfigMap")
    .filter(({ resource }) =>
      Object.values(recordAt(resource.inputs, "data")).some((text) => typeof text === "string" && TABLES.test(text)),
    );
  const jobs = known.pods.filter(({ object, spec, namespace }) => {
    const mounts = listAt(spec, "volumes").map((volume) => textAt(volume, "configMap", "name"));
    return object.kind === "Job" && scripts.some((script) => script.namespace === namespace && mounts.includes(script.name));
  });
  const [job] = jobs;
  if (job === undefined) {
    const message = `${first.program.name} uses the tables of outbox and inbox, and no Job of the plan makes them: every order fails; run the migrations`;
    return [error(first.resource, "", message)];
  }
  if (!jobs.every(({ object }) => object.spec.suspend === true)) return [];
  return [
    error(
      job.object.resource,
      "spec.suspend",
      "makes the tables of outbox and inbox, and is suspended: every order fails; take suspend away",
    ),
  ];
}

/** Writers need the primary. */
function hostFindings(one: PlannedProgram, known: Inventory): Finding[] {
  const { program, variables, resource, group } = one;
  if (group === undefined) return [];
  const host = variables.get("PGHOST");
  if (host === undefined) {
    return [
      error(
        resource,
        group.specPath,
        `${program.name} uses the database (${program.key}.database), and is told no PGHOST: it does not connect`,
      ),
    ];
  }
  const wanted = variables.get("PGTARGETSESSIONATTRS");
  if (program.database !== "readonly" && wanted !== undefined && /^(?:standby|read-only)$/.test(wanted.value)) {
    const message = `${program.name} writes, and takes no connection but to a ${wanted.value === "standby" ? "replica" : "server that refuses writes"} (PGTARGETSESSIONATTRS): it never writes; use read-write`;
    return [error(resource, wanted.path, message)];
  }
  const type = instanceType(host.value, known);
  if (type === undefined) return [];
  if ((program.database !== "readonly" || program.relays === true) && type !== "rw") {
    const message = `${program.name} writes, and connects to ${host.value}, which leads to ${type === "ro" ? "replicas" : "any instance"}: each write there is refused; connect it to the primary (type rw)`;
    return [error(resource, host.path, message)];
  }
  if (program.database === "readonly" && program.relays !== true && type === "rw") {
    const message = `${program.name} only reads, and connects to ${host.value}, which leads to the primary: it takes from it what orders need; connect it to the replicas (type ro)`;
    return [warning(resource, host.path, message)];
  }
  return [];
}

/** Where a host leads to: a pooler of the plan, or a Service that the operator makes of a Cluster. */
function instanceType(host: string, known: Inventory): string | undefined {
  const [service = "", namespace = ""] = host.split(".");
  const pooler = known.find("Pooler", namespace, service);
  if (pooler !== undefined) return textAt(pooler.spec, "type") ?? "rw";
  const [, cluster, type] = /^(.+)-(rw|ro|r)$/.exec(service) ?? [];
  return cluster !== undefined && known.find("Cluster", namespace, cluster) !== undefined ? type : undefined;
}

function userFindings(one: PlannedProgram, roles: readonly ManagedRole[], grants: readonly Grant[]): Finding[] {
  const { program, variables, resource, group } = one;
  // A database that is none of the plan's.
  if (roles.length === 0 || group === undefined) return [];
  const login = variables.get("PGUSER");
  if (login === undefined) return [error(resource, group.specPath, `${program.name} is told no PGUSER: it does not log in`)];
  const found = roles.find(({ role }) => textAt(role, "name") === login.value);
  if (found === undefined) {
    return [
      error(
        resource,
        login.path,
        `${program.name} logs in as ${login.value}, which is no user of the database: it is refused; add it to spec.managed.roles`,
      ),
    ];
  }
  const { cluster, role, path } = found;
  const findings: Finding[] = [];
  const wrong = (field: string, message: string) => findings.push(error(cluster.resource, [...path, field], message));
  if (textAt(role, "ensure") === "absent")
    wrong("ensure", `${login.value}, as which ${program.name} logs in, is removed; use present`);
  if (role.login !== true) wrong("login", `${login.value}, as which ${program.name} logs in, may not log in; set login: true`);
  if (role.passwordSecret === undefined)
    wrong("passwordSecret", `${login.value}, as which ${program.name} logs in, has no password; name its Secret`);
  if (numberAt(role, "connectionLimit") === 0)
    wrong("connectionLimit", `${login.value} may have no connection; leave connectionLimit out`);
  const groups = [login.value, ...listAt(role, "inRoles").filter((one_) => typeof one_ === "string")].map((one_) =>
    one_.toLowerCase(),
  );
  const own = grants.filter(({ to }) => to.some((member) => groups.includes(member)));
  if (grants.length === 0) return findings;
  const missing = needsOf(one).filter((need) => !own.some((grant) => gives(grant, need)));
  if (missing.length > 0) {
    const lacks = listed([...new Set(missing.map(({ privilege, on }) => `${privilege} ${on}`))], 4);
    wrong(
      "inRoles",
      `${program.name} (${program.key}.database.access: ${program.database ?? ""}) needs ${lacks}, which ${login.value} may not: it is refused; make it a member of the group that may`,
    );
  }
  const excess = own.flatMap((grant) => excessFor(grant, program));
  if (excess.length > 0) {
    wrong(
      "inRoles",
      `${login.value} may ${listed([...new Set(excess)], 4)}, which ${program.name} (${program.database ?? ""}) does not need; take it out of ${listed(groups.slice(1))}`,
    );
  }
  return findings;
}

/** Connections that programs open as a user: themselves, or through the pools of their poolers. */
function demandOf({ role }: ManagedRole, programs: readonly PlannedProgram[], known: Inventory): { least: number; most: number } {
  const own = programs.filter(({ variables }) => variables.get("PGUSER")?.value === textAt(role, "name"));
  const demands = own.flatMap(({ group, variables }) => {
    if (group === undefined) return [];
    const { min, max } = known.scale(group);
    const each = numberAt(group.annotations, POD_FACTS.databaseConnections) ?? 1;
    const [service = "", namespace = ""] = variables.get("PGHOST")?.value.split(".") ?? [];
    const pooler = known.find("Pooler", namespace, service);
    const parameter = (key: string) => numberAt(pooler?.spec, "pgbouncer", "parameters", key);
    const pool = (parameter("default_pool_size") ?? 20) + (parameter("reserve_pool_size") ?? 0);
    const pooled = pooler === undefined ? Infinity : pool * (numberAt(pooler.spec, "instances") ?? 1);
    return [{ least: Math.min(pooled, Math.max(1, min)), most: Math.min(pooled, Math.max(1, max) * each) }];
  });
  return demands.reduce((sum, { least, most }) => ({ least: sum.least + least, most: sum.most + most }), { least: 0, most: 0 });
}

interface Need {
  readonly privilege: string;
  readonly on: string;
}

const PUBLIC = "tables in schema public";

/** What a program does in the database. Source: docs/app-contract.md, "Consume" and "Outbox" */
function needsOf({ program }: PlannedProgram): Need[] {
  const need = (on: string, ...privileges: string[]) => privileges.map((privilege) => ({ privilege, on }));
  const relaying = [
    ...need("messaging.outbox", "select", "update"),
    ...["claim", "mark_sent", "mark_failed"].flatMap((one) => need(`messaging.${one}`, "execute")),
  ];
  const own = (...needs: Need[]) => (program.relays === true ? [...needs, ...relaying] : needs);
  switch (program.database) {
    case "readonly":
      return own(...need(PUBLIC, "select"));
    case "relay":
      return relaying;
    case "readwrite":
      return own(
        ...need(PUBLIC, "select", "insert", "update"),
        ...(program.sends.length > 0 && program.publishes.length === 0 ? need("messaging.outbox", "insert") : []),
        ...(program.consumes.length > 0 ? [...need("messaging.inbox", "insert"), ...need("messaging.accept", "execute")] : []),
      );
    default:
      return [];
  }
}

function gives({ privileges, on }: Grant, need: Need): boolean {
  const named = new RegExp(String.raw`(?:^|[\s,.(])${need.on.replaceAll(".", String.raw`\.`)}(?:$|[\s,(])`).test(on);
  return named && (privileges.includes(need.privilege) || privileges.some((one) => /^all\b/.test(one)));
}

/** What the user of a program may do and should not, in words; of one with two kinds of access, what neither of them does. */
function excessFor(grant: Grant, { database, relays }: PlannedProgram["program"]): string[] {
  const excess = excessOf(grant, database);
  return relays === true ? excess.filter((one) => excessOf(grant, "relay").includes(one)) : excess;
}

/** What one kind of access does not need, in words. */
function excessOf({ privileges, on }: Grant, access: PlannedProgram["program"]["database"]): string[] {
  const writes = privileges.filter((one) => /^(?:insert|update|delete|truncate|all\b)/.test(one));
  const all = privileges.filter((one) => /^(?:all\b|create|truncate|trigger|references)/.test(one));
  const onMessages = /messaging\.outbox(?:$|[\s,])/.test(on);
  const onTables = on.includes(PUBLIC);
  const excess =
    access === "readonly"
      ? writes
      : access === "relay"
        ? privileges.filter((one) => onTables || (!onMessages ? writes.includes(one) : /^(?:insert|delete)/.test(one)))
        : onMessages
          ? writes.filter((one) => one !== "insert")
          : [];
  return [...new Set([...excess, ...all])].map((one) => `${one} ${on}`);
}

/** Attributes with which a user may do anything. */
const POWERS = ["superuser", "createrole", "createdb", "replication", "bypassrls"];
/** Groups of Postgres itself that reach past the rights of the tables. Source: https://www.postgresql.org/docs/18/predefined-roles.html */
const POWERFUL_GROUPS =
  /^(?:pg_write_all_data|pg_read_all_data|pg_database_owner|pg_execute_server_program|pg_read_server_files|pg_write_server_files|pg_signal_backend|pg_maintain|pg_create_subscription|mes_owner|postgres)$/;

function powerFindings({ cluster, role, path }: ManagedRole): Finding[] {
  const user = textAt(role, "name") ?? "";
  const powers = POWERS.filter((power) => role[power] === true).map((power) => ({ field: power, what: power }));
  const groups = listAt(role, "inRoles").filter(
    (group): group is string => typeof group === "string" && POWERFUL_GROUPS.test(group),
  );
  return [
    ...powers.map(({ field, what }) =>
      error(
        cluster.resource,
        [...path, field],
        `${user} is a user with ${what}, with which no right of a table holds; take it away`,
      ),
    ),
    ...(groups.length === 0
      ? []
      : [
          error(
            cluster.resource,
            [...path, "inRoles"],
            `${user} is a member of ${listed(groups)}, with which no right of a table holds; take it out`,
          ),
        ]),
  ];
}
