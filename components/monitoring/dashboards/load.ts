import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, stat, table, timeseries, type Row } from "../../observability/panels";

export const LOAD_UID = "platform-load";

const SELECTED = '{namespace=~"$namespace",service=~"$service"}';
const SERIES = "{{namespace}}/{{service}}";

/** The counts of an order's way, in its order. */
export const ORDER_FLOW = [
  { metric: "crm_orders_confirmed_total", legend: "1 confirmed by the CRM" },
  { metric: "mes_orders_received_total", legend: "2 stored by the MES" },
  { metric: "mes_orders_accepted_total", legend: "3 accepted over HTTP" },
  { metric: "mes_orders_published_total", legend: "4 published to the CRM" },
  { metric: "mes_statuses_published_total", legend: "5 statuses published" },
  { metric: "crm_statuses_received_total", legend: "6 statuses written by the CRM" },
] as const;

/** What a stack measures. */
interface Measured {
  readonly work: boolean;
  readonly pools: boolean;
  readonly autoscalers: boolean;
  readonly orders: readonly { readonly metric: string; readonly legend: string }[];
  readonly gpu: boolean;
  readonly nodes: boolean;
}

/** "Do orders flow, and which service is overloaded?": CPU, GPU, memory and requests of everything that runs, databases and brokers too. */
export function loadDashboard(has: Measured): Dashboard {
  const rows: Row[] = [
    ...flow(has),
    overloaded(has),
    cpu(),
    memory(),
    ...(has.work ? [requests()] : []),
    ...(has.gpu ? [gpus()] : []),
  ];
  const variable = (name: string, label: string) => ({ name, label, metric: "service:cpu_cores:rate5m" });
  return dashboard(LOAD_UID, "Load of all services", rows, {
    description: "Do orders flow, and which service is overloaded?",
    variables: [variable("namespace", "Namespace"), variable("service", "Service")],
  });
}

function flow({ orders }: Measured): Row[] {
  if (orders.length === 0) return [];
  const aMinute = orders.map(({ metric, legend }) => ({ expr: `60 * sum(rate(${metric}[5m]))`, legend }));
  return [
    row("Do orders flow?", [
      timeseries("Orders a minute, on their way", "short", aMinute, {
        span: 16,
        description:
          "Where a line falls and the one before it does not, orders stop. Orders of the CRM are 1, 2, 5 and 6; those of partners 3 and 4.",
      }),
      table(
        "What pages now",
        "short",
        [{ expr: 'count by (alertname) (ALERTS{alertstate="firing",severity="page"})', legend: "Firing" }],
        { span: 8, description: "Nothing here: nobody is called. Each has a runbook of its name." },
      ),
    ]),
  ];
}

/** What a service may have all of, by the column that shows it. */
function shares(has: Measured): { readonly of: string; readonly legend: string }[] {
  return [
    { of: "service:cpu_of_request:ratio", legend: "CPU of request" },
    { of: "service:memory_of_limit:max", legend: "Memory of limit, fullest pod" },
    ...(has.pools ? [{ of: "service:pool_used:max", legend: "Database connections, fullest pod" }] : []),
    ...(has.gpu ? [{ of: "service:gpu_used:ratio", legend: "GPU" }] : []),
  ];
}

/** The largest of a service's shares. They have to differ in a label: of equal ones `or` takes the first. */
function fullest(has: Measured): string {
  const each = shares(has).map(({ of }) => `label_replace(${of}${SELECTED}, "of", "${of}", "", "")`);
  return `max by (namespace, service) (${each.join(" or ")})`;
}

function overloaded(has: Measured): Row {
  return row("Overloaded now", [
    table(
      "Services, the fullest first",
      "percentunit",
      [
        { expr: fullest(has), legend: "Most used" },
        ...shares(has).map(({ of, legend }) => ({ expr: byService(of), legend })),
        { expr: byService("service:cpu_throttled:ratio5m"), legend: "CPU throttled" },
        ...(has.autoscalers ? [{ expr: byService("service:pods_of_maximum:ratio"), legend: "Pods of maximum" }] : []),
      ],
      {
        span: 16,
        height: 10,
        limits: [
          { value: 0.8, color: "yellow" },
          { value: 0.95, color: "red" },
        ],
        description:
          "CPU above 1: more than the service is sure to get. Memory at 1: the pod is killed. Connections at 1: work waits for the database, whatever CPU and memory say.",
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
