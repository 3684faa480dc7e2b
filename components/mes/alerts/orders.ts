import type { Alert, AlertGroup, Recording } from "../../observability/alert";
import { parseDuration } from "../../schema";
import type { MesAlertsArgs } from "./alerts";
import type { RoleConfig } from "../config";
import { CRM_CONFIRMED } from "../contract/metrics";
import { isRelay } from "../role/access";
import { enabledRoles } from "../role/pods";
import { signalsOf } from "../role/signals";
import { countOver, missing, quantile } from "../queries";
import { alertName, bySeverity } from "./severity";

/** Failed messages within the window before a ratio of them means anything. */
const FEWEST_FAILURES = 3;
const FAILED = 'outcome=~"retried|rejected"';

/**
 * Lost and late orders. The comparison of what one system has sent with what the next one has received is the one direct
 * measure of a lost order; everything else is a guess at its causes.
 */
export function orderAlerts(args: MesAlertsArgs): AlertGroup {
  const roles = enabledRoles(args.roles).filter(([, role]) => signalsOf(role, false).orders === "image");
  const consumers = roles.filter(([, { consumes }]) => consumes.length > 0);
  const handling = enabledRoles(args.roles).filter(
    ([, role]) => role.consumes.length > 0 && signalsOf(role, false).messages === "image",
  );
  const steps = [
    ...(consumers.length > 0 && args.reconciliation.crm !== undefined ? [receivedStep(args)] : []),
    ...(roles.some(([, role]) => isRelay(role)) ? [publishedStep(args)] : []),
  ];
  return {
    name: "mes-orders",
    recordings: steps.flatMap(({ recordings }) => recordings),
    alerts: [...steps.flatMap(({ alerts }) => alerts), ...blind(args, consumers), ...handlingAlerts(args, handling)],
  };
}

interface Step {
  readonly recordings: Recording[];
  readonly alerts: Alert[];
}

function receivedStep({ namespace, reconciliation }: MesAlertsArgs): Step {
  return comparison(reconciliation, {
    // The CRM's count is watched by itself: where it is read for the first time, it has long been counting.
    sent: { record: "mes:orders_confirmed:count", selector: CRM_CONFIRMED, watched: CRM_CONFIRMED },
    arrived: {
      record: "mes:orders_received:count",
      selector: `mes_orders_received_total{namespace="${namespace}"}`,
      watched: `up{namespace="${namespace}"}`,
    },
    alert: "MesOrdersNotReceived",
    summary: "orders confirmed by the CRM have not reached the MES",
    description:
      "The CRM has confirmed more orders than the MES has committed to its database. They are lost, or they wait: in the CRM, at the broker, or in failing consumers.",
  });
}

function publishedStep({ namespace, reconciliation }: MesAlertsArgs): Step {
  return comparison(reconciliation, {
    sent: {
      record: "mes:orders_accepted:count",
      selector: `mes_orders_accepted_total{namespace="${namespace}"}`,
      watched: `up{namespace="${namespace}"}`,
    },
    arrived: {
      record: "mes:orders_published:count",
      selector: `mes_orders_published_total{namespace="${namespace}"}`,
      watched: `up{namespace="${namespace}"}`,
    },
    alert: "MesOrdersNotPublished",
    summary: "accepted orders have not been published",
    description:
      "The MES has accepted more orders over HTTP than the broker has confirmed. They lie in the outbox: the relay does not run, cannot publish, or is too slow.",
  });
}

interface Side {
  readonly record: string;
  readonly selector: string;
  /** See `countOver`. */
  readonly watched: string;
}

interface Comparison {
  readonly sent: Side;
  readonly arrived: Side;
  readonly alert: string;
  readonly summary: string;
  readonly description: string;
}

function comparison(config: MesAlertsArgs["reconciliation"], { sent, arrived, alert, summary, description }: Comparison): Step {
  const { window, longWindow } = config;
  const transit = parseDuration(config.transit);
  const recordings = [window, longWindow].flatMap((length) =>
    [sent, arrived].map(({ record, selector, watched }) => ({
      record: `${record}${length}`,
      expr: countOver(selector, length, watched),
    })),
  );
  const expr = (length: string) => missing(`${sent.record}${length}`, `${arrived.record}${length}`, sent.selector, transit);
  return {
    recordings,
    alerts: [
      {
        name: alert,
        expr: expr(window),
        for: "5m",
        severity: "page",
        summary: `{{ $value }} ${summary} (last ${window})`,
        description,
      },
      {
        name: `${alert}Today`,
        expr: expr(longWindow),
        for: "30m",
        severity: "ticket",
        summary: `{{ $value }} ${summary} (last ${longWindow})`,
        description: `${description} The long count finds single orders that a busy hour hides, and stays until they are older than ${longWindow}.`,
      },
    ],
  };
}

/** A count that is not there raises no alarm: its absence has to. */
function blind({ namespace, reconciliation }: MesAlertsArgs, consumers: readonly [string, RoleConfig][]): Alert[] {
  if (consumers.length === 0 || reconciliation.crm === undefined) return [];
  return [
    {
      name: "MesReconciliationBlind",
      expr: `absent(${CRM_CONFIRMED}) or absent(mes_orders_received_total{namespace="${namespace}"})`,
      for: "15m",
      severity: "ticket",
      summary: "orders cannot be compared: one side is not counted",
      description: "The counts of the CRM or of the MES are not there. A lost order would not be noticed until they are back.",
    },
  ];
}

function handlingAlerts({ namespace }: MesAlertsArgs, consumers: readonly [string, RoleConfig][]): Alert[] {
  const failing = bySeverity(consumers, ([name, { maxFailureRatio }]) => {
    const job = `namespace="${namespace}",job="${name}"`;
    const handled = (selector: string) => `sum by (job) (rate(mes_messages_handled_total{${selector}}[10m]))`;
    return (
      `(${handled(`${job},${FAILED}`)} / ${handled(job)} > ${maxFailureRatio} and ` +
      `sum by (job) (increase(mes_messages_handled_total{${job},${FAILED}}[10m])) >= ${FEWEST_FAILURES})`
    );
  });
  // The histogram ends at 60 s: a longer time cannot be compared with it.
  const measurable = consumers.filter(([, role]) => longestHandling(role) < 60);
  const jobs = measurable.map(([name]) => name);
  const slow = measurable.map(([name, role]) => {
    const selector = `namespace="${namespace}",job="${name}"`;
    return `${quantile(0.95, "mes_order_handling_seconds", selector, "job", "10m")} > ${longestHandling(role)}`;
  });
  return [
    ...failing.map(({ severity, expr }): Alert => ({
      name: alertName("MessagesFailing", severity),
      expr,
      for: "5m",
      severity,
      summary: "{{ $labels.job }} fails to handle {{ $value | humanizePercentage }} of its messages",
      description: "Messages are given back or sent to the dead letters. Their orders are late until the cause is gone.",
    })),
    ...(jobs.length === 0
      ? []
      : [
          {
            name: "MesOrderHandlingSlow",
            expr: slow.join(" or "),
            for: "15m",
            severity: "ticket" as const,
            summary: "{{ $labels.job }} takes {{ $value | humanizeDuration }} for a message, longer than its handlingTime",
            description:
              "Messages take longer than the stack file says (consumes.handlingTime). Queues grow, and a pod that is stopped may be killed before it has finished.",
          },
        ]),
  ];
}

function longestHandling({ consumes }: RoleConfig): number {
  return Math.max(...consumes.map(({ handlingTime }) => parseDuration(handlingTime)));
}
