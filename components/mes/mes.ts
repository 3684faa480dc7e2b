import type * as pulumi from "@pulumi/pulumi";
import { brokerAuthentication } from "../autoscaling/broker-authentication";
import type { ScalingSources } from "../autoscaling/sources";
import type { Route } from "../gateway/route";
import { PlatformComponent, type Environment } from "../platform";
import { mesAlerts } from "./alerts/alerts";
import type { MesBindings } from "./role/bindings";
import { reconciliationConfig, type ReconciliationConfig, type RolesConfig } from "./config";
import { CrmCounts } from "./crm";
import { mesDashboards } from "./dashboards/dashboards";
import { roleEndpoint, roleRoutes, routeNames } from "./endpoints";
import { enabledRoles } from "./role/pods";
import { signalsOf } from "./role/signals";
import { Role } from "./role/role";
import { slosConfig, withWindow, type SlosConfig } from "./slos/config";

export interface MesArgs {
  readonly environment: Environment;
  readonly roles: RolesConfig;
  readonly bindings: MesBindings;
  /** Whether something measures the use of GPUs. @default true */
  readonly gpusMeasured?: boolean;
  /** Whether the gateway's metrics of requests are read. @default false */
  readonly gatewayMeasured?: boolean;
  /** How long metrics are kept: what is usual is that of a week ago where it is long enough, else of a day ago. @default 1d */
  readonly metricsKept?: string;
  /** The metrics of the broker's queues are read. @default true */
  readonly brokerMeasured?: boolean;
  /** What KEDA measures with. @default none: then roles may be scaled on CPU and memory only */
  readonly scaling?: ScalingSources;
  /** Service level objectives. @default none */
  readonly slos?: SlosConfig;
  /** @default the defaults of its configuration */
  readonly reconciliation?: ReconciliationConfig;
}

/** The MES: one image, run once for each role, each with its own work, size, scale, access and alerts. */
export class Mes extends PlatformComponent {
  /** Paths of the gateway that lead to the roles. */
  readonly routes: readonly Route[];

  constructor(name: string, args: MesArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:mes:Mes", name, args, opts);
    const { environment, roles, bindings, scaling, gatewayMeasured = false } = args;
    const { apps } = environment.namespaces;
    const enabled = enabledRoles(roles);

    const readsQueues = enabled.some(([, { scale }]) => scale?.queue !== undefined);
    const scalingAfter =
      readsQueues && scaling?.broker !== undefined ? [brokerAuthentication(apps, scaling.broker, { parent: this })] : [];

    for (const [roleName, role] of enabled) {
      const calls = role.calls.flatMap((called) => {
        const other = roles[called];
        return (other && roleEndpoint(called, other, environment)) ?? [];
      });
      const signals = signalsOf(role, gatewayMeasured);
      new Role(roleName, { environment, role, signals, bindings, calls, scaling, scalingAfter }, { parent: this });
    }
    const reconciliation = args.reconciliation ?? reconciliationConfig.parse({});
    if (reconciliation.crm !== undefined) new CrmCounts("crm", { environment, config: reconciliation.crm }, { parent: this });
    this.routes = roleRoutes(roles, environment);
    const routed = enabled.map(([roleName, role]) => [roleName, routeNames(roleName, role, environment)] as const);
    const shown = { roles, namespace: apps, ...(gatewayMeasured ? { gatewayRoutes: Object.fromEntries(routed) } : {}) };
    const metricsKept = args.metricsKept ?? "1d";
    const slos = withWindow(args.slos ?? slosConfig.parse({}), metricsKept);
    this.declare({
      alerts: mesAlerts({
        ...shown,
        reconciliation,
        slos,
        metricsKept,
        brokerMeasured: args.brokerMeasured ?? true,
      }),
    });
    const crm = reconciliation.crm !== undefined;
    this.declare({
      dashboards: mesDashboards({ ...shown, slos, window: reconciliation.window, crm, gpus: args.gpusMeasured ?? true }),
    });
    this.registerOutputs({});
  }
}
