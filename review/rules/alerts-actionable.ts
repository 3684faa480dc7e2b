import { OF_PROMETHEUS, templateProblem } from "../alerting/templates";
import { inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { listAt, textAt, textsAt } from "../kubernetes/value";
import type { Facts } from "../plan/plan";
import { listed, reporter, type Finding, type Rule } from "./rule";
import { watches } from "./scrape-targets";

const name = "alerts-actionable";
const { error } = reporter(name);

/** `page` wakes somebody, `ticket` waits for the morning. `none` is for the alert that always fires (a dead man's switch). */
const SEVERITIES = ["page", "ticket", "none"];

export const alertsActionable: Rule = {
  name,
  title:
    "Every alert is loaded by a Prometheus, has a severity, says in a sentence what is wrong, and has a runbook page that exists.",
  why: "An alert without a severity reaches nobody; one without a runbook costs the person it wakes the first ten minutes.",
  check: (plan) => {
    const known = inventory(plan);
    const rules = known.ofKind("PrometheusRule").filter((object) => object.group === "monitoring.coreos.com");
    const prometheuses = known.ofKind("Prometheus");
    const seen = new Map<string, KubeObject>();
    return rules.flatMap((object) => [
      ...(prometheuses.length > 0 && !prometheuses.some((prometheus) => watches(prometheus, "rule", object, known))
        ? [
            error(
              object.resource,
              "metadata.labels",
              `${listed(prometheuses.map(title))} loads no such rules; give it the labels that ruleSelector asks for`,
            ),
          ]
        : []),
      ...alertsOf(object).flatMap(({ alert, path }) => [
        ...findingsOf(object, alert, path, plan.facts),
        ...twice(object, alert, path, seen),
      ]),
    ]);
  },
};

export interface PlacedAlert {
  readonly alert: unknown;
  readonly path: readonly (string | number)[];
}

/** The alerts of a PrometheusRule, without its recordings. */
export function alertsOf(object: KubeObject): PlacedAlert[] {
  return listAt(object.spec, "groups").flatMap((group, i) =>
    listAt(group, "rules")
      .map((alert, j) => ({ alert, path: ["spec", "groups", i, "rules", j] }))
      .filter(({ alert }) => textAt(alert, "alert") !== undefined),
  );
}

function findingsOf(object: KubeObject, alert: unknown, path: readonly (string | number)[], facts: Facts | undefined): Finding[] {
  const alertName = textAt(alert, "alert") ?? "";
  const severity = textAt(alert, "labels", "severity");
  const runbook = textAt(alert, "annotations", "runbook_url");
  const findings: Finding[] = [];
  if (severity === undefined || !SEVERITIES.includes(severity)) {
    const message = `${alertName} has ${severity === undefined ? "no severity" : `the severity ${severity}`}; use ${SEVERITIES.join(" or ")}`;
    findings.push(error(object.resource, [...path, "labels", "severity"], message));
  }
  if ((textAt(alert, "annotations", "summary") ?? "") === "") {
    findings.push(
      error(object.resource, [...path, "annotations", "summary"], `${alertName} has no summary; say in a sentence what is wrong`),
    );
  }
  for (const side of ["annotations", "labels"])
    for (const [field, text] of Object.entries(textsAt(alert, side))) {
      const problem = text.includes("{{") ? templateProblem(text, OF_PROMETHEUS) : undefined;
      if (problem === undefined) continue;
      const message = `the template of ${alertName} ${problem}: Prometheus refuses the whole group; correct it`;
      findings.push(error(object.resource, [...path, side, field], message));
    }
  if (runbook === undefined) {
    findings.push(error(object.resource, [...path, "annotations", "runbook_url"], `${alertName} has no runbook_url`));
  } else if (facts !== undefined && !facts.runbooks.includes(pageOf(runbook))) {
    const message = `${alertName} points to a runbook that is not there; write docs/runbooks/${pageOf(runbook)}.md`;
    findings.push(error(object.resource, [...path, "annotations", "runbook_url"], message));
  }
  return findings;
}

/** `https://…/docs/runbooks/MesOrdersLost.md#top` → `MesOrdersLost`. */
function pageOf(url: string): string {
  const page = /([^/#?]+?)(?:\.(?:md|html))?\/?(?:[#?].*)?$/.exec(url)?.[1];
  return page ?? url;
}

/** The same name in two objects: a silence or a route meant for one hits both. Severities of one alert stand in one group. */
function twice(object: KubeObject, alert: unknown, path: readonly (string | number)[], seen: Map<string, KubeObject>): Finding[] {
  const alertName = textAt(alert, "alert") ?? "";
  const first = seen.get(alertName);
  if (first === undefined) {
    seen.set(alertName, object);
    return [];
  }
  if (first === object) return [];
  return [error(object.resource, path, `${title(first)} has an alert ${alertName} too; give one of them another name`)];
}
