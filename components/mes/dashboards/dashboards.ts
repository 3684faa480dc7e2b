import type { Dashboard } from "../../observability/dashboard";
import type { RolesConfig } from "../config";
import { ordersDashboard } from "./orders";
import { servicesDashboard } from "./services";

export interface MesDashboardsArgs {
  readonly roles: RolesConfig;
  /** Namespace of the roles. */
  readonly namespace: string;
  /** Names of the HTTPRoutes of each role, where the gateway's metrics are read. @default they are not */
  readonly gatewayRoutes?: Readonly<Record<string, readonly string[]>>;
  /** Whether the CRM's counts are read. */
  readonly crm: boolean;
  /** Whether the use of GPUs is measured. */
  readonly gpus: boolean;
}

/** That of orders is there where anybody counts or handles them. */
export function mesDashboards(args: MesDashboardsArgs): Dashboard[] {
  return [...ordersDashboard(args), servicesDashboard(args)];
}
