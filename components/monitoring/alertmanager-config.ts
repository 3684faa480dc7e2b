import type { Alert } from "../observability/alert";
import { parseDuration } from "../schema";
import type { AlertingConfig, Receiver } from "./alerting-config";

/** Secret with what the receivers ask for, one key each, mounted by the operator. */
export const RECEIVER_SECRETS = "alertmanager-receivers";
const DIRECTORY = `/etc/alertmanager/secrets/${RECEIVER_SECRETS}`;

/** Name of the alert that always fires, see the dead man's switch. */
export const WATCHDOG = "Watchdog";
const NOBODY = "nobody";
const DEAD_MANS_SWITCH = "dead-mans-switch";

/** What a group of alerts is about, in one line: the first one's summary, for those of several pods or routes have different ones. PagerDuty refuses none. */
const TITLE =
  "{{ (index .Alerts 0).Annotations.summary }}{{ if gt (len .Alerts) 1 }} (and {{ len (slice .Alerts 1) }} more){{ end }}";

/**
 * The configuration of Alertmanager. It holds no secret: each is read from a file, so that the configuration can be read
 * in a plan.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/
 * @param alerts all alerts of the stack, for what explains what
 */
export function alertmanagerConfig(config: AlertingConfig, alerts: readonly Alert[]): object {
  const { page, ticket = page, deadMansSwitch } = config;
  const switchRoute = {
    receiver: DEAD_MANS_SWITCH,
    matchers: [`alertname = ${WATCHDOG}`],
    group_wait: "0s",
    group_interval: seconds(deadMansSwitch?.interval ?? "1m"),
    // It is looked at once in `group_interval`. A message is sent again when the last one is older than this, and at the next look it is a
    // moment less than `group_interval` old: with the same time it would be sent at every other look.
    repeat_interval: `${Math.ceil(parseDuration(deadMansSwitch?.interval ?? "1m") / 2)}s`,
  };
  return {
    route: {
      // One message for all that one cause breaks.
      group_by: ["alertname", "namespace", "job"],
      // Tickets have time: their cause may be told by then.
      group_wait: "5m",
      group_interval: "5m",
      repeat_interval: seconds(config.ticketRepeat),
      receiver: ticket ?? NOBODY,
      routes: [
        deadMansSwitch === undefined ? { receiver: NOBODY, matchers: switchRoute.matchers } : switchRoute,
        {
          receiver: page ?? NOBODY,
          matchers: ["severity = page"],
          group_by: ["alertname"],
          // As long as a cause may need to be seen after its first consequence.
          group_wait: "30s",
          group_interval: "1m",
          repeat_interval: seconds(config.pageRepeat),
        },
      ],
    },
    inhibit_rules: inhibitRules(alerts),
    receivers: [
      { name: NOBODY },
      ...(deadMansSwitch === undefined
        ? []
        : [
            {
              name: DEAD_MANS_SWITCH,
              webhook_configs: [{ url_file: file(DEAD_MANS_SWITCH, "url"), send_resolved: false }],
            },
          ]),
      ...Object.entries(config.receivers).map(([name, receiver]) => ({ name, ...integrations(name, receiver) })),
    ],
  };
}

/** The cause has been told: its consequences, where they have the same labels, need no message of their own. */
function inhibitRules(alerts: readonly Alert[]): object[] {
  const names = new Set(alerts.map(({ name }) => name));
  const rules = new Map<string, { cause: string; equal: readonly string[]; consequences: string[] }>();
  const add = (cause: string, consequence: string, equal: readonly string[]) => {
    // A part of the platform that a stack does without has no alerts.
    if (!names.has(cause) || !names.has(consequence)) return;
    const key = [cause, ...equal].join(" ");
    const rule = rules.get(key) ?? { cause, equal, consequences: [] };
    rules.set(key, rule);
    if (!rule.consequences.includes(consequence)) rule.consequences.push(consequence);
  };
  for (const { name, causedBy = {}, explains = {} } of alerts) {
    for (const [cause, equal] of Object.entries(causedBy)) add(cause, name, equal);
    for (const [consequence, equal] of Object.entries(explains)) add(name, consequence, equal);
  }
  return [...rules.values()]
    .sort((a, b) => (a.cause < b.cause ? -1 : a.cause > b.cause ? 1 : a.equal.length - b.equal.length))
    .map(({ cause, equal, consequences }) => ({
      source_matchers: [`alertname = ${cause}`],
      target_matchers: [`alertname =~ "${consequences.sort().join("|")}"`],
      ...(equal.length === 0 ? {} : { equal }),
    }));
}

