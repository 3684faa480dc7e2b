import { bytesOfParameter, millisecondsOfParameter } from "../../../components/postgres/parameters";
import type { KubeObject } from "../../kubernetes/objects";
import { inWords, timeInWords } from "../../kubernetes/sizes";
import { parametersOf } from "../../kubernetes/systems";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("settings-fit");

/** What a time of the server may be, in milliseconds; 0 stands for never. Source: https://www.postgresql.org/docs/18/runtime-config.html */
interface Times {
  /** Below it, usual work fails. */
  readonly least?: number;
  /** Above it, others wait for too long. */
  readonly most?: number;
  /** What 0 does, where that is no way to run a shop. */
  readonly never?: string;
  readonly harm: string;
}

const S = 1000;
const MIN = 60 * S;

const TIMES: Readonly<Record<string, Times>> = {
  lock_timeout: { least: S, harm: "whoever waits for a row that another one writes fails, and its order with it" },
  statement_timeout: { least: S, harm: "statements of orders are broken off under load" },
  transaction_timeout: { least: 5 * S, harm: "connections are cut in the middle of an order" },
  idle_in_transaction_session_timeout: {
    least: S,
    most: 10 * MIN,
    never: "a transaction that its program has left holds its locks without an end, and orders wait",
    harm: "a program that computes between two statements loses its transaction",
  },
  idle_session_timeout: { least: MIN, harm: "connections that poolers and programs keep are cut" },
  deadlock_timeout: { least: 100, most: 10 * S, harm: "is when two that wait for each other are told apart; the default is 1s" },
  authentication_timeout: { least: 5 * S, harm: "nobody logs in while the server is busy" },
  checkpoint_timeout: { least: MIN, most: 60 * MIN, harm: "decides how much is written twice, and how long a recovery takes" },
  wal_sender_timeout: { least: S, most: 5 * MIN, harm: "decides when a replica that vanished is given up" },
  wal_receiver_timeout: { least: S, most: 5 * MIN, harm: "decides when a primary that vanished is given up" },
  tcp_user_timeout: { least: S, harm: "connections are cut when a packet is late" },
  recovery_min_apply_delay: { most: S, harm: "a replica that takes over has to catch up first: no order is written until then" },
  commit_delay: { most: 10, harm: "each commit waits for it" },
  vacuum_cost_delay: { most: 20, harm: "tables are cleaned more slowly than they grow" },
  autovacuum_naptime: { most: 10 * MIN, harm: "tables are cleaned more slowly than they grow" },
};

/** Below it, no statement of a shop ends in time, whatever the parameter is about. */
const SHORTEST = 100;

const KEY = "mes:postgres.parameters";

/** Times of the server with which orders fail or wait. */
export function timesFit({ resource, ...object }: KubeObject): Finding[] {
  return [...parametersOf({ resource, ...object })].flatMap(([parameter, text]) => {
    const time = millisecondsOfParameter(parameter, text);
    if (time === undefined) return [];
    const path = ["spec", "postgresql", "parameters", parameter];
    const times = Object.hasOwn(TIMES, parameter) ? TIMES[parameter] : undefined;
    const { least, most, never, harm } = times ?? { least: SHORTEST, harm: "what takes longer is broken off" };
    if (times === undefined && !parameter.endsWith("_timeout")) return [];
    if (time <= 0) {
      return never === undefined ? [] : [warning(resource, path, `${parameter} is 0: ${never}; use 60s (${KEY})`)];
    }
    const words = time < S ? `${time} ms` : timeInWords(time / S);
    if (least !== undefined && time < least)
      return [error(resource, path, `${parameter} is ${words}: ${harm}; raise it (${KEY})`)];
    if (most !== undefined && time > most)
      return [warning(resource, path, `${parameter} is ${words}: ${harm}; lower it (${KEY})`)];
    return [];
  });
}

/** Bytes of temporary files below which sorts of usual reports and of indexes are broken off. */
const TEMPORARY = { error: 64 * 2 ** 20, warning: 2 ** 30 };

/** Source: https://www.postgresql.org/docs/18/runtime-config-resource.html#GUC-TEMP-FILE-LIMIT */
export function temporaryFiles(cluster: KubeObject): Finding[] {
  const text = parametersOf(cluster).get("temp_file_limit");
  const bytes = text === undefined ? undefined : bytesOfParameter("temp_file_limit", text);
  if (bytes === undefined || bytes < 0 || bytes >= TEMPORARY.warning) return [];
  const report = bytes < TEMPORARY.error ? error : warning;
  const message = `temp_file_limit is ${inWords(bytes)}: a sort that does not fit into work_mem is broken off beyond it, and its order fails; raise it (${KEY})`;
  return [report(cluster.resource, "spec.postgresql.parameters.temp_file_limit", message)];
}

/** Bytes that a connection takes at least, without any sort. Source: https://techcommunity.microsoft.com/blog/adforpostgresql/measuring-the-memory-overhead-of-a-postgres-connection/1581082 */
const CONNECTION = 2 * 2 ** 20;

/**
 * @param fixed bytes that the server takes whether anybody connects or not
 * @param limit bytes of an instance
 */
export function connectionMemory(cluster: KubeObject, connections: number, fixed: number, limit: number): Finding[] {
  if (fixed + connections * CONNECTION <= limit) return [];
  const message = `max_connections is ${connections}: their processes alone take ${inWords(connections * CONNECTION)}, and an instance has ${inWords(limit)}, ${inWords(fixed)} of it taken: it is killed under load; lower mes:postgres.maxConnections, and let poolers share connections`;
  return [error(cluster.resource, "spec.postgresql.parameters.max_connections", message)];
}

/** Segments of the log that a volume holds at least while the archive is away: an hour at one every ten seconds or so. */
const UNARCHIVED = 64 * 16 * 2 ** 20;

/** @param room bytes of the volume beyond what the server keeps there anyway */
export function archiveRoom({ resource, spec }: KubeObject, room: number): Finding[] {
  const archives = Array.isArray(spec.plugins) && JSON.stringify(spec.plugins).includes('"isWALArchiver":true');
  if (!archives || room >= UNARCHIVED) return [];
  const message = `leaves ${inWords(Math.max(0, room))} for what is not archived yet: when the archive is away for some minutes, the volume is full and the database stops; raise mes:postgres.walStorage.size`;
  return [warning(resource, "spec.walStorage.size", message)];
}
