import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, timeseries, type Row } from "../../observability/panels";
import { CONTAINER } from "../role/container-name";
import type { RoleConfig } from "../config";
import type { MesDashboardsArgs } from "./dashboards";
import { gatewayRow } from "./gateway";
import { enabledRoles } from "../role/pods";
import { metricsPath } from "../role/ports";
import { signalsOf } from "../role/signals";
import { byRole, quantile } from "../queries";

/** Selectors of what the dashboard is about. */
interface Selected {
  readonly inNamespace: string;
  /** Series that a role exports itself. */
  readonly ofJob: string;
  /** Series of its pods: the variable holds the roles' names, and a pod begins with its role's. */
  readonly ofPod: string;
  /** The same, where the pod that is named has a device rather than a container. */
  readonly withDevice: string;
}

/** "Which role is overloaded?": requests, errors, time, CPU, memory, GPU, pods and connections of each. */
export function servicesDashboard({ roles, namespace, gpus, gatewayRoutes }: MesDashboardsArgs): Dashboard {
  const named = enabledRoles(roles).map(([name, role]) => ({
    name,
    role,
    signals: signalsOf(role, gatewayRoutes !== undefined),
  }));
  const enabled = named.map(({ role }) => role);
  const tells = (signal: "requests" | "connections", has: (role: RoleConfig) => boolean) =>
    named.some(({ role, signals }) => has(role) && signals[signal] === "image");
  const atGateway = Object.fromEntries(
    named.filter(({ signals }) => signals.requests === "gateway").map(({ name }) => [name, gatewayRoutes?.[name] ?? []]),
  );
  // What is scraped has its own name as job; a role that tells nothing is known by its Deployment only.
  const scraped = enabled.every((role) => metricsPath(role) !== undefined);
  const inNamespace = `namespace="${namespace}"`;
  const pod = `pod=~"($job)-[a-z0-9]+-[a-z0-9]+"`;
  const selected: Selected = {
    inNamespace,
    ofJob: `${inNamespace},job=~"$job"`,
    ofPod: `${inNamespace},container="${CONTAINER}",${pod}`,
    withDevice: `${inNamespace},${pod}`,
  };
  const rows: Row[] = [
    ...(tells("requests", ({ http }) => http !== undefined) ? [requests(selected)] : []),
    ...(Object.keys(atGateway).length > 0 ? [gatewayRow(namespace, atGateway)] : []),
    load(selected),
    pods(selected),
    ...(gpus && enabled.some(({ gpu }) => gpu !== undefined) ? [devices(selected)] : []),
    ...(tells("connections", ({ database }) => database !== undefined) ? [connections(selected)] : []),
  ];
  return dashboard("mes-services", "Services", rows, {
    description: "Which role of the MES is overloaded?",
    variables: [
      scraped
        ? { name: "job", label: "Role", metric: `up{${inNamespace}}` }
        : { name: "job", label: "Role", metric: `kube_deployment_spec_replicas{${inNamespace}}`, valuesOf: "deployment" },
    ],
  });
}

const REQUESTS = "http_server_request_duration_seconds_count";

function requests({ ofJob }: Selected): Row {
  return row("Requests", [
    timeseries("Requests a second", "reqps", [{ expr: `sum by (job) (rate(${REQUESTS}{${ofJob}}[5m]))`, legend: "{{job}}" }]),
    timeseries(
      "Share of 5xx",
      "percentunit",
      [
        {
          expr: `sum by (job) (rate(${REQUESTS}{${ofJob},http_response_status_code=~"5.."}[5m])) / sum by (job) (rate(${REQUESTS}{${ofJob}}[5m]))`,
          legend: "{{job}}",
        },
      ],
      { max: 1 },
    ),
    timeseries(
      "Time, 95th percentile",
      "s",
      [{ expr: quantile(0.95, "http_server_request_duration_seconds", ofJob, "job", "5m"), legend: "{{job}}" }],
      { exemplars: true, description: "A dot is a request: it leads to its trace." },
    ),
  ]);
}

