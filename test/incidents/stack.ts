import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { planOfChanged } from "../helpers/changed-stack";
import type { Plan } from "../../review/plan/plan";
import type { Scrape } from "./exporters";

/** Files of a receiver's secrets, as the plan mounts them. */
const SECRETS = "/etc/alertmanager/secrets/alertmanager-receivers";
const SECURE = { secure: "v1:bm9uY2U=:Y2lwaGVydGV4dA==" };

/** What a stack declares of its monitoring, in files for the player. */
export interface Monitored {
  readonly rules: string;
  readonly alertmanager: string;
  readonly evaluationInterval: number;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly scrapes: Readonly<Record<string, Scrape>>;
  /** Rules of alerts by name. */
  readonly alerts: Readonly<
    Record<string, { readonly severity: string; readonly annotations: Readonly<Record<string, string>> }>
  >;
}

type Inputs = any;

/**
 * The monitoring of a stack as its plan has it, with every way of telling people: prod's own stack file has mail, and the other ways are what its
 * comments say how to set. Secrets are addresses that the player answers.
 */
export async function monitoringOf(stack: string, folder: string): Promise<Monitored> {
  const { resources }: Plan = await planOfChanged(stack, (file) => {
    const at = (key: string) => ["config", "mes:monitoring", "alerting", ...key.split(".")];
    file.setIn(at("receivers.on-call.pagerduty"), { routingKey: SECURE });
    file.setIn(at("receivers.on-call.slack"), { url: SECURE, channel: "#mes-alerts" });
    file.setIn(at("receivers.on-call.webhook"), { url: SECURE });
    file.setIn(at("receivers.team.webhook"), { url: SECURE });
    file.setIn(at("page"), "on-call");
    file.setIn(at("ticket"), "team");
    file.setIn(at("deadMansSwitch"), { url: SECURE });
  });
  const inputs: Inputs[] = resources.map((resource) => resource.inputs);
  const groups = inputs.filter(({ kind }) => kind === "PrometheusRule").flatMap(({ spec }) => spec.groups);
  const rules = path.join(folder, `${stack}.rules.yaml`);
  writeFileSync(rules, stringify({ groups }));
  const secret = inputs.find(({ kind, metadata }) => kind === "Secret" && metadata.name === "alertmanager-config");
  const alertmanager = path.join(folder, `${stack}.alertmanager.yaml`);
  writeFileSync(alertmanager, receiving(secret.stringData["alertmanager.yaml"], folder));
  const { spec } = inputs.find(({ kind }) => kind === "Prometheus");
  return {
    rules,
    alertmanager,
    evaluationInterval: Number.parseInt(spec.evaluationInterval, 10),
    externalLabels: spec.externalLabels,
    prometheusUrl: spec.externalUrl ?? "http://prometheus.mes-observability:9090",
    alertmanagerUrl:
      inputs.find(({ kind }) => kind === "Alertmanager").spec.externalUrl ?? "http://alertmanager.mes-observability:9093",
    scrapes: Object.fromEntries(
      inputs
        .filter(({ kind }) => kind === "PodMonitor")
        .map(({ metadata, spec: { podMetricsEndpoints } }) => {
          const [{ port, honorLabels = false, relabelings }] = podMetricsEndpoints;
          return [metadata.name, { port, honorLabels, relabelings }];
        }),
    ),
    alerts: Object.fromEntries(
      groups
        .flatMap((group: Inputs) => group.rules)
        .filter(({ alert }: Inputs) => alert !== undefined)
        .map(({ alert, labels, annotations }: Inputs) => [alert, { severity: labels.severity, annotations }]),
    ),
  };
}

/** The configuration with its files in a folder, and addresses in them; PagerDuty by HTTP, for the player has no certificate. */
function receiving(text: string, folder: string): string {
  const config: Inputs = parse(text.replaceAll(SECRETS, folder));
  for (const { name, ...ways } of config.receivers) {
    for (const [way, settings] of Object.entries<Inputs[]>(ways)) {
      for (const each of settings) {
        if (way === "pagerduty_configs") each.url = `http://${name}.pagerduty/v2/enqueue`;
        for (const [key, file] of Object.entries(each).filter(([field]) => field.endsWith("_file"))) {
          writeFileSync(
            String(file),
            key === "routing_key_file" ? "0".repeat(32) : `http://${name}.${way.replace("_configs", "")}/`,
          );
        }
      }
    }
  }
  return stringify(config);
}
