import { inventory, type Inventory } from "../kubernetes/inventory";
import { listAt, recordAt, textAt } from "../kubernetes/value";
import { brokerModel, clusterOf, nameOf, scopeOf, type BrokerModel, type Permission, type User } from "../orders/broker";
import { flowOf, type Flow } from "../orders/flow";
import { programTitle, type PlannedProgram } from "../orders/programs";
import { keysOf } from "../orders/routing";
import { inVhosts } from "../orders/vhosts";
import type { Plan } from "../plan/plan";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "broker-rights";
const { error, warning } = reporter(name);

export const brokerRights: Rule = {
  name,
  title:
    "Every program may read from its queues and write to its exchanges, in the virtual host that it connects to, and may do nothing else in the broker.",
  why: "Without a right a program is refused at its first message, healthy as it is; with too many, a fault or a thief in one program deletes the queues of all.",
  check: (plan) => {
    const broker = brokerModel(plan);
    const known = inventory(plan);
    const flow = flowOf(plan);
    return [
      ...(flow === undefined
        ? unknownPrograms(broker)
        : [...flow.running.flatMap((one) => programFindings(one, flow, known)), ...unusedUsers(flow)]),
      ...broker.permissions.flatMap(patternFindings),
      ...broker.users.flatMap(tagFindings),
      ...scalerFindings(plan, known, broker),
    ];
  },
};

type Right = keyof Permission["rights"];
const RIGHTS: readonly Right[] = ["configure", "write", "read"];

function unknownPrograms({ permissions }: BrokerModel): Finding[] {
  const [first] = permissions;
  if (first === undefined) return [];
  const message = "the plan does not say what programs publish and consume, so nobody has looked whether their rights suffice";
  return [warning(first.object.resource, "", message)];
}

/** Matches as RabbitMQ does: an empty pattern matches nothing. Source: https://www.rabbitmq.com/docs/access-control#authorisation */
function permits(pattern: string, resource: string): boolean {
  if (pattern === "") return resource === "";
  try {
    return new RegExp(pattern).test(resource);
  } catch {
    return false;
  }
}

/** Name by which rights on the default exchange are asked for. */
const DEFAULT_EXCHANGE = "amq.default";

function programFindings(one: PlannedProgram, flow: Flow, known: Inventory): Finding[] {
  const { program, resource, variables, group, user, scope } = one;
  const needs: Readonly<Record<Right, readonly string[]>> = {
    configure: [],
    write: program.publishes.map((exchange) => (exchange === "" ? DEFAULT_EXCHANGE : exchange)),
    read: program.consumes.map(({ queue }) => queue),
  };
  if (needs.write.length + needs.read.length === 0) return [];
  const { broker } = flow;
  // A broker that is none of the plan's.
  if (broker.users.length + broker.permissions.length === 0) return [];
  if (!program.outside && group !== undefined) {
    const missing = ["AMQP_HOST", "AMQP_VHOST", "AMQP_USERNAME"].filter((variable) => !variables.has(variable));
    if (missing.length > 0) {
      const message = `${program.name} uses ${listed([...needs.read, ...needs.write])}, and is not told ${listed(missing)}, or by a Secret that the plan does not have: it does not connect`;
      return [error(resource, group.specPath, message)];
    }
    const vhost = variables.get("AMQP_VHOST");
    if (scope !== undefined && vhost !== undefined && !inVhosts(known, scope)) {
      const message = `${program.name} connects to the virtual host ${vhost.value}, which nothing declares: it is refused; correct it, or declare the Vhost`;
      return [error(resource, vhost.path, message)];
    }
  }
  if (user === undefined) {
    const login = variables.get("AMQP_USERNAME");
    const who = login === undefined ? program.name : login.value;
    const message = `${programTitle(program)} logs in as ${who}, and no User of the plan has that name: it is refused; declare it, or correct the Secret`;
    return [error(resource, login?.path ?? "", message)];
  }
  const own = permissionsOf(user, broker);
  const here = scope === undefined ? own : own.filter((permission) => permission.scope === scope);
  const [permission] = here;
  if (permission === undefined) {
    const elsewhere = listed(own.map((other) => vhostText(other.scope)));
    const has =
      own.length === 0
        ? "has no rights in any virtual host"
        : `has rights in the virtual host ${elsewhere}, and connects to ${vhostText(scope ?? "")}`;
    const message = `the user of ${programTitle(program)} ${has}: it is refused; correct its Permission`;
    return [error(own[0]?.object.resource ?? user.object.resource, own.length === 0 ? "" : "spec.vhost", message)];
  }
  return [
    ...RIGHTS.flatMap((right) => rightFindings(right, needs[right], permission, program, broker)),
    ...topicFindings(one, flow, known, permission),
    ...own
      .filter((other) => other !== permission && scope !== undefined && other.scope !== scope)
      .map((other) =>
        error(
          other.object.resource,
          "spec.vhost",
          `the user of ${programTitle(program)} has rights in ${vhostText(other.scope)} too, and nothing to do there; remove the Permission`,
        ),
      ),
  ];
}

