import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { timeInWords } from "../../kubernetes/sizes";
import { brokerSettings, isBroker, isDatabase } from "../../kubernetes/systems";
import { isRecord, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("time-budgets");

/** Times of the systems that operators make: how soon they are given up, and how long they are waited for. */
export function systemTimes({ objects }: Inventory): Finding[] {
  return objects.flatMap((object) => {
    if (isDatabase(object)) return databaseProbes(object);
    return isBroker(object) ? [...heartbeats(object), ...startDelay(object), ...longPatience(object)] : [];
  });
}

/** A time, in seconds, and what is wrong with too little and too much of it. */
interface Budget {
  /** Below it, it fails. */
  readonly least: number;
  /** Below it, it fails under load. */
  readonly usual: number;
  readonly most: number;
  readonly early: string;
  readonly late: string;
}

/** Source: probes in the API of CloudNativePG 1.30; https://cloudnative-pg.io/documentation/1.30/instance_manager/#startup-liveness-and-readiness-probes */
const PROBES: Readonly<Record<"startup" | "liveness" | "readiness", Budget>> = {
  startup: {
    least: 60,
    usual: 300,
    most: Infinity,
    early: "an instance that recovers for longer after a crash is killed and begins again, without an end",
    late: "",
  },
  liveness: {
    least: 10,
    usual: 20,
    most: 900,
    early: "a pause as under every peak restarts it",
    late: "an instance that hangs stays for as long, and orders wait",
  },
  readiness: {
    least: 2,
    usual: 5,
    most: 120,
    early: "it is taken out of its Service at every pause",
    late: "requests go for as long to an instance that does not answer",
  },
};

/** Defaults of the operator: seconds between two questions, and until it gives up. */
const PERIOD = 10;
const LIVENESS = 30;

function databaseProbes({ resource, spec }: KubeObject): Finding[] {
  const patience = numberAt(spec, "livenessProbeTimeout");
  const own =
    patience === undefined ? [] : judged(resource, "spec.livenessProbeTimeout", "an instance", patience, PROBES.liveness);
  const probes = (["startup", "liveness", "readiness"] as const).flatMap((probe) => {
    const declared = recordAt(spec, "probes")[probe];
    const failures = numberAt(declared, "failureThreshold");
    const period = numberAt(declared, "periodSeconds") ?? PERIOD;
    // Without a number of failures, the operator derives it of startDelay and livenessProbeTimeout.
    if (!isRecord(declared) || failures === undefined) return [];
    return judged(resource, `spec.probes.${probe}.failureThreshold`, `${probe} of an instance`, failures * period, PROBES[probe]);
  });
  const timeout = numberAt(spec, "probes", "liveness", "timeoutSeconds");
  if (timeout === undefined || timeout <= (patience ?? LIVENESS)) return [...own, ...probes];
  const message = `liveness waits ${timeInWords(timeout)} for each answer, longer than it takes to give an instance up; lower it`;
  return [...own, ...probes, warning(resource, "spec.probes.liveness.timeoutSeconds", message)];
}

function judged(resource: KubeObject["resource"], path: string, what: string, seconds: number, budget: Budget): Finding[] {
  if (seconds < budget.usual) {
    const report = seconds < budget.least ? error : warning;
    return [report(resource, path, `${what} is given up after ${timeInWords(seconds)}: ${budget.early}; raise it`)];
  }
  if (seconds <= budget.most) return [];
  return [error(resource, path, `${what} is given up after ${timeInWords(seconds)} only: ${budget.late}; lower it`)];
}

/** Seconds without a word after which a connection counts as gone: of up to 1 false alarms are very likely, below 5 fairly. Source: https://www.rabbitmq.com/docs/heartbeats#false-positives */
const HEARTBEAT = { least: 1, usual: 5, most: 300 };
/** Seconds after which a node counts as gone. Source: https://www.rabbitmq.com/docs/nettick */
const NET_TICK = { least: 10, most: 300 };
const CONFIG = "spec.rabbitmq.additionalConfig";

function heartbeats(broker: KubeObject): Finding[] {
  const settings = brokerSettings(broker);
  const time = (key: string) => {
    const text = settings.get(key) ?? "";
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const findings: Finding[] = [];
  const found = (report: typeof error, message: string) => findings.push(report(broker.resource, CONFIG, message));
  const heartbeat = time("heartbeat");
  if (heartbeat === 0) {
    found(
      warning,
      "heartbeat is 0: a consumer that asks for none itself and is gone without a word keeps what it had in hand until TCP gives up; use 30",
    );
  } else if (heartbeat !== undefined && heartbeat < HEARTBEAT.usual) {
    found(
      heartbeat > HEARTBEAT.least ? warning : error,
      `heartbeat is ${heartbeat} s: a short pause of a program closes its connection, and what it had in hand is handled twice; use 30`,
    );
  } else if (heartbeat !== undefined && heartbeat > HEARTBEAT.most) {
    found(
      warning,
      `heartbeat is ${timeInWords(heartbeat)}: a consumer that is gone without a word keeps what it had in hand for twice as long; use 30`,
    );
  }
  const tick = time("net_ticktime");
  if (tick !== undefined && tick < NET_TICK.least) {
    found(
      warning,
      `net_ticktime is ${tick} s: nodes take each other for gone at every peak, and queues change their leaders; use 60`,
    );
  } else if (tick !== undefined && tick > NET_TICK.most) {
    found(warning, `net_ticktime is ${timeInWords(tick)}: queues of a node that hangs stand still for as long; use 60`);
  }
  return findings;
}

/** Seconds that a node may wait before it starts; the operator's own is 30. Source: delayStartSeconds of the cluster operator 2.20 */
const START_DELAY = { usual: 120, most: 3600 };

function startDelay({ resource, spec }: KubeObject): Finding[] {
  const delay = numberAt(spec, "delayStartSeconds") ?? 0;
  if (delay <= START_DELAY.usual) return [];
  const report = delay > START_DELAY.most ? error : warning;
  const message = `each node waits ${timeInWords(delay)} before it starts: in a rollout queues have one copy less for as long, once for each node; lower mes:broker.startDelay`;
  return [report(resource, "spec.delayStartSeconds", message)];
}

/** Milliseconds after which somebody has noticed a consumer that hangs; the broker's own is 30 minutes. */
const LONGEST_PATIENCE = 12 * 3_600_000;

function longPatience(broker: KubeObject): Finding[] {
  const timeout = Number(brokerSettings(broker).get("consumer_timeout") ?? Number.NaN);
  if (!(timeout > LONGEST_PATIENCE)) return [];
  const message = `consumer_timeout is ${timeInWords(timeout / 1000)}: a consumer that hangs keeps for as long what it has fetched, and nobody else is given it; lower mes:broker.consumerTimeout`;
  return [warning(broker.resource, CONFIG, message)];
}

/** Seconds for which pods stay bound to a node that is gone; Kubernetes' own is 300. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions */
const BOUND = { least: 5, usual: 600, most: 1800 };
const GONE = ["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"];

/** How soon pods of a dead node are recreated elsewhere. */
export function evictionTimes({ pods, scale }: Inventory): Finding[] {
  return pods.flatMap((group) => {
    const { object, spec, specPath, perNode, finite } = group;
    if (perNode || finite) return [];
    const alone = scale(group).max <= 1;
    const { resource } = object;
    const places: readonly (readonly [readonly string[], unknown])[] = [
      [[...specPath, "tolerations"], spec.tolerations],
      [["spec", "affinity", "tolerations"], recordAt(object.spec, "affinity").tolerations],
      [["spec", "tolerations"], object.spec.tolerations],
      [["spec", "template", "spec", "tolerations"], recordAt(object.spec, "template", "spec").tolerations],
    ];
    const seen = new Set<unknown>();
    return places.flatMap(([path, tolerations]) => {
      if (!Array.isArray(tolerations) || seen.has(tolerations)) return [];
      seen.add(tolerations);
      return tolerations.flatMap((toleration, i): Finding[] => {
        const { effect, tolerationSeconds } = recordAt(toleration);
        const key = textAt(toleration, "key") ?? "";
        const about = key === "" || GONE.includes(key);
        if (!about || (effect !== undefined && effect !== "" && effect !== "NoExecute")) return [];
        const found = (report: typeof error, how: string) => [report(resource, [...path, i], `${title(object)} ${how}`)];
        if (tolerationSeconds === undefined) {
          return found(
            warning,
            "stays on a node that is gone for ever, and is never made again elsewhere; give the toleration tolerationSeconds: 60",
          );
        }
        const time = Number(tolerationSeconds);
        if (time < BOUND.least)
          return found(
            warning,
            `is taken from its node after ${time} s without a word of it: a short pause of the network is enough; use 60`,
          );
        if (time <= BOUND.usual) return [];
        return found(
          time > BOUND.most && alone ? error : warning,
          `stays on a node that is gone for ${timeInWords(time)}: what it should do waits; lower tolerationSeconds to 60`,
        );
      });
    });
  });
}
