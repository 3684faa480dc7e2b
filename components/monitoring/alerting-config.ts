import { z } from "zod";
import { bytes, cidr, dnsLabel, holds, literal, positiveDuration, resources, rule, secret, webAddress } from "../schema";

const webhook = z.strictObject({
  url: secret.describe("address that takes the alerts as JSON; it usually carries a token, so it is a secret"),
  maxAlerts: z.int().min(0).default(0).describe("most alerts in one message; 0: all"),
});

const pagerduty = z.strictObject({
  routingKey: secret.describe("integration key (Events API v2)"),
});

const slack = z.strictObject({
  url: secret.describe("incoming webhook of the workspace"),
  channel: literal.describe("channel, as #mes-alerts"),
});

const email = z.strictObject({
  to: z.email().describe("who gets the mail"),
  from: z.email().describe("sender"),
  smarthost: z
    .string()
    .regex(/^[\w.-]+:\d{1,5}$/, "expected host and port of the mail server, e.g. smtp.example.com:587")
    .check(holds((address) => Number(/\d+$/.exec(address)?.[0] ?? 1) <= 65_535, "expected a port of at most 65535"))
    .describe("mail server, e.g. smtp.example.com:587; STARTTLS is required"),
  username: literal.optional().describe("user at the mail server; default: none is sent"),
  password: secret.optional().describe("password of that user"),
});

const receiver = z
  .strictObject({
    webhook: webhook.optional().describe("POST to an address"),
    pagerduty: pagerduty.optional().describe("an incident in PagerDuty"),
    slack: slack.optional().describe("a message in Slack"),
    email: email.optional().describe("a mail"),
  })
  .check(
    rule((value, context) => {
      if (Object.values(value).every((way) => way === undefined)) {
        context.addIssue({ code: "custom", message: "reaches nobody: name one of webhook, pagerduty, slack, email" });
      }
      if ((value.email?.username === undefined) !== (value.email?.password === undefined)) {
        context.addIssue({ code: "custom", path: ["email"], message: "username and password belong together: set both or none" });
      }
    }),
  );

/** Who hears of an alert, and how. */
export const alertingConfig = z
  .strictObject({
    replicas: z
      .int()
      .min(1)
      .max(5)
      .default(1)
      .describe("pods of Alertmanager; more than one tell each other what they have sent"),
    storage: bytes.optional().describe("volume for silences and what has been sent; default: none, lost with the pod"),
    retention: positiveDuration.default("120h").describe("how long silences that have ended are kept"),
    resources: resources.prefault({ cpu: "20m", memory: "64Mi" }).describe("one pod"),
    externalUrl: webAddress
      .optional()
      .describe("address under which people reach it, for links in messages; default: the Service"),
    receivers: z.record(dnsLabel, receiver).default({}).describe("who can be told, by a name of your choice"),
    page: dnsLabel
      .optional()
      .describe("receiver of alerts that wake somebody; default: nobody, they are on the page of Alertmanager only"),
    ticket: dnsLabel.optional().describe("receiver of alerts that wait for the morning; default: as `page`"),
    deadMansSwitch: z
      .strictObject({
        url: secret.describe("address that has to be called again and again, and raises an alarm of its own when it is not"),
        interval: positiveDuration.default("1m").describe("how often it is called"),
      })
      .optional()
      .describe("who notices that monitoring itself is dead; default: nobody"),
    pageRepeat: positiveDuration.default("1h").describe("a page that is not over is sent again after this time"),
    ticketRepeat: positiveDuration.default("24h").describe("a ticket that is not over is sent again after this time"),
    egressCidrs: z
      .array(cidr)
      .min(1)
      .default(["0.0.0.0/0"])
      .describe("addresses of the receivers (or of the proxy before them), for network policies"),
    egressPorts: z
      .array(z.int().min(1).max(65_535))
      .default([443])
      .describe("ports of webhooks and services; that of a mail server is known from its address"),
  })
  .check(
    rule((value, context) => {
      for (const key of ["page", "ticket"] as const) {
        const name = value[key];
        if (name === undefined || name in value.receivers) continue;
        const known = Object.keys(value.receivers).join(", ") || "none";
        context.addIssue({ code: "custom", path: [key], message: `there is no receiver ${name}; receivers are: ${known}` });
      }
    }),
  )
  .prefault({})
  .describe("Alertmanager: who hears of an alert, and how");

export type AlertingConfig = z.infer<typeof alertingConfig>;
export type Receiver = AlertingConfig["receivers"][string];