function permissionsOf({ object, name: login, cluster }: User, { permissions }: BrokerModel): Permission[] {
  return permissions.filter(
    (permission) =>
      clusterOf(permission.object) === cluster &&
      (textAt(permission.object.spec, "userReference", "name") === object.name ||
        (login !== undefined && textAt(permission.object.spec, "user") === login)),
  );
}

function vhostText(scope: string): string {
  return scope.split(" ").slice(1).join(" ");
}

function rightFindings(
  right: Right,
  needs: readonly string[],
  { object, rights, scope }: Permission,
  program: PlannedProgram["program"],
  broker: BrokerModel,
): Finding[] {
  const pattern = rights[right];
  const path = ["spec", "permissions", right];
  const key = right === "read" ? `${program.key}.consumes` : `${program.key}.publishes`;
  const missing = needs.filter((resource) => !permits(pattern, resource));
  if (missing.length > 0) {
    const does = right === "read" ? "reads from" : "writes to";
    const message = `${programTitle(program)} ${does} ${listed(missing)}, and has the right to ${right} ${pattern === "" ? "nothing" : pattern}: it is refused; make the pattern match (${key})`;
    return [error(object.resource, path, message)];
  }
  const excess = namesBeside(needs, scope, broker).filter((resource) => permits(pattern, resource));
  if (excess.length === 0) return [];
  const need = needs.length === 0 ? "nothing" : listed(needs);
  const message = `${programTitle(program)} may ${right} ${listed(excess, 3)} too (${pattern}), and needs ${need}; anchor the pattern, as ${needs.length === 0 ? "^$" : `^(${needs.join("|").replaceAll(".", String.raw`\.`)})$`}`;
  return [error(object.resource, path, message)];
}

/** Names that a right must not reach: all others of the virtual host, and names like those that it is for. */
function namesBeside(needs: readonly string[], scope: string, { queues, exchanges }: BrokerModel): string[] {
  const declared = [...queues, ...exchanges].filter((one) => one.scope === scope).map((one) => one.name);
  const alike = needs.flatMap((resource) => [`x${resource}`, `${resource}x`, resource.replaceAll(".", "x")]);
  return [...new Set([...declared, DEFAULT_EXCHANGE, "amq.topic", "any-other", ...alike])].filter((one) => !needs.includes(one));
}

/** Rights on topics narrow those on their exchange. Source: https://www.rabbitmq.com/docs/access-control#topic-authorisation */
function topicFindings(one: PlannedProgram, { sendings }: Flow, known: Inventory, permission: Permission): Finding[] {
  const topics = known
    .ofKind("TopicPermission")
    .filter(({ group }) => group === "rabbitmq.com")
    .filter((topic) => scopeOf(topic) === permission.scope)
    .filter(({ spec }) => [textAt(spec, "userReference", "name"), textAt(spec, "user")].includes(permission.user));
  const keys = sendings.filter(({ sender, relays }) => (relays ?? [sender]).includes(one)).map(({ key }) => key);
  return topics.flatMap((topic) => {
    const exchange = textAt(topic.spec, "permissions", "exchange");
    const pattern = textAt(topic.spec, "permissions", "write") ?? "";
    if (exchange === undefined || !one.program.publishes.includes(exchange)) return [];
    const refused = keys.filter((key) => keysOf(key).some((sample) => !permits(pattern, sample.replaceAll("\u0001", "word"))));
    if (refused.length === 0) return [];
    const message = `${programTitle(one.program)} sends ${listed(refused)} to ${exchange}, and may write ${pattern === "" ? "no topic" : pattern} there only: it is refused; widen the pattern`;
    return [error(topic.resource, "spec.permissions.write", message)];
  });
}

