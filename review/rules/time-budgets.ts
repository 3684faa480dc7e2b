import { POD_FACTS } from "../../components/workload/facts";
import { inventory, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { preStopSeconds, type PodGroup } from "../kubernetes/pods";
import { timeInWords } from "../kubernetes/sizes";
import { brokerSettings, isBroker, isDatabase, parametersOf } from "../kubernetes/systems";
import { at, listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import { clusterOf, type Queue } from "../orders/broker";
import { flowOf, isRelay, type Flow } from "../orders/flow";
import type { PlannedProgram } from "../orders/programs";
import { shortestWindow } from "../orders/windows";
import { workSeconds } from "../orders/work";
import type { Resource } from "../plan/plan";
import { clientsOfDatabase, poolerTimes } from "./budgets/poolers";
import { deployTimes } from "./budgets/deploys";
import { alertTimes } from "./budgets/alerts";
import { evictionTimes, systemTimes } from "./budgets/systems";
import { goSeconds, routeTimes } from "./budgets/routes";
import { reporter, type Finding, type Rule } from "./rule";

const name = "time-budgets";
const { error, warning } = reporter(name);

export const timeBudgets: Rule = {
  name,
  title:
    "Times fit into each other along the way of an order: whoever waits, waits longer than whom it waits for, and whoever is stopped has time to finish.",
  why: "A caller that gives up first sends its order again, and it is made twice; a broker that takes a slow consumer for dead delivers again and again; a pod that is killed in the middle hands its orders to another, late.",
  check: (plan) => {
    const known = inventory(plan);
    const flow = flowOf(plan);
    const statements = statementTimeout(known, flow);
    const programs = (flow?.programs ?? []).filter(({ off, program }) => off === undefined && !program.outside);
    return [
      ...(flow === undefined ? [] : consumerFindings(flow, known)),
      ...programs.flatMap((one) => [
        ...callFindings(one, programs),
        ...statementFindings(one, statements),
        ...routeFindings(one, known),
        ...stopFindings(one, known),
      ]),
      ...databaseFindings(known, statements),
      ...known.ofKind("Pooler").flatMap((pooler) => poolerTimes(pooler, clientsOfDatabase(programs, requestSeconds))),
      ...routeTimes(known),
      ...deployTimes(plan, known),
      ...known.objects.filter(isBroker).flatMap((cluster) => [...brokerStop(cluster), ...brokerPatience(cluster)]),
      ...alertTimes(known),
      ...systemTimes(known),
      ...evictionTimes(known),
      ...scalingFindings(known),
      ...waitingFindings(flow),
    ];
  },
};

/** Of RabbitMQ, in milliseconds. Source: https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout */
const CONSUMER_TIMEOUT = 1_800_000;

/** The broker counts from the moment that it hands a message over: the last of a prefetch waits for all before it. */
function consumerFindings(flow: Flow, known: Inventory): Finding[] {
  return flow.broker.queues.flatMap((queue) => {
    const { timeout, resource, path } = consumerTimeout(queue, known);
    if (timeout === undefined) return [];
    return flow.consumers(queue).flatMap(({ program, off }) => {
      const work = workSeconds(program);
      if (off !== undefined || work === 0 || timeout / 1000 > work) return [];
      const message = `${queue.name} takes ${program.name} for dead after ${timeInWords(timeout / 1000)}, but its last message may wait ${timeInWords(work)} for those fetched before it: the broker delivers them again, without an end; raise mes:broker.consumerTimeout, or lower prefetch or handlingTime in ${program.key}.consumes`;
      return [error(resource, path, message)];
    });
  });
}

interface ConsumerTimeout {
  /** Milliseconds; absent where the broker waits for ever. */
  readonly timeout?: number;
  readonly resource: Resource;
  readonly path: readonly (string | number)[];
}

function consumerTimeout(queue: Queue, known: Inventory): ConsumerTimeout {
  const own = numberAt(queue.settings, "consumer-timeout");
  const { object, path } = queue.origin("consumer-timeout");
  if (own !== undefined) return { timeout: own, resource: object.resource, path };
  const cluster = known.objects.find((one) => isBroker(one) && clusterOf(queue.object) === `${one.namespace}/${one.name}`);
  if (cluster === undefined) return { timeout: CONSUMER_TIMEOUT, resource: object.resource, path };
  const text = brokerSettings(cluster).get("consumer_timeout");
  const place = { resource: cluster.resource, path: ["spec", "rabbitmq", "additionalConfig"] };
  const number = text === undefined ? CONSUMER_TIMEOUT : Number(text);
  return Number.isFinite(number) ? { timeout: number, ...place } : place;
}

/** Seconds of the longest request that a program serves: as its pods are told, or as the stack file says. */
function requestSeconds({ program, variables }: PlannedProgram): number | undefined {
  if (program.http === undefined) return undefined;
  const told = Number(variables.get("MES_REQUEST_TIMEOUT_SECONDS")?.value);
  return Number.isFinite(told) && told > 0 ? told : program.http.requestSeconds;
}

/** Who calls, waits longer than whom it calls. */
function callFindings(caller: PlannedProgram, programs: readonly PlannedProgram[]): Finding[] {
  const patience = requestSeconds(caller);
  return caller.program.calls.flatMap((called) => {
    const callee = programs.find(({ program }) => program.name === called);
    const needs = callee === undefined ? undefined : requestSeconds(callee);
    if (callee === undefined || patience === undefined || needs === undefined || patience >= needs) return [];
    const message = `${caller.program.name} gives a request up after ${timeInWords(patience)}, but ${called}, which it calls, works on it for up to ${timeInWords(needs)}: the work is done for nobody, and again when the request is sent again; raise ${caller.program.key}.http.requestTimeout above ${timeInWords(needs)}, or lower ${callee.program.key}.http.requestTimeout`;
    return [error(caller.resource, caller.variables.get("MES_REQUEST_TIMEOUT_SECONDS")?.path ?? "", message)];
  });
}

interface StatementTimeout {
  /** Seconds; 0 for never. */
  readonly seconds: number;
  readonly resource?: Resource;
}

const SECONDS: Readonly<Record<string, number>> = { "": 0.001, ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

/** How long a statement of a program may take: as a script of the plan sets it, as the database is told, or as the stack file says. */
function statementTimeout(known: Inventory, flow: Flow | undefined): StatementTimeout | undefined {
  for (const { resource } of known.ofKind("ConfigMap")) {
    for (const [file, text] of Object.entries(recordAt(resource.inputs, "data"))) {
      if (!file.endsWith(".sql") || typeof text !== "string") continue;
      const [, digits, unit = ""] = /\bSET\s+statement_timeout\s*(?:=|TO)\s*'?(\d+)\s*([a-z]*)'?/i.exec(text) ?? [];
      const factor = SECONDS[unit.toLowerCase()];
      if (digits !== undefined && factor !== undefined) return { seconds: Number(digits) * factor, resource };
    }
  }
  for (const cluster of known.objects.filter(isDatabase)) {
    const [, digits, unit = ""] = /^(\d+)\s*([a-z]*)$/i.exec(parametersOf(cluster).get("statement_timeout") ?? "") ?? [];
    const factor = SECONDS[unit.toLowerCase()];
    if (digits !== undefined && factor !== undefined) return { seconds: Number(digits) * factor, resource: cluster.resource };
  }
  return flow === undefined ? undefined : { seconds: flow.facts.statementSeconds };
}

/** A request that was given up must not be written down all the same. */
function statementFindings(one: PlannedProgram, statements: StatementTimeout | undefined): Finding[] {
  const { program, resource } = one;
  const request = requestSeconds(one);
  if (statements === undefined || program.database === undefined || request === undefined) return [];
  if (statements.seconds > 0 && statements.seconds <= request) return [];
  const report = program.database === "readonly" ? warning : error;
  const how =
    statements.seconds === 0 ? "never ends a statement" : `ends a statement after ${timeInWords(statements.seconds)} only`;
  const harm =
    program.database === "readonly" ? "it reads on for nobody" : "it may write an order down that its sender takes for refused";
  const message = `${program.name} gives a request up after ${timeInWords(request)}, and the database ${how}: ${harm}; lower mes:postgres.statementTimeout to ${timeInWords(request)} or less, or raise ${program.key}.http.requestTimeout`;
  return [report(resource, one.variables.get("MES_REQUEST_TIMEOUT_SECONDS")?.path ?? "", message)];
}

/** Seconds after which Envoy gives a request up that no route says anything of. Source: envoy's RouteAction.timeout */
const ROUTE_TIMEOUT = 15;

/** The gateway waits at least as long as the program works. */
function routeFindings(one: PlannedProgram, known: Inventory): Finding[] {
  const { program, group } = one;
  const request = requestSeconds(one);
  if (request === undefined || group === undefined) return [];
  const rules = known.ofKind("HTTPRoute").flatMap((route) =>
    listAt(route.spec, "rules").flatMap((rule, i) => {
      const leads = listAt(rule, "backendRefs").some(
        (backend) =>
          textAt(backend, "name") === program.name && (textAt(backend, "namespace") ?? route.namespace) === group.namespace,
      );
      if (!leads) return [];
      const text = textAt(rule, "timeouts", "request");
      const paths = listAt(rule, "matches").flatMap((match) => textAt(match, "path", "value") ?? []);
      return [
        {
          route,
          path: ["spec", "rules", i, "timeouts", "request"],
          seconds: goSeconds(text) ?? ROUTE_TIMEOUT,
          stated: text,
          paths,
        },
      ];
    }),
  );
  const patient = rules.some(({ seconds }) => seconds === 0 || seconds >= request);
  return rules
    .filter(({ seconds }) => seconds !== 0 && seconds < request)
    .map(({ route, path, seconds, stated, paths }) => {
      const how =
        stated === undefined
          ? `has no timeout, so that the gateway's own counts (Envoy's is ${ROUTE_TIMEOUT} s)`
          : `gives a request up after ${timeInWords(seconds)}`;
      const message = `the route to ${program.name} (${paths.join(", ")}) ${how}, and the program works on it for up to ${timeInWords(request)}: an order may be made that its sender takes for failed, and sends again; raise ${program.key}.routes[].timeout, or lower http.requestTimeout`;
      // A path that is quicker than the others may give up sooner; a program that has only such paths works too long.
      return (patient ? warning : error)(route.resource, path, message);
    });
}

/** Seconds for a pod that goes to be taken out of Services, gateways and kube-proxies. */
const DEREGISTRATION = { least: 3, usual: 5 };
/** Seconds that a batch of the relay needs to be confirmed and marked. */
const BATCH = 5;

/** A pod that is stopped finishes what it has taken on. */
function stopFindings(one: PlannedProgram, known: Inventory): Finding[] {
  const { program, group, resource, variables } = one;
  if (group === undefined) return [];
  const findings: Finding[] = [];
  const grace = numberAt(group.spec, "terminationGracePeriodSeconds") ?? 30;
  const waiting = preStopSeconds(group);
  const request = requestSeconds(one) ?? 0;
  const work = Math.max(workSeconds(program), request);
  const drain = variables.get("MES_DRAIN_SECONDS");
  const path = [...group.specPath, "terminationGracePeriodSeconds"];
  if (program.http !== undefined && waiting < DEREGISTRATION.usual) {
    const report = waiting < DEREGISTRATION.least ? error : warning;
    const message = `${program.name} is told to stop ${timeInWords(waiting)} after it began to be taken out of the gateway and of Services, which may take ${timeInWords(DEREGISTRATION.usual)}: requests that still come are refused; raise ${program.key}.shutdown.preStop`;
    findings.push(report(resource, [...group.specPath, "containers"], message));
  }
  const told = drain === undefined ? undefined : Number(drain.value);
  const needed = Math.max(work, told ?? 0);
  if (needed > 0 && grace <= waiting + needed && !fetchedMessagesTold(group, grace - waiting)) {
    const message = `${program.name} is killed ${timeInWords(grace)} after it is asked to stop, but may need ${timeInWords(waiting)} of preStop and ${timeInWords(needed)} for what it has taken on; give it more`;
    findings.push(error(resource, path, message));
  }
  if (told !== undefined && told < work) {
    const message = `${program.name} is told to finish within ${timeInWords(told)} (MES_DRAIN_SECONDS), but may need ${timeInWords(work)} for what it has taken on; raise it`;
    findings.push(error(resource, drain?.path ?? "", message));
  } else if (told !== undefined && isRelay(program) && told < BATCH) {
    const message = `${program.name} is told to finish within ${timeInWords(told)}: a batch that is published and not marked is sent again by another; raise ${program.key}.shutdown.drain`;
    findings.push(error(resource, drain?.path ?? "", message));
  }
  return [...findings, ...lingerFindings(one, known)];
}

/** Whether `graceful-shutdown` says already that there is too little time. */
function fetchedMessagesTold({ annotations }: PodGroup, time: number): boolean {
  const prefetch = numberAt(annotations, POD_FACTS.prefetch);
  const handling = numberAt(annotations, POD_FACTS.handlingSeconds);
  return prefetch !== undefined && handling !== undefined && time <= prefetch * handling;
}

/** What a pod has counted last must still be read. */
function lingerFindings({ program, variables, resource }: PlannedProgram, known: Inventory): Finding[] {
  const linger = variables.get("MES_METRICS_LINGER_SECONDS");
  const intervals = known.ofKind("Prometheus").flatMap(({ spec }) => goSeconds(textAt(spec, "scrapeInterval")) ?? []);
  const told = Number(linger?.value);
  if (linger === undefined || intervals.length === 0 || !Number.isFinite(told)) return [];
  const interval = Math.max(...intervals);
  if (told >= interval) return [];
  const message = `${program.name} ends ${timeInWords(told)} after its last work, and is asked for its counts every ${timeInWords(interval)}: each stop looks like a lost order; raise ${program.key}.shutdown.linger`;
  return [warning(resource, linger.path, message)];
}

/** Seconds that a database needs to write down what is in memory, before it is killed. */
const CHECKPOINT = 30;
/** Seconds that a database may need to start after a crash. */
const RECOVERY = 300;
/** Seconds that an order may wait for an update of the database. */
const SWITCHOVER = 300;

/** Source: https://cloudnative-pg.io/documentation/1.30/instance_manager/#shutdown-control */
function databaseFindings(known: Inventory, statements: StatementTimeout | undefined): Finding[] {
  const clusters = known.objects.filter(isDatabase).flatMap(({ spec, resource }) => {
    const stop = numberAt(spec, "stopDelay") ?? 1800;
    const smart = numberAt(spec, "smartShutdownTimeout") ?? 180;
    const start = numberAt(spec, "startDelay") ?? 3600;
    const failover = numberAt(spec, "failoverDelay") ?? 0;
    const several = (numberAt(spec, "instances") ?? 1) > 1;
    const switchover = several ? (numberAt(spec, "switchoverDelay") ?? 0) : 0;
    const findings: Finding[] = [];
    if (stop < smart + CHECKPOINT) {
      const message = `an instance is killed ${timeInWords(stop)} after it is asked to stop, of which it waits ${timeInWords(smart)} for its clients (smartShutdownTimeout): too little to write down what is in memory, so it starts with a recovery; raise stopDelay`;
      findings.push(error(resource, "spec.stopDelay", message));
    }
    if (start < RECOVERY) {
      const message = `an instance that recovers for longer than ${timeInWords(start)} is killed and begins again, without an end; raise startDelay`;
      findings.push(error(resource, "spec.startDelay", message));
    }
    if (switchover > SWITCHOVER) {
      const message = `at each update nobody writes for up to ${timeInWords(switchover)}, while the old primary waits for its archive; lower switchoverDelay`;
      findings.push(warning(resource, "spec.switchoverDelay", message));
    }
    if (failover > 60) {
      const message = `no replica takes over before the primary is away for ${timeInWords(failover)}: no order is written until then; lower failoverDelay`;
      findings.push(error(resource, "spec.failoverDelay", message));
    }
    return findings;
  });
  const poolers = known.ofKind("Pooler").flatMap(({ spec, resource }) => {
    const findings: Finding[] = [];
    const grace = numberAt(spec, "template", "spec", "terminationGracePeriodSeconds") ?? 30;
    if (statements !== undefined && statements.seconds > grace) {
      const message = `a pooler is killed ${timeInWords(grace)} after it is asked to stop, and a statement may take ${timeInWords(statements.seconds)}: it is broken off in the middle; raise terminationGracePeriodSeconds, or lower mes:postgres.statementTimeout`;
      findings.push(error(resource, "spec.template.spec.terminationGracePeriodSeconds", message));
    }
    const wait = numberAt(spec, "pgbouncer", "parameters", "query_wait_timeout");
    if (wait === 0) {
      const message =
        "a program waits for a connection for ever, and its requests with it; set queryWait in mes:postgres.poolers";
      findings.push(error(resource, "spec.pgbouncer.parameters.query_wait_timeout", message));
    }
    return findings;
  });
  return [...clusters, ...poolers];
}

/** Seconds that a node of a broker waits at least until each queue has a majority without it. */
const NODE_STOP = 600;

/** Source: https://www.rabbitmq.com/kubernetes/operator/using-operator#terminationGracePeriodSeconds */
function brokerStop({ spec, resource }: KubeObject): Finding[] {
  const grace = numberAt(spec, "terminationGracePeriodSeconds");
  if (grace === undefined || grace >= NODE_STOP || (numberAt(spec, "replicas") ?? 1) < 2) return [];
  const message = `a node is killed ${timeInWords(grace)} after it is asked to stop, although queues may not have a majority without it by then, and stand still; raise mes:broker.terminationGracePeriod (a week is the operator's own)`;
  return [error(resource, "spec.terminationGracePeriodSeconds", message)];
}

/** Milliseconds below which a consumer that only waits for the database is taken for dead. */
const PATIENCE = 60_000;

/** What counts for queues that say nothing themselves, those of tomorrow too. */
function brokerPatience(cluster: KubeObject): Finding[] {
  const timeout = Number(brokerSettings(cluster).get("consumer_timeout") ?? Number.NaN);
  if (!(timeout > 0 && timeout < PATIENCE)) return [];
  const message = `consumer_timeout is ${timeInWords(timeout / 1000)}: whoever takes longer for a message is cut off, and the message is delivered again; raise mes:broker.consumerTimeout`;
  return [warning(cluster.resource, "spec.rabbitmq.additionalConfig", message)];
}

/** Seconds below which less load is no more than a pause. */
const SHORTEST_DOWN = 60;
/** Seconds in which pods of a window start and do something. */
const SHORTEST_WINDOW = 600;

/** Pods that an autoscaler adds have time to start, to work and to go. */
function scalingFindings(known: Inventory): Finding[] {
  return known.autoscalers.flatMap(({ object, target, min }) => {
    const group = known.pods.find(
      ({ object: one }) => one.kind === target.kind && one.name === target.name && one.namespace === target.namespace,
    );
    const leaves = group === undefined ? 0 : drainSeconds(group);
    const behavior = at(object.spec, "advanced", "horizontalPodAutoscalerConfig", "behavior") ?? at(object.spec, "behavior");
    const findings: Finding[] = [];
    const down = numberAt(behavior, "scaleDown", "stabilizationWindowSeconds");
    if (down !== undefined && down < leaves) {
      const message = `takes pods away after ${timeInWords(down)} of less load, and a pod needs up to ${timeInWords(leaves)} to go: pods come and go all the time, each with work in hand; raise mes:roles.${target.name}.scale.behavior.down.stabilization`;
      findings.push((down < SHORTEST_DOWN ? error : warning)(object.resource, "spec", message));
    }
    const up = numberAt(behavior, "scaleUp", "stabilizationWindowSeconds");
    if (up !== undefined && up > SHORTEST_WINDOW / 2) {
      const message = `adds pods only after ${timeInWords(up)} of more load: orders wait for that long; lower mes:roles.${target.name}.scale.behavior.up.stabilization`;
      findings.push((up >= SHORTEST_WINDOW ? error : warning)(object.resource, "spec", message));
    }
    const cooldown = numberAt(object.spec, "cooldownPeriod");
    if (min === 0 && cooldown !== undefined && cooldown < leaves) {
      const message = `takes the last pod away after ${timeInWords(cooldown)} without work, and a pod needs up to ${timeInWords(leaves)} to go; raise mes:roles.${target.name}.scale.cooldown`;
      findings.push(error(object.resource, "spec.cooldownPeriod", message));
    }
    return [...findings, ...windowFindings(object, target.name, leaves)];
  });
}

/** Seconds from the order to stop until a pod is killed at the latest. */
function drainSeconds({ spec }: PodGroup): number {
  return numberAt(spec, "terminationGracePeriodSeconds") ?? 30;
}

function windowFindings({ spec, resource }: KubeObject, role: string, leaves: number): Finding[] {
  return listAt(spec, "triggers").flatMap((trigger, i) => {
    const [start, end] = [textAt(trigger, "metadata", "start"), textAt(trigger, "metadata", "end")];
    if (textAt(trigger, "type") !== "cron" || start === undefined || end === undefined) return [];
    const path = ["spec", "triggers", i, "metadata"];
    const window = shortestWindow(start, end);
    const key = `mes:roles.${role}.scale.schedule`;
    if (window === undefined) {
      return [
        error(
          resource,
          path,
          `its window (${start} to ${end}) never opens, or never closes again within a month; correct ${key}`,
        ),
      ];
    }
    const least = Math.max(SHORTEST_WINDOW, leaves);
    if (window >= least) return [];
    const message = `its window (${start} to ${end}) is open for ${timeInWords(window)}, and pods need ${timeInWords(least)} to start, to work and to go: they do nothing; widen ${key}`;
    return [error(resource, path, message)];
  });
}

/** Seconds after which an order is late, whatever is sold. */
const DAY = 86_400;

function waitingFindings(flow: Flow | undefined): Finding[] {
  if (flow === undefined) return [];
  return flow.broker.queues.flatMap((queue) => {
    const wait = flow.waiting(queue);
    if (wait === undefined) return [];
    const work = Math.max(0, ...flow.consumers(queue).map(({ program }) => workSeconds(program)));
    const key = `mes:broker.queues.${queue.name}.drainWithin`;
    if (wait >= DAY)
      return [
        error(
          queue.object.resource,
          "",
          `nobody is told before an order has waited ${timeInWords(wait)} in ${queue.name}; lower ${key}`,
        ),
      ];
    if (wait > work) return [];
    const message = `somebody is woken when a message of ${queue.name} waits ${timeInWords(wait)}, and a pod alone takes ${timeInWords(work)} for the messages that it has fetched; raise ${key}, or lower the prefetch`;
    const single = Math.max(
      0,
      ...flow.consumers(queue).flatMap(({ program }) => program.consumes.map(({ handlingSeconds = 0 }) => handlingSeconds)),
    );
    return [(wait <= single ? error : warning)(queue.object.resource, "", message)];
  });
}
