import * as net from "node:net";

/** A plan that needs the network would need a credential next. */
export class NetworkRefused extends Error {}

/** From now on no socket of this process can connect anywhere. */
export function denyNetwork(): void {
  net.Socket.prototype.connect = function refuse(): never {
    throw new NetworkRefused("a plan is made without the network; something tried to connect");
  };
}
