import type { Dashboard } from "../../observability/dashboard";
import type { RolesConfig } from "../config";
import { ordersDashboard } from "./orders";
import { servicesDashboard } from "./services";

export interface MesDashboardsArgs {
  readonly roles: RolesConfig;
  /** Namespace of the roles. */
  readonly namespace: string;
  /** Whether the CRM's counts are read. */
  readonly crm: boolean;
  /** Whether the use of GPUs is measured. */
  readonly gpus: boolean;
}

export function mesDashboards(args: MesDashboardsArgs): Dashboard[] {
  return [ordersDashboard(args), servicesDashboard(args)];
}
