import type { Dashboard } from "../../observability/dashboard";
import type { Measured } from "../measured";
import { ordersDashboard } from "./orders";
import { servicesDashboard } from "./services";
import type { Slos } from "../slos/config";
import { slosDashboard } from "./slos";

export interface MesDashboardsArgs extends Measured {
  readonly slos: Slos;
  /** Time that lost orders are counted over, as `1h`: the shorter one. */
  readonly window: string;
  /** Whether the CRM's counts are read. */
  readonly crm: boolean;
  /** Whether the use of GPUs is measured. */
  readonly gpus: boolean;
}

/** That of orders is there where anybody counts or handles them, that of objectives where there are any. */
export function mesDashboards(args: MesDashboardsArgs): Dashboard[] {
  const slos = Object.keys(args.slos.objectives).length === 0 ? [] : [slosDashboard(args.slos)];
  return [...ordersDashboard(args), servicesDashboard(args), ...slos];
}
