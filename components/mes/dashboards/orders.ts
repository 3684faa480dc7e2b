import type { Dashboard } from "../../observability/dashboard";
import { dashboard, row, stat, timeseries, type Panel, type Row } from "../../observability/panels";
import { CRM_CONFIRMED } from "../contract/metrics";
import type { MesDashboardsArgs } from "./dashboards";
import { isRelay } from "../role/access";
import { enabledRoles } from "../role/pods";
import { signalsOf } from "../role/signals";
import { countOver, MISSING, quantile, steadily } from "../queries";

/** What there is to show, and the series of it. */
interface Orders {
  readonly window: string;
  readonly crm: boolean;
  readonly receives: boolean;
  readonly publishes: boolean;
  readonly accepts: boolean;
  readonly handles: boolean;
  readonly inNamespace: string;
  readonly received: string;
  readonly accepted: string;
  readonly published: string;
  readonly watched: string;
}

/** "Is an order lost or late?", from the comparison down to its causes. */
export function ordersDashboard({ roles, namespace, window, crm, gatewayRoutes }: MesDashboardsArgs): Dashboard[] {
  const enabled = enabledRoles(roles).map(([, role]) => ({ role, signals: signalsOf(role, gatewayRoutes !== undefined) }));
  const counting = enabled.filter(({ signals }) => signals.orders === "image").map(({ role }) => role);
  const inNamespace = `namespace="${namespace}"`;
  const orders: Orders = {
    window,
    crm,
    receives: counting.some(({ consumes }) => consumes.length > 0),
    publishes: counting.some(isRelay),
    accepts: counting.some(({ http }) => http !== undefined),
    handles: enabled.some(({ role, signals }) => role.consumes.length > 0 && signals.messages === "image"),
    inNamespace,
    received: `mes_orders_received_total{${inNamespace}}`,
    accepted: `mes_orders_accepted_total{${inNamespace}}`,
    published: `mes_orders_published_total{${inNamespace}}`,
    watched: `up{${inNamespace}}`,
  };
  const comparison = lostOrLate(orders);
  const rows = [
    ...(comparison.length > 0 ? [row("Lost or late", comparison)] : []),
    ...flow(orders),
    ...(orders.handles ? [handling(orders)] : []),
  ];
  if (rows.length === 0) return [];
  const description = "Is an order lost or late? From the comparison of the systems down to the handling of messages.";
  return [dashboard("mes-orders", "Orders", rows, { description, from: "now-6h" })];
}

function lostOrLate({ window, crm, receives, publishes, handles, inNamespace, watched }: Orders): Panel[] {
  const lost = [{ value: 1, color: "red" as const }];
  const missing = (title: string, recorded: string, description: string) =>
    stat(`${title} (${window})`, "short", [{ expr: `clamp_min(${steadily(`${recorded}${window}`)}, 0)`, legend: "orders" }], {
      description: `${description} What is under way does not count.`,
      limits: lost,
    });
  return [
    ...(receives && crm
      ? [
          missing(
            "Confirmed, not received",
            MISSING.received,
            "Orders that the CRM has confirmed, the MES has not committed and the broker does not hold.",
          ),
        ]
      : []),
    ...(publishes
      ? [
          missing(
            "Accepted, not published",
            MISSING.published,
            "Orders accepted over HTTP that the broker has not confirmed and the outbox does not hold.",
          ),
        ]
      : []),
    ...(publishes && crm
      ? [
          missing(
            "Statuses, not received",
            MISSING.statuses,
            "Statuses that the broker has confirmed, the CRM has not written and the broker does not hold.",
          ),
        ]
      : []),
    ...(handles
      ? [
          stat(
            "Rejected messages (1 h)",
            "short",
            [
              {
                expr: countOver(`mes_messages_handled_total{${inNamespace},outcome="rejected"}`, "1h", watched),
                legend: "messages",
              },
            ],
            { description: "Messages that went to the dead letters: somebody has to look at each.", limits: lost },
          ),
        ]
      : []),
  ];
}

function perMinute(selector: string, by = ""): string {
  return `sum${by} (rate(${selector}[5m])) * 60`;
}

function flow({ crm, receives, publishes, accepts, received, accepted, published }: Orders): Row[] {
  const counts = [
    ...(crm ? [{ expr: perMinute(CRM_CONFIRMED), legend: "confirmed by the CRM" }] : []),
    ...(receives ? [{ expr: perMinute(received), legend: "received" }] : []),
    ...(accepts ? [{ expr: perMinute(accepted), legend: "accepted" }] : []),
    ...(publishes ? [{ expr: perMinute(published), legend: "published" }] : []),
  ];
  if (counts.length === 0) return [];
  const byChannel = [{ expr: perMinute(accepted, " by (channel)"), legend: "{{channel}}" }];
  return [
    row("Flow", [
      timeseries("Orders a minute", "short", counts, {
        span: 12,
        description: "Lines that lie on one another are good; a gap that stays is orders on their way or lost.",
      }),
      ...(accepts ? [timeseries("Accepted a minute, by channel", "short", byChannel, { span: 12, stack: true })] : []),
    ]),
  ];
}

function handling({ inNamespace }: Orders): Row {
  const handlingTime = (q: number) => ({
    expr: quantile(q, "mes_order_handling_seconds", inNamespace, "job", "5m"),
    legend: `{{job}} ${q * 100} %`,
  });
  return row("Handling of messages", [
    timeseries("Time for a message", "s", [handlingTime(0.5), handlingTime(0.95)], { span: 12, exemplars: true }),
    timeseries(
      "Messages a second, by outcome",
      "short",
      [
        {
          expr: `sum by (outcome) (rate(mes_messages_handled_total{${inNamespace}}[5m]))`,
          legend: "{{outcome}}",
        },
      ],
      { span: 12, stack: true, description: "retried: given back to the queue; rejected: sent to the dead letters." },
    ),
  ]);
}
