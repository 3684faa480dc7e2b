import type { AlertGroup } from "../../observability/alert";
import { databaseAlerts, httpAlerts } from "./http";
import { orderAlerts } from "./orders";
import { roleAlerts } from "./roles";
import type { ReconciliationConfig } from "../config";
import type { Measured } from "../measured";
import type { Slos } from "../slos/config";
import { sloRules } from "../slos/rules";

export interface MesAlertsArgs extends Measured {
  readonly reconciliation: ReconciliationConfig;
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
