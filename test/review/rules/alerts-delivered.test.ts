import { parse, stringify } from "yaml";
import { deliveries, routeOf } from "../../../review/alerting/config";
import type { Plan } from "../../../review/plan/plan";
import { alertsDelivered } from "../../../review/rules/alerts-delivered";
import { planned } from "../../helpers/plans";
import { changedIn, type Inputs } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

type Edit = (inputs: Inputs) => void;

const saidOf = (type: string, edit: Edit, concerns?: (inputs: Inputs) => boolean): string[] =>
  alertsDelivered.check(changedIn(prod, type, edit, concerns)).map(({ message, severity }) => `${severity}: ${message}`);

const ofConfig = ({ metadata }: any) => metadata.name === "alertmanager-config";
const config =
  (edit: (config: any) => void): Edit =>
  ({ stringData }) => {
    const root = parse(stringData["alertmanager.yaml"]);
    edit(root);
    stringData["alertmanager.yaml"] = stringify(root);
  };
/** Edits the first alert, or recording, of which a test holds. */
const rule =
  (edit: (rule: any) => void, which: (rule: any) => boolean = ({ alert }) => alert !== undefined): Edit =>
  ({ spec }) => {
    const found = spec.groups.flatMap((group: any) => group.rules).find(which);
    if (found !== undefined) edit(found);
  };
const aPage = ({ labels }: any) => labels?.severity === "page";
const hasRange = ({ expr }: any) => /\[5m\]/.test(expr);

