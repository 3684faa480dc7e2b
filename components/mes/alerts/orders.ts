import { BROKER_BLOCKED } from "../../broker/alerts";
import { parkingQueue } from "../../broker/topology";
import { anywhere, type Alert, type AlertGroup, type Causes, type Recording } from "../../observability/alert";
import { NO_WRITES, WRITES_SUFFER } from "../../postgres/alerts";
import { parseDuration } from "../../schema";
import type { MesAlertsArgs } from "./alerts";
import type { RoleConfig } from "../config";
import { CRM_CONFIRMED, CRM_STATUSES } from "../contract/metrics";
import { isRelay } from "../role/access";
import { enabledRoles } from "../role/pods";
import { signalsOf } from "../role/signals";
import { anyOf, countOver, lost, MISSING, quantile, usual } from "../queries";
import { alertName, bySeverity } from "./severity";

/** Failed messages within the window before a ratio of them means anything. */
const FEWEST_FAILURES = 3;
/** Messages wait or are given up, and their alerts say why. */
const NOT_SENT = anywhere("OutboxDelayed", "OutboxDead", "BrokerMessagesReturned", "BrokerPublishesRefused");
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
  const queues = consumers.flatMap(([, { consumes }]) => consumes.map(({ queue }) => queue));
  const received = consumers.length > 0;
  const published = roles.some(([, role]) => isRelay(role));
  const crm = args.reconciliation.crm !== undefined;
  const steps = [
    ...(received && crm ? [receivedStep(args, queues)] : []),
    ...(published ? [publishedStep(args)] : []),
    ...(published && crm ? [statusStep(args, queues)] : []),
  ];
  return {
    name: "mes-orders",
    recordings: steps.flatMap(({ recordings }) => recordings),
    alerts: [
      ...steps.flatMap(({ alerts }) => alerts),
      ...stopped(args, { received, statuses: published }),
      ...blind(args, consumers),
      ...handlingAlerts(args, handling),
    ],
  };
}

interface Step {
  readonly recordings: Recording[];
  readonly alerts: Alert[];
}

const DOWN = anywhere("MesOrderRoleDown");

/** Messages in queues that a selector names, and how to say so; where nobody reads the broker's metrics, they count as missing. */
function heldBy(selector: string, { brokerMeasured = true }: MesAlertsArgs): Pick<Comparison, "held"> & { waits: string } {
  if (!brokerMeasured) return { held: "vector(0)", waits: "wait at the broker, of which nothing is measured," };
  return { held: `sum(max by (queue) (rabbitmq_detailed_queue_messages{${selector}}))`, waits: "" };
}

function receivedStep(args: MesAlertsArgs, queues: readonly string[]): Step {
  const { namespace, reconciliation } = args;
  const known = queues.flatMap((queue) => [queue, parkingQueue(queue)]);
  const { held, waits } = heldBy(anyOf("queue", known), args);
  return comparison(reconciliation, {
    // The CRM's count is watched by itself: where it is read for the first time, it has long been counting.
    sent: { record: "mes:orders_confirmed:count", selector: CRM_CONFIRMED, watched: CRM_CONFIRMED },
    arrived: {
      record: "mes:orders_received:count",
      selector: `mes_orders_received_total{namespace="${namespace}"}`,
      watched: `up{namespace="${namespace}"}`,
    },
    missing: MISSING.received,
    held,
    alert: "MesOrdersNotReceived",
    causedBy: {
      ...NO_WRITES,
      ...BROKER_BLOCKED,
      ...DOWN,
      ...anywhere("BrokerMessagesReturned", "BrokerMessagesDropped", "BrokerPublishesRefused"),
    },
    summary: "orders confirmed by the CRM have not reached the MES",
    description:
      waits === ""
        ? "The CRM has confirmed more orders than the MES has committed to its database and the broker holds. They are lost, or they wait in the CRM."
        : `The CRM has confirmed more orders than the MES has committed to its database. They are lost, or they ${waits} or in the CRM.`,
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
    missing: MISSING.published,
    held: "max(cnpg_mes_outbox_pending) + max(cnpg_mes_outbox_dead)",
    alert: "MesOrdersNotPublished",
    causedBy: { ...NO_WRITES, ...BROKER_BLOCKED, ...DOWN, ...NOT_SENT },
    summary: "accepted orders have not been published",
    description:
      "The MES has accepted more orders over HTTP than the broker has confirmed and the outbox holds: they were never written there, or lost by the relay.",
  });
}

