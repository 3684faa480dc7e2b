import { BROKER_BLOCKED } from "../../broker/alerts";
import { anywhere, type Alert, type AlertGroup, type Recording } from "../../observability/alert";
import { NO_WRITES, WRITES_SUFFER } from "../../postgres/alerts";
import { parseDuration } from "../../schema";
import { alertName } from "../alerts/severity";
import type { Measured } from "../measured";
import { anyOf } from "../queries";
import { isRelay } from "../role/access";
import { enabledRoles } from "../role/pods";
import type { SloConfig, Slos } from "./config";
import { indicatorOf } from "./indicators";

/**
 * A budget that is spent too fast: `share` of it within the long window. The short one makes the alert end soon after the cause.
 * Source: Google, The Site Reliability Workbook, chapter 5, table 5-8; for a window of 30 days the rates are 14.4, 6, 3 and 1
 */
interface Burn {
  readonly share: number;
  readonly long: string;
  readonly short: string;
}

const BURNS: Readonly<Record<Alert["severity"], readonly Burn[]>> = {
  page: [
    { share: 0.02, long: "1h", short: "5m" },
    { share: 0.05, long: "6h", short: "30m" },
  ],
  ticket: [
    { share: 0.1, long: "1d", short: "2h" },
    { share: 0.1, long: "3d", short: "6h" },
  ],
};

/** It is still spent. An incident that is over has had its page, and the long windows remember it for hours. */
const STILL: Readonly<Record<Alert["severity"], string>> = { page: "5m", ticket: "30m" };

/** Alerts that name the cause come first: the slowest of them waits for ten minutes. */
const WAITS: Readonly<Record<Alert["severity"], string>> = { page: "15m", ticket: "1h" };

const WINDOWS = ["30m", "1h", "2h", "6h", "1d", "3d"] as const;

/** Bad ones in the long window before a ratio means anything: at night one of three requests is a third. */
const FEWEST_BAD = 5;

/** Recordings and alerts of all objectives; undefined if there are none. */
export function sloRules({ window, objectives }: Slos, measured: Measured): AlertGroup | undefined {
  const slos = Object.entries(objectives).flatMap(([name, slo]) => {
    const indicator = indicatorOf(slo, measured);
    return indicator === undefined ? [] : [{ name, slo, indicator, paged: isPaged(slo, measured) }];
  });
  if (slos.length === 0) return undefined;
  const names = slos.map(({ name }) => name);
  const paged = slos.filter((one) => one.paged).map(({ name }) => name);
  return {
    name: "mes-slos",
    recordings: [
      ...slos.flatMap(({ name, slo, indicator }): Recording[] => {
        const job = slo.role ?? relayOf(measured);
        const labels = { slo: name, ...(job === undefined ? {} : { job }) };
        return [
          { record: "slo:bad:rate5m", expr: indicator.bad, labels },
          { record: "slo:all:rate5m", expr: indicator.all, labels },
          { record: "slo:objective:ratio", expr: `vector(${decimal(slo.target / 100)})`, labels },
          { record: "slo:error_budget:ratio", expr: `vector(${decimal(1 - slo.target / 100)})`, labels },
        ];
      }),
      { record: "slo:errors:ratio5m", expr: "slo:bad:rate5m / (slo:all:rate5m > 0)" },
      ...[...new Set([...WINDOWS, window])].map((over) => ({ record: `slo:errors:ratio${over}`, expr: errorsOver(over) })),
      { record: "slo:burn_rate:ratio1h", expr: "slo:errors:ratio1h / slo:error_budget:ratio" },
      { record: "slo:error_budget_left:ratio", expr: `1 - slo:errors:ratio${window} / slo:error_budget:ratio` },
    ],
    alerts: [
      ...(paged.length === 0 ? [] : [burning("page", paged, window)]),
      burning("ticket", names, window),
      unmeasured(names),
    ],
  };
}

/** By the numbers of events: an hour of the night does not count as one of the day. */
function errorsOver(window: string): string {
  return `sum_over_time(slo:bad:rate5m[${window}]) / (sum_over_time(slo:all:rate5m[${window}]) > 0)`;
}

/** Who sends what waits in the outbox: while it is down, its own alert is enough. */
function relayOf({ roles }: Measured): string | undefined {
  return enabledRoles(roles).find(([, role]) => isRelay(role))?.[0];
}

/** Only what loses or delays orders wakes somebody. */
function isPaged({ indicator, role = "" }: SloConfig, { roles }: Measured): boolean {
  return indicator === "freshness" || roles[role]?.priority === "orders";
}

function burning(severity: Alert["severity"], names: readonly string[], window: string): Alert {
  const selector = `{${anyOf("slo", names)}}`;
  const conditions = BURNS[severity].map(({ share, long, short }) => {
    const rate = decimal((share * parseDuration(window)) / parseDuration(long));
    const above = (over: string) => `slo:errors:ratio${over}${selector} > ${rate} * slo:error_budget:ratio${selector}`;
    // A rate a second, looked at every minute: how many there were, whatever the interval of evaluation.
    const enough = `sum_over_time(slo:bad:rate5m${selector}[${long}:1m]) * 60 >= ${FEWEST_BAD}`;
    const over = [...new Set([long, short, STILL[severity]])].map(above);
    return `(${[...over, enough].join(" and ")})`;
  });
  const slower = severity === "ticket" ? { [alertName("SloBurning", "page")]: ["slo"] } : {};
  return {
    name: alertName("SloBurning", severity),
    expr: conditions.join(" or "),
    for: WAITS[severity],
    // A cause is told of for longer, so that nobody hears of the objective when it is over.
    keepFiringFor: "0s",
    severity,
    causedBy: {
      ...NO_WRITES,
      ...WRITES_SUFFER,
      ...BROKER_BLOCKED,
      ...anywhere("OutboxDelayed", "OutboxNotDrained"),
      ...Object.fromEntries(
        ["HttpErrors", "HttpSlow", "RoleDown", "OrderHandlingSlow"].flatMap((what) =>
          [alertName(what, "page"), `Mes${what}`].map((name) => [name, ["job"]] as const),
        ),
      ),
      ...slower,
    },
    summary: "{{ $labels.slo }} spends its error budget: {{ $value | humanizePercentage }} are bad",
    description:
      severity === "page"
        ? `At this rate the budget of ${window} is spent within days: two percent of it went in the last hour, or five in the last six hours.`
        : `A tenth of the budget of ${window} was spent within a day, or within three.`,
  };
}

/** What is not counted is never bad. */
function unmeasured(names: readonly string[]): Alert {
  return {
    name: "MesSloUnmeasured",
    expr: names.map((name) => `absent_over_time(slo:all:rate5m{slo="${name}"}[6h])`).join(" or "),
    for: "30m",
    severity: "ticket",
    summary: "Nobody counts for {{ $labels.slo }}",
    description: "The objective has no data for six hours: its metrics are not read, or nobody called. It can be missed unseen.",
  };
}

/** Without the noise of binary fractions: 0.001, not 0.0010000000000000009. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(10)));
}