describe("the alerts of prod", () => {
  it("reach people, by mail alone", () => {
    expect(alertsDelivered.check(prod).map(({ severity, message }) => [severity, message.split(",")[0]])).toEqual([
      ["warning", "pages are sent by mail alone"],
      [
        "warning",
        "nobody notices when alerting itself is down; set a dead man's switch (mes:monitoring.alerting.deadMansSwitch)",
      ],
    ]);
  });

  it.each<[string, Edit, string]>([
    [
      "a receiver that is not there",
      config(({ route }) => (route.routes[1].receiver = "oncall")),
      "error: there is no receiver oncall; there are nobody, on-call and team",
    ],
    ["no first receiver", config(({ route }) => delete route.receiver), "error: the first route has no receiver"],
    [
      "pages led to nobody",
      config(({ route }) => (route.routes[1].receiver = "nobody")),
      "told to nobody; lead the route to a receiver",
    ],
    ["tickets led to nobody", config(({ route }) => (route.receiver = "nobody")), "told to nobody; lead the route to a receiver"],
    [
      "a receiver without a way",
      config(({ receivers }) => delete receivers[1].email_configs),
      "told to nobody; lead the route to a receiver",
    ],
    [
      "a severity that no alert has",
      config(({ route }) => (route.routes[1].matchers = ["severity = pages"])),
      "error: severity = pages selects no alert of the plan",
    ],
    [
      "no matcher",
      config(({ route }) => (route.routes[1].matchers = ["severity"])),
      "error: severity selects no alert of the plan",
    ],
    [
      "a time interval that is not there",
      config(({ route }) => (route.routes[1].mute_time_intervals = ["night"])),
      "error: there is no time interval night",
    ],
    [
      "half an hour before the first mail",
      config(({ route }) => (route.routes[1].group_wait = "30m")),
      "error: 30m is long: people are told 30 min late",
    ],
    ["one mail a month", config(({ route }) => (route.repeat_interval = "30d")), "error: 30d is long"],
    [
      "an inhibition by an alert that is not there",
      config(({ inhibit_rules: rules }) => (rules[0].source_matchers = ["alertname = NodeDown"])),
      "error: there is no alert NodeDown; correct the name",
    ],
    [
      "an inhibition of everything",
      config(({ inhibit_rules: rules }) => {
        rules[0].target_matchers = ["severity = page"];
        delete rules[0].equal;
      }),
      "error: silences alerts of whatever else is broken",
    ],
    [
      "a mail server on a port that policies close",
      config(({ receivers }) => (receivers[1].email_configs[0].smarthost = "smtp.example.com:2525")),
      "out on port 2525; allow it",
    ],
    [
      "a file that no Secret has",
      config(
        ({ receivers }) =>
          (receivers[1].webhook_configs = [{ url_file: "/etc/alertmanager/secrets/alertmanager-receivers/url" }]),
      ),
      "error: the Secret alertmanager-receivers",
    ],
    [
      "a configuration that cannot be seen",
      ({ stringData }) => (stringData["alertmanager.yaml"] = "[secret]"),
      "warning: nothing of the routes can be seen",
    ],
    [
      "nobody at all",
      config((root) => (root.receivers = root.receivers.map(({ name }: any) => ({ name })))),
      "warning: nobody is told of any alert",
    ],
  ])("are not fine with %s", (_, edit, message) => {
    expect(saidOf("Secret", edit, ofConfig)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  it.each<[string, string, Edit, string]>([
    ["no Alertmanager", "Prometheus", ({ spec }) => delete spec.alerting, "error: sends its alerts nowhere"],
    [
      "another Alertmanager",
      "Prometheus",
      ({ spec }) => (spec.alerting.alertmanagers[0].name = "alertmanagers"),
      "error: there is no Service mes-observability/alertmanagers",
    ],
    [
      "another port",
      "Prometheus",
      ({ spec }) => (spec.alerting.alertmanagers[0].port = "http"),
      "error: Service mes-observability/alertmanager has no port http",
    ],
    ["a paused Alertmanager", "Alertmanager", ({ spec }) => (spec.paused = true), "error: is paused"],
    [
      "a retention of two hours",
      "Prometheus",
      ({ spec }) => (spec.retention = "2h"),
      "and Prometheus keeps 2h (mes:monitoring.prometheus.retention)",
    ],
    [
      "a question every five minutes",
      "Prometheus",
      ({ spec }) => (spec.scrapeInterval = "5m"),
      "in which there are no two samples, as Prometheus asks every 300 s; take 1200 s or more",
    ],
    [
      "a page of no severity",
      "PrometheusRule",
      rule((one) => (one.labels.severity = "none"), aPage),
      "has the severity none and tells nobody",
    ],
    [
      "a page after a day",
      "PrometheusRule",
      rule((one) => (one.for = "24h"), aPage),
      "is told only after 24h; orders are late by then",
    ],
    ["a wait that is none", "PrometheusRule", rule((one) => (one.for = "5 min"), aPage), "waits for 5 min, which is no duration"],
    [
      "a range of one sample",
      "PrometheusRule",
      rule((one) => (one.expr = one.expr.replaceAll("[5m]", "[20s]")), hasRange),
      "takes a range of 20s, in which there are no two samples",
    ],
    [
      "a range beyond what is kept",
      "PrometheusRule",
      rule((one) => (one.expr = one.expr.replaceAll("[5m]", "[90d]")), hasRange),
      "looks back 90d, and Prometheus keeps 30d",
    ],
  ])("are not fine with %s", (_, type, edit, message) => {
    expect(saidOf(type, edit)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});

describe("the route of an alert", () => {
  const route = routeOf({
    receiver: "team",
    routes: [
      { matchers: ["alertname = Watchdog"], receiver: "nobody" },
      {
        matchers: ['severity =~ "page|critical"'],
        receiver: "on-call",
        routes: [{ matchers: ["area != broker"], receiver: "chat", continue: true }],
      },
      { match: { namespace: "mes" }, receiver: "mes" },
    ],
  });

  // As Alertmanager has it: the first child that matches, those after it with `continue` alone, and itself where none matches.
  it.each<[Record<string, string>, string[]]>([
    [{ alertname: "Watchdog", severity: "none" }, ["nobody"]],
    [{ alertname: "A", severity: "page", area: "broker" }, ["on-call"]],
    [{ alertname: "A", severity: "page", area: "mes" }, ["chat"]],
    [{ alertname: "A", severity: "ticket", namespace: "mes" }, ["mes"]],
    // Which namespace, only the alert itself will tell.
    [{ alertname: "A", severity: "ticket" }, ["mes", "team"]],
  ])("with %j leads to %j", (labels, receivers) => {
    expect(deliveries(route, labels).map(({ receiver }) => receiver)).toEqual(receivers);
  });
});
