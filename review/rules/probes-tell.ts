import { inventory, podsBehind, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { containersOf, type PodGroup } from "../kubernetes/pods";
import { at, isRecord, listAt, numberAt, textAt, type Json } from "../kubernetes/value";
import { commandProblem } from "./probes/commands";
import { reporter, type Finding, type Rule } from "./rule";

const name = "probes-tell";
const { error, warning } = reporter(name);

export const probesTell: Rule = {
  name,
  title: "Pods that get requests say when they are ready, and are restarted for a fault of their own only.",
  why: "Without readiness requests go to pods that cannot answer yet; a liveness probe that asks the database restarts every pod at once when the database is slow.",
  check: (plan) => {
    const known = inventory(plan);
    return [
      ...known.ofKind("Service").flatMap((service) => unasked(service, known)),
      ...known.pods.flatMap((group) => [
        ...unsaid(group, known),
        ...containersWithProbes(group).flatMap((one) => probeFindings(one, group)),
      ]),
    ];
  },
};

/** Groups that a Service leads to, and the container of the port, without readiness. */
function unasked(service: KubeObject, known: Inventory): Finding[] {
  const groups = podsBehind(service, known);
  return groups.flatMap((group): Finding[] => {
    const containers = listAt(group.spec, "containers");
    if (containers.length === 0) return [];
    const targets = listAt(service.spec, "ports").map((port) => at(port, "targetPort") ?? at(port, "port"));
    return containers.flatMap((container, i) => {
      const serves = listAt(container, "ports").some(
        (port) => targets.includes(at(port, "name")) || targets.includes(at(port, "containerPort")),
      );
      if (!serves || isRecord(at(container, "readinessProbe"))) return [];
      const message = `container ${textAt(container, "name") ?? "?"} has no readiness: ${title(service)} sends requests to it before it can answer, and while it ends; add a readinessProbe`;
      return [error(group.object.resource, [...group.specPath, "containers", i, "readinessProbe"], message)];
    });
  });
}

/** A rollout and a disruption budget count ready pods: without readiness every pod is one at once. Those behind a Service are looked at above. */
function unsaid(group: PodGroup, known: Inventory): Finding[] {
  const containers = listAt(group.spec, "containers");
  const serves = containers.some((container) => listAt(container, "ports").length > 0);
  if (!serves || group.finite || containers.some((container) => isRecord(at(container, "readinessProbe")))) return [];
  if (known.ofKind("Service").some((service) => podsBehind(service, known).includes(group))) return [];
  const message = `no container of ${title(group.object)} has readiness: a rollout goes on although the new pods do not work; add a readinessProbe`;
  return [error(group.object.resource, [...group.specPath, "containers", 0, "readinessProbe"], message)];
}

interface Probed {
  readonly container: unknown;
  readonly path: readonly (string | number)[];
}

function containersWithProbes({ spec, specPath }: PodGroup): Probed[] {
  return ["initContainers", "containers"].flatMap((field) =>
    listAt(spec, field).map((container, i) => ({ container, path: [...specPath, field, i] })),
  );
}

const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;

function probeFindings({ container, path }: Probed, group: PodGroup): Finding[] {
  const { resource } = group.object;
  const own = textAt(container, "name") ?? "?";
  const found = (probe: string, message: string, how = error) => how(resource, [...path, probe], message);
  const ports = containersOf(group.spec).flatMap((one) => listAt(one, "ports"));
  const findings: Finding[] = [];
  for (const probe of PROBES) {
    const declared = at(container, probe);
    if (!isRecord(declared)) continue;
    const port = at(declared, "httpGet", "port") ?? at(declared, "tcpSocket", "port") ?? at(declared, "grpc", "port");
    if (port !== undefined && !isPort(port, container, ports)) {
      const message = `asks the port ${JSON.stringify(port)}, which no container of ${title(group.object)} declares: the pod is ${probe === "readinessProbe" ? "never ready" : "restarted for ever"}; correct it`;
      findings.push(found(probe, message));
    }
    const wrong = commandProblem(declared, ports);
    if (wrong !== undefined) {
      const message = `the command ${wrong}: container ${own} is ${probe === "readinessProbe" ? "never ready" : "restarted for ever"}; correct it`;
      findings.push(found(probe, message));
    }
    const host = textAt(declared, "httpGet", "host") ?? textAt(declared, "tcpSocket", "host");
    if (host !== undefined && host !== "" && !isSelf(host)) {
      findings.push(found(probe, `asks ${host}, and not the pod itself; remove host`));
    }
  }
  findings.push(...numbers(container, own, found));
  const liveness = at(container, "livenessProbe");
  if (!isRecord(liveness)) return findings;
  const asked = dependency(liveness);
  if (asked !== undefined) {
    const message = `container ${own} is restarted when ${asked} does not answer, and every other pod with it; ask only whether the process itself is alive`;
    findings.push(found("livenessProbe", message));
  }
  const [alive, ready] = [windowOf(liveness), at(container, "readinessProbe")];
  if (isRecord(ready) && alive < windowOf(ready)) {
    const message = `restarts container ${own} after ${alive} s, before readiness takes it out after ${windowOf(ready)} s: its requests are cut off; give it more time`;
    findings.push(found("livenessProbe", message));
  }
  if (alive < LEAST_LIVENESS) {
    const message = `restarts container ${own} after ${alive} s: a short pause of its node is enough; use at least 30 s`;
    findings.push(found("livenessProbe", message));
  }
  const startup = at(container, "startupProbe");
  if (isRecord(startup)) {
    const time = windowOf(startup) + (numberAt(startup, "initialDelaySeconds") ?? 0);
    if (time < LEAST_STARTUP) {
      const message = `container ${own} has ${time} s to start, and is restarted for ever if it takes longer; give it at least a minute`;
      findings.push(found("startupProbe", message));
    }
  } else if (alive + (numberAt(liveness, "initialDelaySeconds") ?? 0) < LEAST_START_WITHOUT) {
    findings.push(
      found("livenessProbe", `container ${own} has no startupProbe, and is restarted if it takes ${alive} s to start`, warning),
    );
  }
  return findings;
}

/** Seconds for which requests may go to a pod that does not answer. */
const MOST_READINESS = 120;
/** Seconds for which a pod may hang, and be started: a longer time is noticed by customers first. */
const MOST_LIVENESS = 15 * 60;
const MOST_STARTUP = 60 * 60;

type Found = (probe: string, message: string, how?: typeof error) => Finding;

function numbers(container: unknown, own: string, found: Found): Finding[] {
  const most = { readinessProbe: MOST_READINESS, livenessProbe: MOST_LIVENESS, startupProbe: MOST_STARTUP };
  return PROBES.flatMap((probe): Finding[] => {
    const declared = at(container, probe);
    if (!isRecord(declared)) return [];
    const findings: Finding[] = [];
    const late = windowOf(declared) + (probe === "readinessProbe" ? (numberAt(declared, "initialDelaySeconds") ?? 0) : 0);
    if (late > most[probe]) {
      const message = `takes ${late} s to notice that container ${own} does not answer; lower failureThreshold or periodSeconds`;
      findings.push(found(probe, message, warning));
    }
    return findings;
  });
}

/** Seconds that a process may hang for reasons that are not its own, as a full node or a long collection of garbage. */
const LEAST_LIVENESS = 15;
const LEAST_STARTUP = 15;
/** Programs that read a schema, fill a cache and connect to database and broker. */
const LEAST_START_WITHOUT = 90;

/** Seconds from the first failure on until a probe has its effect. */
function windowOf(probe: Json): number {
  return (numberAt(probe, "periodSeconds") ?? 10) * (numberAt(probe, "failureThreshold") ?? 3);
}

function isPort(port: unknown, container: unknown, all: readonly unknown[]): boolean {
  if (typeof port === "string" && !/^\d+$/.test(port)) {
    // A name is looked for in the container itself. What is known after apply cannot be judged.
    return port.startsWith("[") || listAt(container, "ports").some((one) => textAt(one, "name") === port);
  }
  // Containers of a pod share its address. Where none says its ports, nothing is known.
  return all.length === 0 || all.some((one) => numberAt(one, "containerPort") === Number(port));
}

function isSelf(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|\$\(?\{?POD_IP\}?\)?)$/.test(host);
}