/** The files that the configuration refers to, by key of the Secret. Values are cleartext: only ever hand them to `pulumi.secret`. */
export function receiverSecrets(config: AlertingConfig): Record<string, string> {
  const entries = Object.entries(config.receivers).flatMap(([name, receiver]) => [
    [key(name, "webhook-url"), receiver.webhook?.url],
    [key(name, "pagerduty-routing-key"), receiver.pagerduty?.routingKey],
    [key(name, "slack-url"), receiver.slack?.url],
    [key(name, "email-password"), receiver.email?.password],
  ]) as [string, { reveal(): string } | undefined][];
  entries.push([key(DEAD_MANS_SWITCH, "url"), config.deadMansSwitch?.url]);
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value.reveal()]])),
  );
}

/** Ports outside of the cluster that the receivers need. */
export function receiverPorts(config: AlertingConfig): number[] {
  const receivers = Object.values(config.receivers);
  const overHttp =
    config.deadMansSwitch !== undefined || receivers.some(({ webhook, pagerduty, slack }) => webhook ?? pagerduty ?? slack);
  const mail = receivers.flatMap(({ email }) => (email === undefined ? [] : [Number(email.smarthost.split(":")[1])]));
  return [...new Set([...(overHttp ? config.egressPorts : []), ...mail])].sort((a, b) => a - b);
}

function integrations(name: string, { webhook, pagerduty, slack, email }: Receiver): object {
  return {
    ...(webhook && {
      webhook_configs: [{ url_file: file(name, "webhook-url"), max_alerts: webhook.maxAlerts, send_resolved: true }],
    }),
    ...(pagerduty && {
      pagerduty_configs: [
        {
          routing_key_file: file(name, "pagerduty-routing-key"),
          send_resolved: true,
          severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
          description: TITLE,
          details: {
            alert: "{{ .CommonLabels.alertname }}",
            runbook: "{{ (index .Alerts 0).Annotations.runbook_url }}",
            // One text: what looks like YAML would be read as such.
            firing: "{{ range .Alerts.Firing }}- {{ .Annotations.summary }}\n{{ end }}",
          },
        },
      ],
    }),
    ...(slack && {
      slack_configs: [
        {
          api_url_file: file(name, "slack-url"),
          channel: slack.channel,
          send_resolved: true,
          title: `[{{ .Status | toUpper }}] ${TITLE}`,
          text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n{{ end }}",
        },
      ],
    }),
    ...(email && {
      email_configs: [
        {
          to: email.to,
          from: email.from,
          smarthost: email.smarthost,
          require_tls: true,
          send_resolved: true,
          headers: { Subject: `[{{ .Status | toUpper }}] ${TITLE} ({{ .CommonLabels.alertname }})` },
          ...(email.username === undefined
            ? {}
            : { auth_username: email.username, auth_password_file: file(name, "email-password") }),
        },
      ],
    }),
  };
}

function key(receiver: string, what: string): string {
  return `${receiver}.${what}`;
}

function file(receiver: string, what: string): string {
  return `${DIRECTORY}/${key(receiver, what)}`;
}

/** Alertmanager knows no days. */
function seconds(duration: string): string {
  return `${parseDuration(duration)}s`;
}