/** Patterns that RabbitMQ does not understand refuse everything. */
function patternFindings({ object, rights }: Permission): Finding[] {
  return RIGHTS.flatMap((right) => {
    try {
      new RegExp(rights[right]);
      return [];
    } catch {
      return [error(object.resource, ["spec", "permissions", right], `${rights[right]} is no regular expression; correct it`)];
    }
  });
}

/** Who can log in and is no program of the stack file. A user with a tag is for people or for what measures. */
function unusedUsers({ broker, programs }: Flow): Finding[] {
  const used = new Set(programs.flatMap(({ user }) => user ?? []));
  const names = programs.map(({ program }) => program.name);
  return broker.users
    .filter((user) => !used.has(user) && user.tags.length === 0 && !names.includes(user.name ?? user.object.name))
    .map(({ object }) =>
      error(object.resource, "", "no program of the stack file uses this user, and who has its password can log in; remove it"),
    );
}

/** Tags that let a user do more than look. Source: https://www.rabbitmq.com/docs/management#permissions */
const POWERFUL = ["administrator", "policymaker", "management", "impersonator"];

function tagFindings({ object, tags }: User): Finding[] {
  const many = tags.filter((tag) => POWERFUL.includes(tag));
  if (many.length === 0) return [];
  const message = `has the tag ${listed(many)}, with which it may change or look into what it has no right on; nothing here needs more than monitoring`;
  return [error(object.resource, "spec.tags", message)];
}

/** What asks for the lengths of queues logs in as a user that may look. */
function scalerFindings(plan: Plan, known: Inventory, { users }: BrokerModel): Finding[] {
  if (users.length === 0) return [];
  return known.ofKind("TriggerAuthentication").flatMap((authentication) =>
    listAt(authentication.spec, "secretTargetRef").flatMap((reference, i) => {
      if (textAt(reference, "parameter") !== "host") return [];
      const secret = known.find("Secret", authentication.namespace, textAt(reference, "name") ?? "");
      const address = textAt(recordAt(secret?.resource.inputs, "stringData"), textAt(reference, "key") ?? "");
      const [, login, host, path = ""] = /^https?:\/\/([^:@/]+):[^@]*@([^/:]+)[^/]*\/?(.*)$/.exec(address ?? "") ?? [];
      if (login === undefined || host === undefined) return [];
      const user = users.find((one) => one.name === login);
      const where = ["spec", "secretTargetRef", i];
      if (user === undefined) {
        const message = `asks the broker for the lengths of queues as ${login}, and no User of the plan has that name: no role is scaled by its queue; declare it`;
        return [error(authentication.resource, where, message)];
      }
      if (!user.tags.some((tag) => ["monitoring", ...POWERFUL].includes(tag))) {
        const message = `${login} has no tag that lets it ask for the lengths of queues, so that no role is scaled by its queue; give it monitoring`;
        return [error(user.object.resource, "spec.tags", message)];
      }
      // What stands before it is the path of an API behind a proxy. Source: getVhostAndPathFromURL in KEDA's pkg/scalers/rabbitmq_scaler.go
      const vhost = decode(path.split("/").at(-1) ?? "");
      const there = known.ofKind("Vhost").some((one) => clusterOf(one) === user.cluster && nameOf(one) === vhost);
      if (path === "" || there) return [];
      const message = `asks for queues of the virtual host ${vhost}, which nothing declares; correct the address`;
      return [error(authentication.resource, where, message)];
    }),
  );
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