function statusStep(args: MesAlertsArgs, queues: readonly string[]): Step {
  const { namespace, reconciliation } = args;
  const ours = queues.flatMap((queue) => [queue, parkingQueue(queue)]).join("|");
  const { held, waits } = heldBy(`queue!~"${ours}"`, args);
  return comparison(reconciliation, {
    sent: {
      record: "mes:statuses_published:count",
      selector: `mes_statuses_published_total{namespace="${namespace}"}`,
      watched: `up{namespace="${namespace}"}`,
    },
    // A CRM that does not count them is none that loses all of them.
    arrived: { record: "mes:statuses_received:count", selector: CRM_STATUSES, watched: CRM_STATUSES, required: true },
    missing: MISSING.statuses,
    held,
    alert: "MesStatusesNotReceived",
    causedBy: {
      ...BROKER_BLOCKED,
      ...anywhere("BrokerQueueWithoutConsumers", "BrokerMessagesReturned", "BrokerMessagesDropped"),
    },
    summary: "statuses of orders have not reached the CRM",
    description:
      waits === ""
        ? "The MES has published more statuses than the CRM has written and the broker holds: customers do not hear of their orders. The CRM acknowledges what it does not write, or they were lost on the way."
        : `The MES has published more statuses than the CRM has written: customers do not hear of their orders. They ${waits} or the CRM acknowledges what it does not write, or they were lost on the way.`,
  });
}

interface Side {
  readonly record: string;
  readonly selector: string;
  /** See `countOver`. */
  readonly watched: string;
  /** Nothing is compared where this side is not counted; else it counts as 0. @default false */
  readonly required?: boolean;
}

interface Comparison {
  readonly sent: Side;
  readonly arrived: Side;
  /** Recorded: what one side counts, the other does not, and nothing holds. */
  readonly missing: string;
  /** What is known to wait between the two. */
  readonly held: string;
  readonly alert: string;
  readonly causedBy: Causes;
  readonly summary: string;
  readonly description: string;
}

function comparison(config: MesAlertsArgs["reconciliation"], compared: Comparison): Step {
  const { sent, arrived, missing, held, alert, summary, description } = compared;
  const { window, longWindow } = config;
  const transit = parseDuration(config.transit);
  const recordings = [window, longWindow].flatMap((length) => [
    ...[sent, arrived].map(({ record, selector, watched }) => ({
      record: `${record}${length}`,
      expr: countOver(selector, length, watched),
    })),
    {
      record: `${missing}${length}`,
      expr: `${sent.record}${length} - ${arrived.required ? `${arrived.record}${length}` : `(${arrived.record}${length} or vector(0))`} - (${held} or vector(0))`,
    },
  ]);
  return {
    recordings,
    alerts: [
      {
        name: alert,
        expr: lost(`${missing}${window}`, sent.selector, window, transit),
        for: "2m",
        severity: "page",
        causedBy: compared.causedBy,
        summary: `{{ $value }} ${summary} (last ${window})`,
        description,
      },
      {
        name: `${alert}Today`,
        expr: lost(`${missing}${longWindow}`, sent.selector, longWindow, transit),
        for: "30m",
        severity: "ticket",
        causedBy: { ...compared.causedBy, ...anywhere(alert) },
        summary: `{{ $value }} ${summary} (last ${longWindow})`,
        description: `${description} The long count finds single orders that a busy hour hides, and stays until they are older than ${longWindow}.`,
      },
    ],
  };
}

/** Fewest in the usual time, before their absence means anything. */
const FEWEST_USUAL = 20;

/** What is not there is not lost and not late, and nobody counts it: only its own past tells that it is missing. */
function stopped(
  { namespace, reconciliation, metricsKept }: MesAlertsArgs,
  has: { readonly received: boolean; readonly statuses: boolean },
): Alert[] {
  const orders = usual(CRM_CONFIRMED, "15m", metricsKept);
  const grows = (metric: string) => `sum(increase(${metric}{namespace="${namespace}"}[15m]))`;
  return [
    ...(has.received && reconciliation.crm !== undefined
      ? [
          {
            name: "MesOrdersStopped",
            expr: `sum(increase(${CRM_CONFIRMED}[15m])) < 0.1 * ${orders} and ${orders} >= ${FEWEST_USUAL}`,
            for: "2m",
            severity: "page" as const,
            summary: "{{ $value | humanize }} orders in 15 minutes, less than a tenth of what is usual at this hour",
            description: "Customers cannot order, or the CRM cannot confirm. Nothing of the MES has to be wrong for it.",
          },
        ]
      : []),
    ...(has.received && has.statuses
      ? [
          {
            name: "MesStatusesStopped",
            expr: `${grows("mes_orders_received_total")} >= 5 and ${grows("mes_statuses_published_total")} == 0`,
            for: "2m",
            severity: "page" as const,
            causedBy: { ...NO_WRITES, ...BROKER_BLOCKED, ...DOWN, ...NOT_SENT },
            summary: "orders come in and no status of any goes out to the CRM",
            description:
              "Orders are stored and nobody is told: order-intake writes no status into the outbox, or the relay does not send them.",
          },
        ]
      : []),
  ];
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
      causedBy: DOWN,
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
      causedBy: { ...NO_WRITES, ...WRITES_SUFFER },
      explains: anywhere("BrokerMessagesRedelivered", "BrokerQueueBacklog"),
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
            causedBy: { ...NO_WRITES, ...WRITES_SUFFER },
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
