import { recordingName } from "../../../components/observability/alert";
import { rulesIn } from "../../alerting/rules";
import type { Inventory } from "../../kubernetes/inventory";
import { entriesAt, recordAt, textAt } from "../../kubernetes/value";
import type { Plan } from "../../plan/plan";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("alerts-evaluated");

/** What components publish and no object of the plan has. */
export function publishedFindings(plan: Plan, known: Inventory): Finding[] {
  const { rules = [], dashboards = [] } = plan.facts ?? {};
  const [place] = [...known.ofKind("Prometheus"), ...known.ofKind("PrometheusRule"), ...known.objects];
  if (place === undefined) return [];
  const there = namesIn(known);
  const shown = known.ofKind("ConfigMap").flatMap(({ resource }) => entriesAt(resource.inputs, "data").map(([file]) => file));
  const lost = dashboards.filter((uid) => !shown.includes(`${uid}.json`));
  return [
    ...rules.flatMap(({ group, alerts, recordings }) => {
      const missing = [
        ...alerts.filter((one) => !there.has(one)).map((one) => `the alert ${one}`),
        ...recordings.filter((one) => !there.has(one)).map((one) => `the recording ${one}`),
      ];
      if (missing.length === 0) return [];
      const is = missing.length === 1 ? "is" : "are";
      const message = `${listed(missing, 12)} of the group ${group} ${is} in no PrometheusRule of the plan, so nobody is told of what ${is === "is" ? "it" : "they"} would find; declare what the component publishes`;
      return [error(place.resource, "", message)];
    }),
    ...lost.map((uid) => error(place.resource, "", `the dashboard ${uid} is in no ConfigMap of the plan: nobody sees it`)),
  ];
}

/** Alerts and recordings. */
function namesIn(known: Inventory): ReadonlySet<string> {
  return new Set(
    rulesIn(known).map((rule) => {
      const record = textAt(rule, "record");
      return record === undefined ? (textAt(rule, "alert") ?? "") : recordingName(record, recordAt(rule, "labels"));
    }),
  );
}
