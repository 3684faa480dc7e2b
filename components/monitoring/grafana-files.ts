import { CA_FILE } from "../certificates/trust";
import { goYaml } from "../schema/yaml";
import type { MonitoringConfig } from "./config";
import { DATASOURCES } from "../observability/panels";

/** Where the files are in Grafana's pod; each folder is a mount of its own and none is inside another. */
export const PATHS = {
  config: "/etc/mes/grafana/grafana.ini",
  provisioning: "/etc/mes/provisioning",
  dashboards: "/etc/mes/dashboards",
  credentials: "/etc/mes/credentials",
  data: "/var/lib/grafana",
} as const;

/** Label of a log line and of an exemplar that names the trace. */
const TRACE_ID = "trace_id";

/** Addresses of what Grafana shows; logs and traces only where the stack has them. */
export interface Sources {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly loki?: string;
  readonly jaeger?: string;
}

/** Settings of the server: nobody without a name, nothing from the internet. */
export function grafanaIni(config: MonitoringConfig["grafana"], home?: string): string {
  const rootUrl = config.rootUrl ?? "http://localhost:3000";
  return ini({
    server: { http_port: 3000, root_url: rootUrl },
    security: {
      admin_user: config.adminUser,
      disable_gravatar: true,
      cookie_secure: rootUrl.startsWith("https:"),
      cookie_samesite: "lax",
    },
    users: { allow_sign_up: false, allow_org_create: false },
    "auth.anonymous": { enabled: false },
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    news: { news_feed_enabled: false },
    // Without it Grafana replaces the data sources that its image brings by newer ones from the internet, first removing
    // them from a file system that is read-only here: they would be gone.
    plugins: { preinstall_disabled: true, plugin_admin_enabled: false, public_key_retrieval_disabled: true },
    snapshots: { external_enabled: false },
    // Rules are Prometheus'; Grafana shows them and the state of Alertmanager.
    unified_alerting: { enabled: true, execute_alerts: false },
    dashboards: { ...(home === undefined ? {} : { default_home_dashboard_path: `${PATHS.dashboards}/${home}.json` }) },
    database: { type: "sqlite3", wal: true },
    metrics: { enabled: true },
    log: { mode: "console" },
    "log.console": { format: "json" },
  });
}

/** Data sources, linked: from an exemplar and from a log line to the trace, from a span to its log lines. */
export function datasources(sources: Sources, scrapeInterval: string): string {
  const toTrace = sources.jaeger === undefined ? [] : [{ name: TRACE_ID, datasourceUid: DATASOURCES.jaeger.uid }];
  const list = [
    {
      ...source("Prometheus", DATASOURCES.prometheus, sources.prometheus),
      isDefault: true,
      jsonData: { httpMethod: "POST", timeInterval: scrapeInterval, exemplarTraceIdDestinations: toTrace },
    },
    {
      ...source("Alertmanager", DATASOURCES.alertmanager, sources.alertmanager),
      jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
    },
    ...(sources.loki === undefined ? [] : [loki(sources.loki, toTrace.length > 0)]),
    ...(sources.jaeger === undefined ? [] : [jaeger(sources.jaeger, sources.loki !== undefined)]),
  ];
  // What an earlier configuration had and this one has not is removed.
  return goYaml({ apiVersion: 1, prune: true, datasources: list });
}

/** Dashboards are files: a change in a browser cannot be saved over them. */
export function dashboardProvider(): string {
  const options = { path: PATHS.dashboards };
  const provider = { name: "platform", folder: "MES", type: "file", disableDeletion: true, allowUiUpdates: false, options };
  return goYaml({ apiVersion: 1, providers: [provider] });
}

/** The certificate of a source over `https` is signed by the platform's CA, whose own one Grafana reads from its file. */
function trust(url: string) {
  return url.startsWith("https:")
    ? { jsonData: { tlsAuthWithCACert: true }, secureJsonData: { tlsCACert: `$__file{${CA_FILE}}` } }
    : { jsonData: {}, secureJsonData: undefined };
}

function source(name: string, { type, uid }: { type: string; uid: string }, url: string) {
  return { name, type, uid, url, access: "proxy", editable: false };
}

function loki(url: string, traces: boolean) {
  const link = {
    name: TRACE_ID,
    // The collectors put it into structured metadata, which queries see as a label.
    matcherType: "label",
    matcherRegex: TRACE_ID,
    datasourceUid: DATASOURCES.jaeger.uid,
    urlDisplayLabel: "Trace",
    // Grafana expands environment variables in these files: two dollars are one.
    url: "$${__value.raw}",
  };
  const { jsonData: tls, secureJsonData } = trust(url);
  const jsonData = { ...tls, maxLines: 1000, derivedFields: traces ? [link] : [] };
  return { ...source("Loki", DATASOURCES.loki, url), jsonData, secureJsonData };
}

function jaeger(url: string, logs: boolean) {
  const toLogs = {
    datasourceUid: DATASOURCES.loki.uid,
    spanStartTimeShift: "-5m",
    spanEndTimeShift: "5m",
    customQuery: true,
    query: `{service_name=~".+"} | ${TRACE_ID}="$\${__trace.traceId}"`,
  };
  const { jsonData: tls, secureJsonData } = trust(url);
  const jsonData = { ...tls, nodeGraph: { enabled: true }, ...(logs ? { tracesToLogsV2: toLogs } : {}) };
  return { ...source("Jaeger", DATASOURCES.jaeger, url), jsonData, secureJsonData };
}

function ini(sections: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>): string {
  return Object.entries(sections)
    .filter(([, settings]) => Object.keys(settings).length > 0)
    .map(([name, settings]) => {
      const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
      return `[${name}]\n${lines.join("\n")}\n`;
    })
    .join("\n");
}
