import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { schedule, timesADay } from "../../kubernetes/schedules";
import { listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("backups-restorable");

/** Base backups a day from which one begins before the last has ended, or replicas do little else. */
const OFTEN = { usual: 4, most: 24 };
const DAY = 86_400;
const WEEKEND = 3 * DAY;

/** How often a backup is taken, and whether the alert on old ones knows. */
export function backupRhythm(known: Inventory): Finding[] {
  const backups = known.ofKind("ScheduledBackup").filter(({ spec }) => spec.suspend !== true);
  return [...backups.flatMap(tooOften), ...falseAlarms(backups, known)];
}

function tooOften({ resource, spec }: KubeObject): Finding[] {
  const often = timesADay(textAt(spec, "schedule") ?? "", 6);
  if (often === undefined || often <= OFTEN.usual) return [];
  const report = often > OFTEN.most ? error : warning;
  const message = `begins a base backup ${often} times a day: the instance that takes them does little else, and the bucket fills with copies of the whole database; once a day is enough, the log has the rest`;
  return [report(resource, "spec.schedule", message)];
}

/** The age of the newest backup in an alert's expression, in seconds. Source: metrics of the Barman Cloud plug-in */
const AGE = /last_available_backup_timestamp[^>]*>=?\s*(\d+(?:\.\d+)?)\s*$/;

function falseAlarms(backups: readonly KubeObject[], known: Inventory): Finding[] {
  const gaps = backups
    .map(({ spec }) => schedule(textAt(spec, "schedule") ?? "", 6))
    .filter(({ problem }) => problem === undefined)
    .map(({ longestGap }) => longestGap * DAY);
  if (gaps.length === 0) return [];
  const gap = Math.min(...gaps);
  return known.ofKind("PrometheusRule").flatMap(({ resource, spec }) =>
    listAt(spec, "groups").flatMap((group, i) =>
      listAt(group, "rules").flatMap((rule, j) => {
        const alert = textAt(rule, "alert");
        const [, seconds] = AGE.exec(textAt(rule, "expr") ?? "") ?? [];
        if (alert === undefined || seconds === undefined || Number(seconds) >= gap) return [];
        const message = `${alert} fires when the newest backup is older than ${Number(seconds) / 3600} h, and one is taken every ${gap / DAY} days (${listed(backups.map(title))}): it fires though nothing is wrong, and nobody looks when it matters; raise mes:postgres.backups.maxAge, or take one more often`;
        // Over a weekend it is a nuisance; on most days nobody looks any more.
        return [(gap > WEEKEND ? error : warning)(resource, ["spec", "groups", i, "rules", j, "expr"], message)];
      }),
    ),
  );
}
