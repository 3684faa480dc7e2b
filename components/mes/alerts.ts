import type { AlertGroup } from "../monitoring/alert";
import { databaseAlerts, httpAlerts } from "./alerts-http";
import { orderAlerts } from "./alerts-orders";
import { roleAlerts } from "./alerts-roles";
import type { ReconciliationConfig, RolesConfig } from "./config";

export interface MesAlertsArgs {
  readonly roles: RolesConfig;
  /** Namespace of the roles. */
  readonly namespace: string;
  readonly reconciliation: ReconciliationConfig;
}

/** The alerts of the MES: lost orders first, then what loses or delays them, then what will. */
export function mesAlerts(args: MesAlertsArgs): AlertGroup[] {
  return [orderAlerts(args), roleAlerts(args), httpAlerts(args), databaseAlerts(args)].filter(({ alerts }) => alerts.length > 0);
}
