import type { AlertGroup } from "../../observability/alert";
import { databaseAlerts, httpAlerts } from "./http";
import { orderAlerts } from "./orders";
import { roleAlerts } from "./roles";
import type { ReconciliationConfig, RolesConfig } from "../config";
import type { Slos } from "../slos/config";
import { sloRules } from "../slos/rules";

export interface MesAlertsArgs {
  readonly roles: RolesConfig;
  /** Namespace of the roles. */
  readonly namespace: string;
  readonly reconciliation: ReconciliationConfig;
  /** Names of the HTTPRoutes of each role, where the gateway's metrics are read. @default they are not */
  readonly gatewayRoutes?: Readonly<Record<string, readonly string[]>>;
  /** The metrics of the broker's queues are read. @default true */
  readonly brokerMeasured?: boolean;
  readonly slos: Slos;
  /** How long metrics are kept. */
  readonly metricsKept: string;
}

/** The alerts of the MES: lost orders first, then what loses or delays them, then what will, then the objectives. */
export function mesAlerts(args: MesAlertsArgs): AlertGroup[] {
  const groups = [orderAlerts(args), roleAlerts(args), httpAlerts(args), databaseAlerts(args), sloRules(args.slos, args)];
  return groups.filter((group) => group !== undefined).filter(({ alerts }) => alerts.length > 0);
}
