import { parse, stringify } from "yaml";
import type { Plan } from "../../../review/plan/plan";
import { alertsActionable } from "../../../review/rules/alerts-actionable";
import { alertsDelivered } from "../../../review/rules/alerts-delivered";
import { planned } from "../../helpers/plans";
import { changedIn, named } from "./changed-plan";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

/** Errors once the configuration of Alertmanager is another. */
function said(edit: (config: any) => void): string[] {
  const changed = changedIn(
    prod,
    "Secret",
    ({ stringData }) => {
      const root = parse(stringData["alertmanager.yaml"]);
      edit(root);
      stringData["alertmanager.yaml"] = stringify(root);
    },
    named("alertmanager-config"),
  );
  return alertsDelivered.check(changed).flatMap(({ severity, message }) => (severity === "error" ? [message] : []));
}

const onCall = (config: any) => config.receivers.find(({ name }: any) => name === "on-call");
const pages = (config: any) => config.route.routes.find(({ matchers }: any) => matchers[0] === "severity = page");
const office = [{ name: "office", time_intervals: [{ times: [{ start_time: "08:00", end_time: "17:00" }] }] }];

test.each<[string, (config: any) => void, RegExp]>([
  [
    "pages in office hours",
    (config) => Object.assign(config, { time_intervals: office }) && (pages(config).active_time_intervals = ["office"]),
    /are told to nobody outside of some hours/,
  ],
  [
    "pages that are muted",
    (config) => Object.assign(config, { time_intervals: office }) && (pages(config).mute_time_intervals = ["office"]),
    /are told to nobody outside of some hours/,
  ],
  ["a first route with matchers", (config) => (config.route.matchers = ["owner = mes"]), /the first route takes every alert/],
  ["a label twice", (config) => (config.route.group_by = ["job", "job"]), /names a label twice/],
  ["everything beside a label", (config) => (config.route.group_by = ["...", "job"]), /stands alone/],
  ["no repetition", (config) => (pages(config).repeat_interval = "0s"), /must not be 0/],
  ["a wait that is none", (config) => (pages(config).group_wait = "soon"), /soon is no duration/],
  ["a mail to nobody", (config) => delete onCall(config).email_configs[0].to, /the email has no to/],
  ["a webhook without an address", (config) => (onCall(config).webhook_configs = [{ max_alerts: 1 }]), /the webhook has no url/],
  [
    "a file that nobody mounts",
    (config) => (onCall(config).webhook_configs = [{ url_file: "/etc/webhook/url" }]),
    /no file that the operator mounts/,
  ],
  [
    "a webhook to itself",
    (config) => (onCall(config).webhook_configs = [{ url: "http://localhost:8080" }]),
    /Alertmanager's own pod/,
  ],
  [
    "a text that does not parse",
    (config) => (onCall(config).email_configs[0].html = "{{ .CommonLabel.x }}"),
    /its text asks for \.CommonLabel/,
  ],
  ["two receivers of a name", (config) => config.receivers.push({ name: "on-call" }), /two receivers on-call/],
  [
    "a cause that always fires",
    (config) =>
      config.inhibit_rules.push({
        source_matchers: ["alertname = Watchdog"],
        target_matchers: ["alertname = OutboxDead"],
        equal: ["namespace"],
      }),
    /an alert that always fires silences others for ever/,
  ],
  [
    "pages that tickets silence",
    (config) =>
      config.inhibit_rules.push({
        source_matchers: ["severity = ticket"],
        target_matchers: ["severity = page"],
        equal: ["namespace"],
      }),
    /tickets silence the pages/,
  ],
])("an Alertmanager with %s is refused", (_, edit, expected) => {
  expect(said(edit)).toContainEqual(expect.stringMatching(expected));
});

test.each<[string, (config: any) => void]>([
  [
    "tickets in office hours",
    (config) => {
      config.time_intervals = office;
      config.route.routes.push({ matchers: ["severity = ticket"], receiver: "team", active_time_intervals: ["office"] });
    },
  ],
  [
    "pages that silence the tickets of the same alert",
    (config) =>
      config.inhibit_rules.push({
        source_matchers: ["severity = page"],
        target_matchers: ["severity = ticket"],
        equal: ["alertname", "namespace"],
      }),
  ],
  ["a subject of its own", (config) => (onCall(config).email_configs[0].headers = { Subject: "{{ .CommonLabels.alertname }}" })],
])("an Alertmanager with %s is fine", (_, edit) => {
  expect(said(edit)).toEqual([]);
});

test("a text of an alert that does not parse is refused", () => {
  const changed = changedIn(
    prod,
    "PrometheusRule",
    ({ spec }) => (spec.groups[0].rules[0].annotations.summary = "waits {{ $value | humanise }}"),
    named("outbox"),
  );
  expect(alertsActionable.check(changed).map(({ message }) => message)).toEqual([
    expect.stringMatching(/the template of OutboxDelayed asks for the function humanise, .*: Prometheus refuses the whole group/),
  ]);
});
