import type { RolesConfig } from "./config";

/** Roles, and where what they do is measured. */
export interface Measured {
  readonly roles: RolesConfig;
  /** Namespace of the roles. */
  readonly namespace: string;
  /** Names of the HTTPRoutes of each role, where the gateway's metrics are read. @default they are not */
  readonly gatewayRoutes?: Readonly<Record<string, readonly string[]>>;
}