/** Programs that ask another server. */
const CLIENTS =
  /\b(psql|pg_isready|mysql|mysqladmin|redis-cli|valkey-cli|rabbitmqctl|rabbitmq-diagnostics|amqp-\w+|curl|wget|nc|nslookup|dig)\b/;
/** Names of checks that answer for what is behind the process, too. */
const BEHIND =
  /(?:^|[/_-])(?:ready|readyz|readiness|dependenc(?:y|ies)|deps|deep|db|database|postgres|broker|rabbitmq|amqp|upstream)(?:$|[/_?-])/i;

/** Whom a liveness probe asks beside its own process. */
function dependency(probe: Json): string | undefined {
  const path = textAt(probe, "httpGet", "path");
  if (path !== undefined && BEHIND.test(path)) return `what ${path} asks for`;
  const service = textAt(probe, "grpc", "service");
  if (service !== undefined && BEHIND.test(service)) return `what ${service} asks for`;
  const command = listAt(probe, "exec", "command")
    .filter((part) => typeof part === "string")
    .join(" ");
  const client = CLIENTS.exec(command)?.[1];
  if (client === undefined) return undefined;
  const hosts = [
    ...command.matchAll(/(?:(?<![\w-])-[hd]\s*|--host[= ]|:\/\/(?:[^\s/@]*@)?|--server[= ])["']?(\[?[\w.$(){}:-]+)/g),
  ].map(([, host = ""]) => host.replace(/:\d+$/, ""));
  const others = hosts.filter((host) => !isSelf(host));
  if (others.length > 0) return others[0];
  // Without an address, clients of databases read it from the environment.
  return hosts.length === 0 && /^(?:psql|pg_isready|mysql|mysqladmin|amqp-\w+)$/.test(client) ? "its database" : undefined;
}
