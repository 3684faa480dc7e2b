import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, stat, table, timeseries, type Row } from "../../observability/panels";

export const LOAD_UID = "platform-load";

const SELECTED = '{namespace=~"$namespace",service=~"$service"}';
const SERIES = "{{namespace}}/{{service}}";

/** What a stack measures. */
interface Measured {
  readonly work: boolean;
  readonly gpu: boolean;
  readonly nodes: boolean;
}

/** "Which service is overloaded?": CPU, GPU, memory and requests of everything that runs, databases and brokers too. */
export function loadDashboard(has: Measured): Dashboard {
  const rows: Row[] = [overloaded(has), cpu(), memory(), ...(has.work ? [requests()] : []), ...(has.gpu ? [gpus()] : [])];
  const variable = (name: string, label: string) => ({ name, label, metric: "service:cpu_cores:rate5m" });
  return dashboard(LOAD_UID, "Load of all services", rows, {
    description: "Which service is overloaded?",
    variables: [variable("namespace", "Namespace"), variable("service", "Service")],
  });
}

function overloaded(has: Measured): Row {
  return row("Overloaded now", [
    table(
      "Services, the busiest first",
      "percentunit",
      [
        { expr: byService("service:cpu_of_request:ratio"), legend: "CPU of request" },
        { expr: byService("service:memory_of_limit:max"), legend: "Memory of limit, fullest pod" },
        { expr: byService("service:cpu_throttled:ratio5m"), legend: "CPU throttled" },
        ...(has.gpu ? [{ expr: byService("service:gpu_used:ratio"), legend: "GPU" }] : []),
      ],
      {
        span: 16,
        height: 10,
        limits: [
          { value: 0.8, color: "yellow" },
          { value: 0.95, color: "red" },
        ],
        description: "CPU above 1: more than the service is sure to get. Memory at 1: the pod is killed.",
      },
    ),
    stat("Alerts that page", "short", [{ expr: alerts("page"), legend: "" }], {
      height: 5,
      limits: [{ value: 1, color: "red" }],
    }),
    stat("Alerts for the morning", "short", [{ expr: alerts("ticket"), legend: "" }], {
      height: 5,
      limits: [{ value: 1, color: "yellow" }],
    }),
    ...(has.nodes
      ? [
          stat("CPU of the nodes", "percentunit", [{ expr: "avg(node:cpu_used:ratio5m)", legend: "" }], limitsOfNodes),
          stat("Memory of the nodes", "percentunit", [{ expr: "max(node:memory_used:ratio)", legend: "" }], limitsOfNodes),
        ]
      : []),
  ]);
}

function cpu(): Row {
  return row("CPU", [
    timeseries("CPU (cores)", "short", [{ expr: `service:cpu_cores:rate5m${SELECTED}`, legend: SERIES }], {
      stack: true,
      span: 12,
    }),
    timeseries("CPU of the request", "percentunit", [{ expr: `service:cpu_of_request:ratio${SELECTED}`, legend: SERIES }], {
      span: 12,
      limits: [{ value: 1, color: "red" }],
    }),
  ]);
}

function memory(): Row {
  return row("Memory", [
    timeseries("Memory", "bytes", [{ expr: `service:memory_working_set_bytes:sum${SELECTED}`, legend: SERIES }], {
      stack: true,
      span: 12,
    }),
    timeseries(
      "Memory of the limit, fullest pod",
      "percentunit",
      [{ expr: `service:memory_of_limit:max${SELECTED}`, legend: SERIES }],
      { span: 12, max: 1, limits: [{ value: 0.9, color: "red" }] },
    ),
  ]);
}

function requests(): Row {
  return row("Requests", [
    timeseries(
      "Requests, transactions, messages a second",
      "ops",
      [{ expr: `service:requests:rate5m${SELECTED}`, legend: SERIES }],
      { span: 24, description: "Requests of programs, transactions of the database, messages of the broker." },
    ),
  ]);
}

function gpus(): Row {
  return row("GPU", [
    timeseries("GPU use", "percentunit", [{ expr: `service:gpu_used:ratio${SELECTED}`, legend: SERIES }], {
      span: 24,
      max: 1,
    }),
  ]);
}

const limitsOfNodes = {
  height: 5,
  max: 1,
  limits: [
    { value: 0.8, color: "yellow" as const },
    { value: 0.95, color: "red" as const },
  ],
};

/** Without the name of the series, so that a table joins it with others. */
function byService(series: string): string {
  return `max by (namespace, service) (${series}${SELECTED})`;
}

function alerts(severity: string): string {
  return `count(ALERTS{alertstate="firing",severity="${severity}",alertname!="Watchdog"}) or vector(0)`;
}
