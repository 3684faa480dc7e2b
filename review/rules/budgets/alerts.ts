import type { Inventory } from "../../kubernetes/inventory";
import { timeInWords } from "../../kubernetes/sizes";
import { listAt, textAt } from "../../kubernetes/value";
import { schedule } from "../../kubernetes/schedules";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("time-budgets");

const DAY = 86_400;
/** Seconds that an order may wait before somebody has to know. */
const LATE = { warning: 3600, error: DAY };

/** How long a thing may be late before somebody is told, in its expression: `max(…_oldest_unsent_seconds) > 60`. */
export function alertTimes(known: Inventory): Finding[] {
  const gap = longestGap(known);
  return known.ofKind("PrometheusRule").flatMap(({ spec, resource }) =>
    listAt(spec, "groups").flatMap((group, i) =>
      listAt(group, "rules").flatMap((rule, j) => {
        const [alert, expr] = [textAt(rule, "alert"), textAt(rule, "expr")];
        const [, bound] = /> *(\d+(?:\.\d+)?) *$/.exec(expr ?? "") ?? [];
        if (alert === undefined || expr === undefined || bound === undefined) return [];
        const path = ["spec", "groups", i, "rules", j, "expr"];
        const time = Number(bound);
        if (/_(?:unsent|unpublished|unconsumed|undelivered|unacknowledged)_seconds\b/.test(expr) && time > LATE.warning) {
          const message = `${alert}: nobody is told before an order has waited ${timeInWords(time)} to be sent; lower the time (mes:outbox.maxDelay)`;
          return [(time >= LATE.error ? error : warning)(resource, path, message)];
        }
        if (gap === undefined || !/^time\(\) *- .*backup\w*_timestamp\b/.test(expr) || time <= 3 * gap) return [];
        const message = `${alert}: nobody is told before the last backup is ${timeInWords(time)} old, and one is taken every ${timeInWords(gap)}; lower the time (mes:postgres.backups.maxAge)`;
        return [(time > 7 * gap && time > 14 * DAY ? error : warning)(resource, path, message)];
      }),
    ),
  );
}

/** Seconds between two backups, where one is taken. */
function longestGap(known: Inventory): number | undefined {
  const gaps = known.ofKind("ScheduledBackup").flatMap(({ spec }) => {
    const { problem, longestGap: days } = schedule(textAt(spec, "schedule") ?? "", 6);
    return problem === undefined ? [Math.max(1, days) * DAY] : [];
  });
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}
