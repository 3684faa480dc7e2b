import { formatBytes } from "../../components/schema";
import type { Inventory } from "../kubernetes/inventory";
import { inventory } from "../kubernetes/inventory";
import { imagesOf } from "../kubernetes/images";
import { network, type PolicyPath } from "../kubernetes/network";
import type { KubeObject } from "../kubernetes/objects";
import type { PodGroup } from "../kubernetes/pods";
import { at, entriesAt, listAt, numberAt, textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { count } from "../rules/rule";
import { bucketRights } from "./bucket-rights";
import { INDENT, type Layout } from "./layout";
import { wrapUnits } from "./columns";
import type { Palette } from "./palette";

/** One thing that a reviewer looks for, and what there is to say of it. */
interface Detail {
  readonly name: string;
  readonly facts: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly details: readonly Detail[];
}

/** What a reviewer looks for in a plan, beside what runs: from its resources, and what the stack publishes of itself. */
export function sections(plan: Plan): Section[] {
  const known = inventory(plan);
  const all: Section[] = [
    { title: "images", details: images(known) },
    { title: "open to the outside", details: openings(known) },
    { title: "rights", details: rights(plan, known) },
    { title: "scaling", details: scaling(known) },
    { title: "queues", details: queues(known) },
    { title: "backups", details: backups(known) },
    { title: "who is told of alerts", details: told(plan) },
  ];
  return all.filter(({ details }) => details.length > 0);
}

export function detailLines(plan: Plan, { width, label: least }: Layout, palette: Palette): string[] {
  return sections(plan).flatMap(({ title, details }, i) => {
    const longest = Math.max(...details.map(({ name }) => name.length));
    const label = Math.max(least, Math.min(longest, Math.floor(width * MOST_OF_A_LINE)));
    return [
      ...(i === 0 ? [] : [""]),
      palette.strong(title),
      ...details.flatMap((detail) => oneDetail(detail, label, width, palette)),
    ];
  });
}

/** Part of a line that names may take. */
const MOST_OF_A_LINE = 0.55;

function oneDetail({ name, facts }: Detail, label: number, width: number, palette: Palette): string[] {
  const indent = " ".repeat(INDENT + label + 1);
  const units = facts.map((fact, i) => (i === facts.length - 1 ? fact : `${fact} ·`));
  const [first = "", ...rest] = wrapUnits(units, width - indent.length);
  const start = `${" ".repeat(INDENT)}${palette.dim(name.padEnd(label))} `;
  const head = name.length <= label ? [start + first] : [start, indent + first];
  return [...head, ...rest.map((text) => indent + text)].map((text) => text.trimEnd());
}

function images(known: Inventory): Detail[] {
  const users = new Map<string, string[]>();
  for (const { image, object } of known.objects.flatMap(imagesOf)) {
    users.set(image, [...(users.get(image) ?? []), `${object.kind} ${object.name}`]);
  }
  const details = [...users].sort(byName).map(([image, of]) => {
    const [first = "", ...others] = [...new Set(of)];
    return { name: image, facts: [others.length === 0 ? first : `${first} and ${count(others.length, "other")}`] };
  });
  const charts = known.helmReleases.map(({ chart, version, name }) => ({
    name: `chart ${chart.split("/").at(-1) ?? ""} ${version}`,
    facts: [`release ${name}, with the images that the chart names`],
  }));
  return [...details, ...charts.sort((a, b) => compare(a.name, b.name))];
}

/** Who may connect from elsewhere, and who may connect to anywhere. */
function openings(known: Inventory): Detail[] {
  const routes = known.ofKind("HTTPRoute").flatMap(({ spec }) =>
    listAt(spec, "rules").flatMap((rule) => {
      const to = listAt(rule, "backendRefs").map((backend) => textAt(backend, "name") ?? "");
      const paths = listAt(rule, "matches").map((match) => textAt(match, "path", "value") ?? "/");
      if (to.length === 0) return [];
      return listAt(spec, "hostnames").flatMap((host) =>
        (paths.length === 0 ? ["/"] : paths).map((path) => ({
          name: `https://${String(host)}${path}`,
          facts: [`→ ${to.join(", ")}`],
        })),
      );
    }),
  );
  const listeners = known.ofKind("Gateway").map(({ name, spec }) => ({
    name: `Gateway ${name}`,
    facts: listAt(spec, "listeners").map(
      (listener) =>
        `${textAt(listener, "protocol") ?? ""} ${numberAt(listener, "port") ?? ""} ${textAt(listener, "hostname") ?? "for every host"}`,
    ),
  }));
  const services = known
    .ofKind("Service")
    .filter(({ spec }) => ["LoadBalancer", "NodePort"].includes(textAt(spec, "type") ?? ""))
    .map(({ name, spec }) => {
      const ranges = listAt(spec, "loadBalancerSourceRanges").map(String);
      const ports = listAt(spec, "ports").map((port) => String(numberAt(port, "port") ?? ""));
      return {
        name: `${textAt(spec, "type") ?? ""} ${name}`,
        facts: [`port ${ports.join(", ")}`, ranges.length === 0 ? "for everybody" : `for ${ranges.join(", ")}`],
      };
    });
  const anywhere = network(known).paths.filter(
    (path) => path.direction === "egress" && (path.everybody || /^(?:0\.0\.0\.0|::)\/0$/.test(blockOf(path) ?? "")),
  );
  const out = new Map<string, Set<string>>();
  for (const path of anywhere) {
    const ports = portsOf(path);
    for (const group of path.selected) out.set(ports, (out.get(ports) ?? new Set()).add(group.object.name));
  }
  return [
    ...listeners,
    ...routes.sort((a, b) => compare(a.name, b.name)),
    ...services,
    ...[...out].sort(byName).map(([ports, names]) => ({ name: `to any address, ${ports}`, facts: [...names].sort(compare) })),
  ];
}

/** `port 443, 8000-8100, UDP 53` */
function portsOf({ ports }: PolicyPath): string {
  if (ports.length === 0) return "every port";
  const named = ports.map(({ protocol, port, endPort }) => {
    const number = port === undefined ? "every" : `${port}${endPort === undefined ? "" : `-${endPort}`}`;
    return protocol === "TCP" ? number : `${protocol} ${number}`;
  });
  return `port ${named.join(", ")}`;
}

function blockOf({ policy, path }: PolicyPath): string | undefined {
  return textAt(policy.resource.inputs, ...path, "ipBlock", "cidr");
}

/** What programs may do at the broker, in the database and with buckets, and where they may connect to. */
function rights(plan: Plan, known: Inventory): Detail[] {
  const permissions = new Map(
    known.ofKind("Permission").map((one) => [textAt(one.spec, "userReference", "name") ?? one.name, one]),
  );
  const memberships = new Map(
    known
      .ofKind("Cluster")
      .flatMap(({ spec }) => listAt(spec, "managed", "roles"))
      .map((role) => [textAt(role, "name") ?? "", listAt(role, "inRoles").map(String)] as const),
  );
  const buckets = bucketRights(plan);
  const { paths } = network(known);
  const seen = new Set<string>();
  const ofPrograms = known.pods.flatMap((group): Detail[] => {
    const { name } = group.object;
    const env = environmentOf(group);
    const facts: string[] = [];
    const permission = permissions.get(name);
    if (permission !== undefined && env.has("AMQP_HOST")) {
      seen.add(name);
      facts.push(...brokerRights(permission));
    }
    const user = env.get("PGUSER");
    const groups = user === undefined ? undefined : memberships.get(user);
    if (user !== undefined) facts.push(`database ${env.get("PGDATABASE") ?? ""} as ${user} (${groups?.join(", ") ?? "owner"})`);
    for (const [bucket, access] of buckets.get(name) ?? []) facts.push(`bucket ${bucket}: ${access}`);
    if (facts.length === 0) return [];
    const reached = reachable(group, paths);
    return [{ name, facts: [...facts, ...(reached.length === 0 ? [] : [`connects to ${reached.join(", ")}`])] }];
  });
  const others = [...permissions]
    .filter(([user]) => !seen.has(user))
    .map(([user, one]) => ({ name: `${user} (broker)`, facts: brokerRights(one) }));
  return [...ofPrograms.sort((a, b) => compare(a.name, b.name)), ...others.sort((a, b) => compare(a.name, b.name))];
}

function brokerRights({ spec }: KubeObject): string[] {
  const named = (right: string) => namesOf(textAt(spec, "permissions", right) ?? "");
  const parts = [
    { does: "consumes", names: named("read") },
    { does: "publishes to", names: named("write") },
    { does: "declares", names: named("configure") },
  ].filter(({ names }) => names !== "");
  return parts.length === 0 ? ["no queue and no exchange"] : parts.map(({ does, names }) => `${does} ${names}`);
}

/** The names that a regular expression of alternatives stands for; the expression itself, where it is another one. */
function namesOf(expression: string): string {
  if (expression === "" || expression === "^$") return "";
  const inner = /^\^\(((?:[\w|-]|\\\.)+)\)\$$/.exec(expression)?.[1];
  return inner === undefined ? expression : inner.replaceAll("\\.", ".").split("|").join(", ");
}

function environmentOf({ spec }: PodGroup): Map<string, string> {
  const variables = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")].flatMap((container) =>
    listAt(container, "env"),
  );
  return new Map(variables.map((variable) => [textAt(variable, "name") ?? "", textAt(variable, "value") ?? ""]));
}

