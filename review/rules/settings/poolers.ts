import type { KubeObject } from "../../kubernetes/objects";
import { inWords } from "../../kubernetes/sizes";
import { bytesAt, listAt, numberAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("settings-fit");

/** Bytes of the operator's instance manager, which runs beside PgBouncer in its container. */
const MANAGER = 32 * 2 ** 20;
/** Bytes of one client: a buffer of each side, and with TLS what OpenSSL keeps. Source: https://www.pgbouncer.org/usage.html and pkt_buf in its configuration */
const CLIENT = { least: 10 * 2 ** 10, tls: 60 * 2 ** 10 };
const CLIENTS = 100;

/** A pooler's memory against the clients that it takes. */
export function poolerMemory({ resource, spec }: KubeObject): Finding[] {
  const containers = listAt(spec, "template", "spec", "containers");
  const i = containers.findIndex((one) => textAt(one, "name") === "pgbouncer");
  const limit = bytesAt(containers[i], "resources", "limits", "memory");
  if (limit === undefined) return [];
  const clients = numberAt(spec, "pgbouncer", "parameters", "max_client_conn") ?? CLIENTS;
  const [least, usual] = [MANAGER + clients * CLIENT.least, MANAGER + clients * CLIENT.tls];
  if (limit >= usual) return [];
  const message = `has ${inWords(limit)}, and ${clients} clients take ${inWords(usual)}: it is killed, and every connection with it; raise its memory (mes:postgres.poolers), or lower max_client_conn`;
  const path = ["spec", "template", "spec", "containers", i, "resources", "limits", "memory"];
  return [(limit < least ? error : warning)(resource, path, message)];
}
