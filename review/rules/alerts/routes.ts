import { deliveries, isMeant, matcherOf, type Receiver, type Route } from "../../alerting/config";
import { listAt, textAt } from "../../kubernetes/value";
import type { Plan } from "../../plan/plan";
import { seconds } from "../../promql/duration";
import { listed, type Finding } from "../rule";
import { isWatchdog, labelsOf, type Alert, type Says } from "./alert";

export function routeFindings(
  route: Route,
  receivers: readonly Receiver[],
  alerts: readonly Alert[],
  root: unknown,
  top: Route,
  says: Says,
): Finding[] {
  const { path, receiver, matchers, settings } = route;
  const known = receivers.map((one) => one.name);
  const intervals = [...listAt(root, "time_intervals"), ...listAt(root, "mute_time_intervals")].map(
    (one) => textAt(one, "name") ?? "",
  );
  const muted = timesOf(settings);
  const labels = alerts.map(labelsOf);
  const unmatched = matchers.filter((matcher) => {
    const parsed = matcherOf(matcher);
    return (
      parsed === undefined ||
      (["alertname", "severity"].includes(parsed.label) &&
        !labels.some((one) => parsed.operator.startsWith("!") || isMeant(parsed, one[parsed.label] ?? "")))
    );
  });
  const limits: readonly (readonly [string, number])[] = [
    ["group_wait", 300],
    ["group_interval", 1800],
    ["repeat_interval", 7 * 86_400],
  ];
  return [
    ...(receiver !== undefined && !known.includes(receiver)
      ? [says([...path, "receiver"], `there is no receiver ${receiver}; there are ${listed(known)}`)]
      : []),
    ...(path.length === 1 && receiver === undefined ? [says(path, "the first route has no receiver; name one")] : []),
    ...unmatched.map((matcher) => says([...path, "matchers"], `${matcher} selects no alert of the plan; correct it`)),
    ...muted
      .filter(({ one }) => !intervals.includes(one))
      .map(({ field, one }) => says([...path, field], `there is no time interval ${one}; define it`)),
    ...hourFindings(route, alerts, top, says),
    ...groupFindings(settings, path, says),
    ...limits.flatMap(([field, most]) => {
      const value = textAt(settings, field);
      const given = value === undefined ? undefined : seconds(value);
      return given === undefined || given <= most
        ? []
        : [
            says(
              [...path, field],
              `${value ?? ""} is long: people are told ${Math.round(given / 60)} min late; take ${most} s or less`,
            ),
          ];
    }),
  ];
}

/** Time intervals that a route names, and the fields that name them. */
function timesOf(settings: unknown): { readonly field: string; readonly one: string }[] {
  return ["mute_time_intervals", "active_time_intervals"].flatMap((field) =>
    listAt(settings, field).map((one) => ({ field, one: String(one) })),
  );
}

/** Orders are lost at night too. Source of what the first route may not have: `Config.UnmarshalYAML` of Alertmanager */
function hourFindings(route: Route, alerts: readonly Alert[], top: Route, says: Says): Finding[] {
  const { path, matchers, settings, goesOn } = route;
  const [muted] = timesOf(settings);
  const pages = alerts.filter(
    (one) =>
      textAt(one.alert, "labels", "severity") === "page" && deliveries(top, labelsOf(one)).some((each) => each.route === route),
  );
  return [
    ...(muted !== undefined && pages.length > 0
      ? [
          says(
            [...path, muted.field],
            `${listed(names(pages))} ${pages.length === 1 ? "is" : "are"} told to nobody outside of some hours, and orders are lost at night too; leave the time intervals to tickets`,
          ),
        ]
      : []),
    ...(path.length === 1 && (matchers.length > 0 || muted !== undefined || goesOn)
      ? [says(path, "the first route takes every alert: with matchers, time intervals or continue Alertmanager refuses it")]
      : []),
  ];
}

function names(alerts: readonly Alert[]): string[] {
  return alerts.map(({ alert }) => textAt(alert, "alert") ?? "");
}

/** Source: `Route.UnmarshalYAML` in config/config.go of Alertmanager */
function groupFindings(settings: unknown, path: readonly (string | number)[], says: Says): Finding[] {
  const by = listAt(settings, "group_by").map(String);
  const findings = by.includes("...") && by.length > 1 ? [says([...path, "group_by"], "... stands alone, or is refused")] : [];
  if (new Set(by).size < by.length) findings.push(says([...path, "group_by"], "names a label twice, which is refused"));
  for (const field of ["group_wait", "group_interval", "repeat_interval"]) {
    const text = textAt(settings, field);
    const is = text === undefined ? undefined : seconds(text);
    if (text !== undefined && is === undefined)
      findings.push(says([...path, field], `${text} is no duration, and is refused; write 5m`));
    if (is === 0 && field !== "group_wait") findings.push(says([...path, field], "must not be 0, and is refused; write 5m"));
  }
  return findings;
}