function reachable(group: PodGroup, paths: readonly PolicyPath[]): string[] {
  const own = paths.filter((path) => path.direction === "egress" && path.selected.includes(group));
  const pods = own.flatMap((path) => path.peers?.groups ?? []).map(({ object }) => object.name);
  const blocks = own.flatMap((path) => {
    const block = blockOf(path);
    return block === undefined && !path.everybody ? [] : [`${block ?? "anybody"} ${portsOf(path)}`];
  });
  return [...[...new Set(pods)].sort(compare), ...new Set(blocks)].filter((name) => name !== group.object.name);
}

function scaling(known: Inventory): Detail[] {
  return known.autoscalers
    .map(({ object, target }) => {
      const scaled = object.kind === "ScaledObject";
      const least = numberAt(object.spec, scaled ? "minReplicaCount" : "minReplicas") ?? (scaled ? 0 : 1);
      const most = numberAt(object.spec, scaled ? "maxReplicaCount" : "maxReplicas") ?? (scaled ? 100 : least);
      const causes = scaled ? listAt(object.spec, "triggers").map(trigger) : listAt(object.spec, "metrics").map(metric);
      return { name: target.name, facts: [`${least} to ${count(most, "pod")}`, ...causes] };
    })
    .sort((a, b) => compare(a.name, b.name));
}

