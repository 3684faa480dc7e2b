import type { AlertGroup } from "../../observability/alert";
import { databaseAlerts, httpAlerts } from "./http";
import { orderAlerts } from "./orders";
import { roleAlerts } from "./roles";
import type { ReconciliationConfig, RolesConfig } from "../config";

export interface MesAlertsArgs {
  readonly roles: RolesConfig;
  /** Namespace of the roles. */
  readonly namespace: string;
  readonly reconciliation: ReconciliationConfig;
  /** Names of the HTTPRoutes of each role, where the gateway's metrics are read. @default they are not */
  readonly gatewayRoutes?: Readonly<Record<string, readonly string[]>>;
  /** The metrics of the broker's queues are read. @default true */
  readonly brokerMeasured?: boolean;
  /** How long metrics are kept. */
  readonly metricsKept: string;
}

/** The alerts of the MES: lost orders first, then what loses or delays them, then what will. */
export function mesAlerts(args: MesAlertsArgs): AlertGroup[] {
  return [orderAlerts(args), roleAlerts(args), httpAlerts(args), databaseAlerts(args)].filter(({ alerts }) => alerts.length > 0);
}
