import { LONGEST_RANGE } from "../../components/mes/slos/config";
import { bucketsOf, requestSource } from "../../components/mes/slos/indicators";
import { signalsOf } from "../../components/mes/role/signals";
import { didYouMean, parseDuration } from "../../components/schema";
import type { StackConfig } from "./schema";
import type { Problem } from "./validate";

type Slo = StackConfig["slos"]["objectives"][string];

/** An objective is of something that is there, and that somebody counts for as long as its budget lasts. */
export function* slos(config: StackConfig): Generator<Problem> {
  const { objectives, window } = config.slos;
  for (const [name, slo] of Object.entries(objectives))
    for (const { path, ...problem } of problemsOf(slo, config)) yield { path: ["slos", "objectives", name, ...path], ...problem };
  const { existing, prometheus } = config.monitoring;
  if (Object.keys(objectives).length > 0 && existing.prometheus === undefined) {
    const kept = parseDuration(prometheus.retention);
    const hint = `mes:monitoring.prometheus.retention is ${prometheus.retention}`;
    const tooShort = `their alerts look back three days, longer than metrics are kept (${hint}): keep them longer`;
    const tooLong = `is longer than metrics are kept (${hint}): shorten it, or keep them longer`;
    if (kept < LONGEST_RANGE) yield { path: ["slos", "objectives"], message: tooShort };
    else if (window !== undefined && parseDuration(window) > kept) yield { path: ["slos", "window"], message: tooLong };
  }
}

function* problemsOf(slo: Slo, config: StackConfig): Generator<Problem> {
  const { indicator, role, within, routes } = slo;
  if (indicator === "availability" && within !== undefined)
    yield { path: ["within"], message: "has no meaning for availability; take it out, or take latency" };
  if (indicator !== "availability" && within === undefined)
    yield { path: ["within"], message: `${indicator} needs it: seconds that are in time` };
  if (routes !== undefined && (indicator === "handling" || indicator === "freshness"))
    yield { path: ["routes"], message: `has no meaning for ${indicator}; take it out` };
  if (indicator === "freshness") {
    if (role !== undefined)
      yield { path: ["role"], message: "has no meaning for freshness, which is of the outbox; take it out" };
    if (config.postgres === undefined) yield { path: ["indicator"], message: "needs mes:postgres: the outbox is in it" };
    return;
  }
  if (role === undefined) {
    yield { path: ["role"], message: `${indicator} needs it: whose requests or messages` };
    return;
  }
  yield* problemsOfRole(slo, role, config);
}

function* problemsOfRole(slo: Slo, name: string, config: StackConfig): Generator<Problem> {
  const role = config.roles[name];
  if (role?.enabled !== true) {
    const known = Object.keys(config.roles).filter((one) => config.roles[one]?.enabled === true);
    const message =
      role === undefined ? `there is no role ${name}${didYouMean(name, known)}` : `the role ${name} is switched off`;
    yield { path: ["role"], message, ...(role === undefined ? { unknownName: { name, definedAt: ["roles"] } } : {}) };
    return;
  }
  const measured = config.gateway?.metrics !== undefined;
  if (slo.indicator === "handling") {
    if (role.consumes.length === 0) yield { path: ["role"], message: `${name} consumes no queue` };
    else if (signalsOf(role, measured).messages === "broker")
      yield { path: ["role"], message: `nobody measures how long ${name} handles a message: the broker does not know it` };
    else yield* bucket(slo, "image");
    return;
  }
  if (role.http === undefined) {
    yield { path: ["role"], message: `${name} serves no requests` };
    return;
  }
  const routed = measured ? { [name]: [] } : undefined;
  const source = requestSource(slo, {
    roles: config.roles,
    namespace: "",
    ...(routed === undefined ? {} : { gatewayRoutes: routed }),
  });
  if (source === "none") yield { path: ["role"], message: `nothing measures the requests of ${name}: set mes:gateway.metrics` };
  else if (source === "gateway" && slo.routes !== undefined)
    yield { path: ["routes"], message: "the gateway counts by role and not by route; take it out" };
  else if (slo.indicator === "latency") yield* bucket(slo, source);
}

/** What is in time is counted by a bucket of the histogram. */
function* bucket({ within }: Slo, source: "image" | "gateway"): Generator<Problem> {
  const buckets = bucketsOf(source);
  if (within === undefined || buckets.includes(within)) return;
  const near = [buckets.findLast((one) => one < within), buckets.find((one) => one > within)].filter((one) => one !== undefined);
  yield { path: ["within"], message: `the histogram has no bucket of ${within} s; take ${near.join(" or ")}` };
}