function load({ ofPod }: Selected): Row {
  const cpu = `rate(container_cpu_usage_seconds_total{${ofPod}}[5m])`;
  const memory = `container_memory_working_set_bytes{${ofPod}}`;
  const request = (resource: string, unit: string) =>
    `kube_pod_container_resource_requests{${ofPod},resource="${resource}",unit="${unit}"}`;
  return row("CPU and memory", [
    timeseries("CPU (cores)", "short", [{ expr: byRole("sum", cpu), legend: "{{role}}" }], { stack: true }),
    timeseries(
      "CPU of the request",
      "percentunit",
      [{ expr: `${byRole("sum", cpu)} / ${byRole("sum", request("cpu", "core"))}`, legend: "{{role}}" }],
      { description: "Above 1 the role uses more than it is sure to get." },
    ),
    timeseries(
      "CPU throttled",
      "percentunit",
      [
        {
          expr: `${byRole("sum", `rate(container_cpu_cfs_throttled_periods_total{${ofPod}}[5m])`)} / ${byRole("sum", `rate(container_cpu_cfs_periods_total{${ofPod}}[5m])`)}`,
          legend: "{{role}}",
        },
      ],
      { max: 1, description: "Only with a cpuLimit: share of periods in which the role had to wait." },
    ),
    timeseries("Memory", "bytes", [{ expr: byRole("sum", memory), legend: "{{role}}" }], { stack: true }),
    timeseries(
      "Memory of the limit, fullest pod",
      "percentunit",
      [
        {
          // Both sides by pod first: the fullest pod is killed, not the average one.
          expr: byRole("max", `max by (pod) (${memory}) / max by (pod) (${request("memory", "byte")})`),
          legend: "{{role}}",
        },
      ],
      { max: 1, limits: [{ value: 0.9, color: "red" }], description: "At 1 the pod is killed." },
    ),
  ]);
}

function pods({ inNamespace, ofPod }: Selected): Row {
  return row("Pods", [
    timeseries(
      "Pods available",
      "short",
      [{ expr: `kube_deployment_status_replicas_available{${inNamespace},deployment=~"$job"}`, legend: "{{deployment}}" }],
      { decimals: 0 },
    ),
    timeseries(
      "Pods wanted of the maximum",
      "percentunit",
      [
        {
          expr: `kube_horizontalpodautoscaler_status_desired_replicas{${inNamespace}} / kube_horizontalpodautoscaler_spec_max_replicas{${inNamespace}}`,
          legend: "{{horizontalpodautoscaler}}",
        },
      ],
      { max: 1, limits: [{ value: 1, color: "red" }], description: "At 1 the role cannot grow." },
    ),
    timeseries(
      "Restarts in 15 minutes",
      "short",
      [{ expr: byRole("sum", `increase(kube_pod_container_status_restarts_total{${ofPod}}[15m])`), legend: "{{role}}" }],
      { decimals: 0 },
    ),
  ]);
}

function devices({ withDevice }: Selected): Row {
  return row("GPU", [
    timeseries(
      "GPU use",
      "percent",
      [
        {
          expr: byRole("avg", `DCGM_FI_DEV_GPU_UTIL{${withDevice}}`),
          legend: "{{role}}",
        },
      ],
      { span: 12, max: 100 },
    ),
    timeseries(
      "GPU memory used",
      "decmbytes",
      [{ expr: byRole("sum", `DCGM_FI_DEV_FB_USED{${withDevice}}`), legend: "{{role}}" }],
      { span: 12 },
    ),
  ]);
}

function connections({ ofJob }: Selected): Row {
  return row("Database connections", [
    timeseries(
      "Connections in use of the pool",
      "percentunit",
      [
        {
          expr: `sum by (job) (mes_db_pool_in_use{${ofJob}}) / sum by (job) (mes_db_pool_size{${ofJob}})`,
          legend: "{{job}}",
        },
      ],
      { span: 12, max: 1, limits: [{ value: 0.9, color: "red" }], description: "At 1 work waits for a connection." },
    ),
    timeseries("Connections in use", "short", [{ expr: `sum by (job) (mes_db_pool_in_use{${ofJob}})`, legend: "{{job}}" }], {
      span: 12,
      stack: true,
    }),
  ]);
}