function trigger(one: unknown): string {
  const of = (key: string) => textAt(one, "metadata", key) ?? "";
  const type = textAt(one, "type") ?? "";
  switch (type) {
    case "cpu":
    case "memory":
      return `${type} above ${of("value")}${textAt(one, "metricType") === "AverageValue" ? "" : "%"}`;
    case "rabbitmq":
      return of("mode") === "MessageRate"
        ? `${of("queueName")} above ${of("value")} messages a second for each pod`
        : `${of("queueName")} above ${of("value")} messages for each pod`;
    case "prometheus":
      return `${textAt(one, "name") ?? "query"} above ${of("threshold")} for each pod`;
    case "cron":
      return `${of("desiredReplicas")} pods from ${of("start")} to ${of("end")} (${of("timezone")})`;
    default:
      return [type, ...entriesAt(one, "metadata").map(([key, value]) => `${key}=${String(value)}`)].join(" ");
  }
}

function metric(one: unknown): string {
  const kind = ["resource", "containerResource", "pods", "external", "object"].find((key) => at(one, key) !== undefined) ?? "";
  const name = textAt(one, kind, "name") ?? textAt(one, kind, "metric", "name") ?? kind;
  const percent = numberAt(one, kind, "target", "averageUtilization");
  const amount = at(one, kind, "target", "averageValue") ?? at(one, kind, "target", "value");
  return `${name} above ${percent === undefined ? String(amount) : `${percent}%`}`;
}

