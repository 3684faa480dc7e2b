import { inventory, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { numberAt, recordAt, textAt, textsAt, type Json } from "../kubernetes/value";
import type { Plan } from "../plan/plan";

/*
 * What stands in the virtual hosts of the plan's brokers, as the topology operator declares it. Whatever belongs to one virtual host
 * carries its `scope`, and names count within it.
 */

export interface Queue {
  readonly object: KubeObject;
  readonly scope: string;
  readonly name: string;
  /** As declared, or the virtual host's default. */
  readonly type: string;
  /** Arguments and policies together, without the `x-` of arguments. */
  readonly settings: Json;
  /** Policies that match it, the one that counts first. Operator policies are none of them. */
  readonly policies: readonly KubeObject[];
  /** The object that a setting comes from, and its path there; the queue itself where nothing sets it. */
  readonly origin: (setting: string) => { readonly object: KubeObject; readonly path: readonly string[] };
}

interface Exchange {
  readonly object: KubeObject;
  readonly scope: string;
  readonly name: string;
  readonly type: string;
  readonly settings: Json;
}

export interface Binding {
  readonly object: KubeObject;
  readonly scope: string;
  readonly source: string;
  readonly destination: string;
  readonly toExchange: boolean;
  readonly routingKey: string;
  readonly arguments: Json;
}

export interface Permission {
  readonly object: KubeObject;
  readonly scope: string;
  /** Name of the User object, or of the user itself. */
  readonly user: string;
  readonly rights: Readonly<Record<"configure" | "write" | "read", string>>;
}

export interface User {
  readonly object: KubeObject;
  /** Broker that it is a user of. */
  readonly cluster: string;
  /** Its name in the broker; absent where the operator invents one. */
  readonly name?: string;
  readonly tags: readonly string[];
}

export interface BrokerModel {
  readonly queues: readonly Queue[];
  readonly exchanges: readonly Exchange[];
  readonly bindings: readonly Binding[];
  readonly permissions: readonly Permission[];
  readonly users: readonly User[];
  readonly policies: readonly KubeObject[];
  readonly queue: (scope: string, name: string) => Queue | undefined;
  readonly exchange: (scope: string, name: string) => Exchange | undefined;
  readonly bindingsFrom: (scope: string, exchange: string) => readonly Binding[];
}

const cache = new WeakMap<Plan, BrokerModel>();

/** Reads the brokers of a plan, once. */
export function brokerModel(plan: Plan): BrokerModel {
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const model = readModel(inventory(plan));
  cache.set(plan, model);
  return model;
}

function readModel(known: Inventory): BrokerModel {
  const ofRabbit = (kind: string) => known.ofKind(kind).filter((object) => object.group === "rabbitmq.com");
  const policies = [...ofRabbit("Policy"), ...ofRabbit("OperatorPolicy")];
  const vhosts = ofRabbit("Vhost");
  const queues = ofRabbit("Queue").map((object) => readQueue(object, policies, vhosts));
  const exchanges = ofRabbit("Exchange").map((object): Exchange => {
    const name = nameOf(object);
    const [policy] = matchingPolicies(object, name, policies, "Policy", ["all", "exchanges"]);
    return {
      object,
      scope: scopeOf(object),
      name,
      type: textAt(object.spec, "type") ?? "direct",
      settings: { ...recordAt(policy?.spec, "definition"), ...withoutPrefix(recordAt(object.spec, "arguments")) },
    };
  });
  const bindings = ofRabbit("Binding").map((object): Binding => ({
    object,
    scope: scopeOf(object),
    source: textAt(object.spec, "source") ?? "",
    destination: textAt(object.spec, "destination") ?? "",
    toExchange: textAt(object.spec, "destinationType") === "exchange",
    routingKey: textAt(object.spec, "routingKey") ?? "",
    arguments: recordAt(object.spec, "arguments"),
  }));
  const bySource = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const source = key(binding.scope, binding.source);
    bySource.set(source, [...(bySource.get(source) ?? []), binding]);
  }
  const byName = <T extends { scope: string; name: string }>(list: readonly T[]) =>
    new Map(list.map((one) => [key(one.scope, one.name), one]));
  const [queueByName, exchangeByName] = [byName(queues), byName(exchanges)];
  return {
    queues,
    exchanges,
    bindings,
    policies,
    permissions: ofRabbit("Permission").map((object) => ({
      object,
      scope: scopeOf(object),
      user: textAt(object.spec, "userReference", "name") ?? textAt(object.spec, "user") ?? "",
      rights: {
        configure: textAt(object.spec, "permissions", "configure") ?? "",
        write: textAt(object.spec, "permissions", "write") ?? "",
        read: textAt(object.spec, "permissions", "read") ?? "",
      },
    })),
    users: ofRabbit("User").map((object) => readUser(object, known)),
    queue: (scope, name) => queueByName.get(key(scope, name)),
    exchange: (scope, name) => exchangeByName.get(key(scope, name)),
    bindingsFrom: (scope, exchange) => bySource.get(key(scope, exchange)) ?? [],
  };
}

