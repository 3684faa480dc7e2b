import { Declarations, type Declared } from "../../../components/declarations";
import type { Alert, AlertGroup } from "../../../components/observability/alert";
import { monitoringConfig, type MonitoringConfig } from "../../../components/monitoring/config";
import { Monitoring, type MonitoringArgs } from "../../../components/monitoring/monitoring";
import type { ScrapeTarget } from "../../../components/observability/scrape";
import { environment, recorded, refusalOf, type Recorded } from "../../helpers/record";

export function config(values: object = {}): MonitoringConfig {
  return monitoringConfig.parse(values);
}

export function target(overrides: Partial<ScrapeTarget> = {}): ScrapeTarget {
  return {
    job: "order-api",
    pods: { name: "order-api", namespace: "mes", labels: { "app.kubernetes.io/name": "order-api" } },
    port: "metrics",
    portNumber: 9464,
    metrics: ["http_server_request_duration_seconds"],
    ...overrides,
  };
}

/** An alert that is fine; its name has a runbook. */
export function alert(overrides: Partial<Alert> = {}): Alert {
  return {
    name: "TargetDown",
    expr: "up == 0",
    severity: "ticket",
    summary: "it is down",
    description: "Look at it.",
    ...overrides,
  };
}

export function group(name: string, alerts: readonly Alert[], recordings?: AlertGroup["recordings"]): AlertGroup {
  return { name, alerts, recordings };
}

type Overrides = Partial<MonitoringArgs> & { targets?: readonly ScrapeTarget[] } & Partial<
    Pick<Declared, "alerts" | "dashboards">
  >;

/** Arguments of a stack whose components have declared what a test is about. */
function argsOf({ targets = [], alerts = [], dashboards = [], ...args }: Overrides): MonitoringArgs {
  const all = { environment: environment(), config: config(), ...args };
  const declarations = new Declarations();
  declarations.add({ scrapeTargets: targets, alerts, dashboards }, "the test");
  return { ...all, environment: { ...all.environment, declarations } };
}

/** Monitoring as the tests want it, and the plan of what it declares. */
export async function monitoring(
  values: object = {},
  overrides: Overrides & { preview?: boolean } = {},
): Promise<Recorded & { monitoring: Monitoring }> {
  const { preview, ...args } = overrides;
  const all = argsOf({ config: config(values), targets: [target()], ...args });
  const { made, ...recording } = await recorded((opts) => new Monitoring("monitoring", all, opts), { preview });
  return { ...recording, monitoring: made };
}

/** What monitoring says when it refuses what the components declare. */
export function refusal(overrides: Overrides): Promise<string> {
  return refusalOf((opts) => new Monitoring("monitoring", argsOf(overrides), opts));
}