function queues(known: Inventory): Detail[] {
  const policies = [...known.ofKind("Policy"), ...known.ofKind("OperatorPolicy")];
  const bindings = known.ofKind("Binding");
  return known
    .ofKind("Queue")
    .map(({ spec, name: object }) => {
      const name = textAt(spec, "name") ?? object;
      const limits = new Map(entriesAt(spec, "arguments"));
      // Of the policies that match, the one of the highest priority holds; an operator's is added to it.
      const matching = policies.filter((policy) => matches(textAt(policy.spec, "pattern"), name));
      const own = matching
        .filter(({ kind }) => kind === "Policy")
        .sort((a, b) => (numberAt(b.spec, "priority") ?? 0) - (numberAt(a.spec, "priority") ?? 0));
      for (const policy of [...own.slice(0, 1), ...matching.filter(({ kind }) => kind === "OperatorPolicy")]) {
        for (const [key, value] of entriesAt(policy.spec, "definition")) limits.set(key, value);
      }
      const from = bindings
        .filter((binding) => textAt(binding.spec, "destination") === name)
        .map(
          ({ spec: of }) =>
            `from ${textAt(of, "source") ?? ""}${(textAt(of, "routingKey") ?? "") === "" ? "" : ` by ${textAt(of, "routingKey") ?? ""}`}`,
        );
      const said = [...limits]
        .filter(([key]) => key !== "x-queue-type")
        .map(
          ([key, value]) =>
            `${key.replace(/^x-/, "")} ${key.endsWith("-bytes") && typeof value === "number" ? formatBytes(value) : String(value)}`,
        );
      return { name, facts: [textAt(spec, "type") ?? "classic", ...from, ...said.sort(compare)] };
    })
    .sort((a, b) => compare(a.name, b.name));
}

function matches(pattern: string | undefined, name: string): boolean {
  try {
    return pattern !== undefined && new RegExp(pattern).test(name);
  } catch {
    return false;
  }
}

function backups(known: Inventory): Detail[] {
  return known
    .ofKind("Cluster")
    .filter(({ group }) => group === "postgresql.cnpg.io")
    .map((cluster) => {
      const schedules = known.ofKind("ScheduledBackup").filter(({ spec }) => textAt(spec, "cluster", "name") === cluster.name);
      const stores = listAt(cluster.spec, "plugins")
        .map((plugin) => textAt(plugin, "parameters", "barmanObjectName"))
        .flatMap((name) => (name === undefined ? [] : [known.find("ObjectStore", cluster.namespace, name)]));
      const facts = [
        ...schedules.map(({ spec }) => `the whole at ${textAt(spec, "schedule") ?? ""} (seconds first, UTC)`),
        ...stores.flatMap((store) =>
          store === undefined
            ? []
            : [
                `and every change, to ${textAt(store.spec, "configuration", "destinationPath") ?? "a bucket"}`,
                `kept ${textAt(store.spec, "retentionPolicy") ?? "for ever"}`,
              ],
        ),
      ];
      return { name: cluster.name, facts: facts.length === 0 ? ["none: what is lost is lost"] : facts };
    });
}

function told({ facts }: Plan): Detail[] {
  return (facts?.alerts ?? []).map(({ severity, receiver, ways }) => ({
    name: severity,
    facts: receiver === undefined ? ["nobody"] : [receiver, ...ways],
  }));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