/** One alert may silence others: those that it is the cause of, and where it is the same thing that is broken. */
export function inhibitFindings(root: unknown, alerts: readonly Alert[], says: Says): Finding[] {
  const all = names(alerts);
  return listAt(root, "inhibit_rules").flatMap((rule, i) => {
    const path = ["inhibit_rules", i];
    const of = (side: string) => listAt(rule, `${side}_matchers`).map((one) => matcherOf(String(one)));
    const strangers = ["source", "target"].flatMap((side) =>
      of(side).flatMap((parsed) =>
        parsed?.label === "alertname" && parsed.operator.startsWith("=")
          ? parsed.value
              .split("|")
              .filter((one) => /^\w+$/.test(one) && !all.includes(one))
              .map((one) => says([...path, `${side}_matchers`], `there is no alert ${one}; correct the name`))
          : [],
      ),
    );
    const broad = of("target").every((parsed) => parsed?.label !== "alertname");
    const free = listAt(rule, "equal").length === 0;
    const selected = (side: string) =>
      alerts.filter((alert) => {
        const labels = labelsOf(alert);
        return of(side).every((parsed) => {
          if (parsed === undefined) return false;
          const actual = labels[parsed.label];
          return actual === undefined || isMeant(parsed, actual) === parsed.operator.startsWith("=");
        });
      });
    const always = selected("source").some(({ alert }) => isWatchdog(alert));
    const pages = selected("target").filter(({ alert }) => textAt(alert, "labels", "severity") === "page");
    const byTickets = selected("source").some(({ alert }) => textAt(alert, "labels", "severity") !== "page");
    const same = listAt(rule, "equal").includes("alertname");
    return [
      ...strangers,
      ...(of("target").length === 0 || (broad && free)
        ? [says(path, "silences alerts of whatever else is broken; name the alerts, and the labels that are equal")]
        : []),
      ...(always && selected("target").length > 0
        ? [says(path, "an alert that always fires silences others for ever; name another cause")]
        : []),
      ...(!free && broad && pages.length > 0 && byTickets && !same
        ? [says(path, `tickets silence the pages ${listed(names(pages))}; name the alerts that one cause explains`)]
        : []),
    ];
  });
}

export function deliveryFindings(
  route: Route,
  receivers: readonly Receiver[],
  alerts: readonly Alert[],
  plan: Plan,
  says: Says,
  weigh: (message: string) => Finding,
): Finding[] {
  const ways = (receiver: string) => receivers.find((one) => one.name === receiver)?.ways ?? [];
  // A stack that tells nobody of anything says so in its plan.
  if (receivers.every((one) => one.ways.length === 0)) {
    return plan.facts?.protectData === true
      ? [weigh("nobody is told of any alert; name receivers (mes:monitoring.alerting)")]
      : [];
  }
  const findings: Finding[] = [];
  const unheard = new Map<Route, string[]>();
  let pages: readonly string[] = [];
  for (const alert of alerts) {
    const severity = textAt(alert.alert, "labels", "severity") ?? "";
    const delivered = deliveries(route, labelsOf(alert));
    if (severity === "page") pages = [...pages, ...delivered.flatMap(({ receiver }) => ways(receiver))];
    if (isWatchdog(alert.alert) || delivered.some(({ receiver }) => ways(receiver).length > 0)) continue;
    const where = delivered[0]?.route ?? route;
    unheard.set(where, [...(unheard.get(where) ?? []), textAt(alert.alert, "alert") ?? ""]);
  }
  for (const [where, names] of unheard)
    findings.push(
      says(
        where.path,
        `${listed(names)} ${names.length === 1 ? "is" : "are"} told to nobody; lead the route to a receiver that tells people`,
      ),
    );
  if (pages.length > 0 && pages.every((way) => way === "email")) {
    findings.push(
      weigh("pages are sent by mail alone, which wakes nobody; add PagerDuty, Slack or a webhook (mes:monitoring.alerting.page)"),
    );
  }
  findings.push(...exchanged(plan, weigh));
  const watched = alerts.some(
    (alert) =>
      isWatchdog(alert.alert) &&
      deliveries(route, labelsOf(alert)).some(({ receiver }) => ways(receiver).some((way) => way !== "email")),
  );
  if (!watched && plan.facts?.protectData === true) {
    findings.push(
      weigh("nobody notices when alerting itself is down; set a dead man's switch (mes:monitoring.alerting.deadMansSwitch)"),
    );
  }
  return findings;
}

/** Names of whoever has to get up, and of what wakes them. */
const ON_CALL = /on-?call|page|standby|24x?7|duty|opsgenie|victorops|splunk|incident|sms|phone|urgent|critical|alarm/i;

/** Pages that go to those who look in the morning, while tickets wake whoever is on call. */
function exchanged({ facts }: Plan, weigh: (message: string) => Finding): Finding[] {
  const receiverOf = (severity: string) => facts?.alerts?.find((told) => told.severity === severity)?.receiver ?? "";
  const [page, ticket] = [receiverOf("page"), receiverOf("ticket")];
  if (page === "" || page === ticket || ON_CALL.test(page) || !ON_CALL.test(ticket)) return [];
  const message = `pages go to ${page} and tickets to ${ticket}: what loses orders waits until the morning, and what may wait wakes people; exchange them (mes:monitoring.alerting.page and ticket)`;
  return [weigh(message)];
}
