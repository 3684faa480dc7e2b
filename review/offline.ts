// Default imports: they are the modules themselves, and a change of them is seen by everybody.
import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import dnsPromises from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import workers from "node:worker_threads";
import { PlanError } from "./errors";

/** A plan that needs the network would need a credential next. */
class NetworkRefused extends PlanError {
  override readonly name = "NetworkRefused";

  constructor(what: string) {
    super(`a plan is made offline, and something tried to ${what}; the program must not depend on what is out there`);
  }
}

type Functions = Record<string, unknown>;

/**
 * From now on nothing in this process reaches the network: no connection, no name, no datagram, and no other process or
 * thread that could do it instead. Called before the program and the SDK are loaded, so that neither can keep a way out.
 */
export function denyNetwork(): void {
  // Every client of Node (http, https, http2, tls, fetch) connects through these two.
  refuse(net.Socket.prototype, ["connect"], "connect");
  refuse(dgram.Socket.prototype, ["bind", "connect", "send"], "send a datagram");
  refuse(net.Server.prototype, ["listen"], "listen");
  for (const resolver of [dns, dnsPromises, dns.Resolver.prototype, dnsPromises.Resolver.prototype]) {
    const functions = Object.getOwnPropertyNames(resolver).filter((name) => /^(?:lookup|resolve|reverse)/.test(name));
    refuse(resolver, functions, "look up a name");
  }
  refuse(childProcess, ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"], "start a process");
  refuse(childProcess.ChildProcess.prototype, ["spawn"], "start a process");
  refuse(workers, ["Worker"], "start a thread");
  syncBuiltinESMExports();
}

function refuse(owner: object, names: readonly string[], what: string): void {
  for (const name of names) {
    if (typeof (owner as Functions)[name] !== "function") continue;
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value: function refused(): never {
        throw new NetworkRefused(what);
      },
    });
  }
}