function readQueue(object: KubeObject, policies: readonly KubeObject[], vhosts: readonly KubeObject[]): Queue {
  const name = nameOf(object);
  const scope = scopeOf(object);
  const vhost = vhosts.find((one) => clusterOf(one) === clusterOf(object) && nameOf(one) === vhostOf(object));
  const type =
    textAt(object.spec, "type") ??
    textAt(object.spec, "arguments", "x-queue-type") ??
    textAt(vhost?.spec, "defaultQueueType") ??
    "classic";
  const targets = ["all", "queues", `${type}_queues`, ...(type === "stream" ? ["streams"] : [])];
  const matching = matchingPolicies(object, name, policies, "Policy", targets);
  const [policy] = matching;
  const [operatorPolicy] = matchingPolicies(object, name, policies, "OperatorPolicy", targets);
  const own = withoutPrefix(recordAt(object.spec, "arguments"));
  const [fromPolicy, fromOperator] = [recordAt(policy?.spec, "definition"), recordAt(operatorPolicy?.spec, "definition")];
  const settings = merged(own, fromPolicy, fromOperator);
  return {
    object,
    scope,
    name,
    type,
    settings,
    policies: matching,
    origin: (setting) => {
      const source = [
        { from: own, object, path: ["spec", "arguments", `x-${setting}`] },
        { from: fromOperator, object: operatorPolicy, path: ["spec", "definition", setting] },
        { from: fromPolicy, object: policy, path: ["spec", "definition", setting] },
      ].find(({ from }) => from[setting] !== undefined && from[setting] === settings[setting]);
      if (source?.object !== undefined) return { object: source.object, path: source.path };
      return policy === undefined
        ? { object, path: ["spec", "arguments", `x-${setting}`] }
        : { object: policy, path: ["spec", "definition", setting] };
    },
  };
}

/**
 * An operator policy comes before a policy, and a queue's own argument before both; but of two numbers the lower one counts.
 * Source: https://www.rabbitmq.com/docs/policies#operator-policies-conflict, https://www.rabbitmq.com/docs/parameters
 */
function merged(own: Json, policy: Json, operatorPolicy: Json): Json {
  const settings: Record<string, unknown> = { ...policy };
  for (const stronger of [operatorPolicy, own]) {
    for (const [setting, value] of Object.entries(stronger)) {
      const other = settings[setting];
      settings[setting] = typeof other === "number" && typeof value === "number" ? lower(other, value) : value;
    }
  }
  return settings;
}

/** Below zero stands for no limit. */
function lower(a: number, b: number): number {
  return a < 0 || b < 0 ? Math.max(a, b) : Math.min(a, b);
}

/** Of all policies of a kind that match, RabbitMQ applies the one of the highest priority, and no other: the first. */
function matchingPolicies(
  object: KubeObject,
  name: string,
  policies: readonly KubeObject[],
  kind: "Policy" | "OperatorPolicy",
  targets: readonly string[],
): KubeObject[] {
  return policies
    .filter((policy) => policy.kind === kind && scopeOf(policy) === scopeOf(object))
    .filter((policy) => targets.includes(textAt(policy.spec, "applyTo") ?? "all"))
    .filter((policy) => matchesName(textAt(policy.spec, "pattern") ?? "", name))
    .sort((a, b) => (numberAt(b.spec, "priority") ?? 0) - (numberAt(a.spec, "priority") ?? 0));
}

/** Whether a regular expression of a policy or permission matches a name; unanchored ones match a part of it. */
export function matchesName(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return false;
  }
}

function readUser(object: KubeObject, known: Inventory): User {
  const secretName = textAt(object.spec, "importCredentialsSecret", "name");
  const secret = secretName === undefined ? undefined : known.find("Secret", object.namespace, secretName);
  const name = textAt(secret?.resource.inputs, "stringData", "username");
  const tags = Array.isArray(object.spec.tags) ? object.spec.tags.filter((tag) => typeof tag === "string") : [];
  return { object, cluster: clusterOf(object), tags, ...(name === undefined ? {} : { name }) };
}

function withoutPrefix(settings: Json): Json {
  return Object.fromEntries(Object.entries(settings).map(([setting, value]) => [setting.replace(/^x-/, ""), value]));
}

/** Name in the broker. */
export function nameOf({ spec, name }: Pick<KubeObject, "spec" | "name">): string {
  return textAt(spec, "name") ?? name;
}

/** Broker that an object belongs to, e.g. `mes-data/broker`; one that is there already is named by the Secret that leads to it. */
export function clusterOf({ namespace, spec }: Pick<KubeObject, "namespace" | "spec">): string {
  const reference = textsAt(spec, "rabbitmqClusterReference");
  const name = reference.name ?? textAt(spec, "rabbitmqClusterReference", "connectionSecret", "name") ?? "";
  return `${reference.namespace ?? namespace}/${name}`;
}

function vhostOf({ spec }: Pick<KubeObject, "spec">): string {
  return textAt(spec, "vhost") ?? "/";
}

/** Broker and virtual host. */
export function scopeOf(object: Pick<KubeObject, "namespace" | "spec">): string {
  return key(clusterOf(object), vhostOf(object));
}

function key(scope: string, name: string): string {
  return `${scope} ${name}`;
}
