import { parse } from "yaml";
import { problemsOfDashboards } from "../../../components/monitoring/dashboard-maps";
import { dashboardProvider, datasources, grafanaIni } from "../../../components/monitoring/grafana-files";
import { dashboard } from "../../../components/observability/panels";
import { config, monitoring } from "./fixture";

const URLS = { prometheus: "http://prometheus:9090", alertmanager: "http://alertmanager:9093" };
const sources = (extra: object = {}): any[] => parse(datasources({ ...URLS, ...extra }, "30s")).datasources;
const source = (list: any[], type: string): any => list.find((entry) => entry.type === type);

describe("Grafana's data sources", () => {
  it("are those that the stack has, Prometheus first", () => {
    expect(sources().map(({ type }) => type)).toEqual(["prometheus", "alertmanager"]);
    expect(sources({ loki: "http://loki:3100", jaeger: "http://jaeger:16686" }).map(({ uid }) => uid)).toEqual([
      "prometheus",
      "alertmanager",
      "loki",
      "jaeger",
    ]);
    expect(source(sources(), "prometheus")).toMatchObject({ isDefault: true, url: "http://prometheus:9090", editable: false });
  });

  it("lead from a metric and from a log line to the trace, and from the trace to its log lines", () => {
    const list = sources({ loki: "http://loki:3100", jaeger: "http://jaeger:16686" });
    expect(source(list, "prometheus").jsonData.exemplarTraceIdDestinations).toEqual([
      { name: "trace_id", datasourceUid: "jaeger" },
    ]);
    expect(source(list, "loki").jsonData.derivedFields).toMatchObject([{ matcherRegex: "trace_id", datasourceUid: "jaeger" }]);
    expect(source(list, "jaeger").jsonData.tracesToLogsV2).toMatchObject({ datasourceUid: "loki" });
  });

  it("lead nowhere that is not there", () => {
    const prometheusOnly = source(sources(), "prometheus");
    expect(prometheusOnly.jsonData.exemplarTraceIdDestinations).toEqual([]);
    expect(source(sources({ loki: "http://loki:3100" }), "loki").jsonData.derivedFields).toEqual([]);
    expect(source(sources({ jaeger: "http://jaeger:16686" }), "jaeger").jsonData).not.toHaveProperty("tracesToLogsV2");
  });

  it("are trusted by the platform's own CA when they speak TLS", () => {
    const list = sources({ loki: "https://loki:3100", jaeger: "https://jaeger:16686" });
    for (const type of ["loki", "jaeger"])
      expect(source(list, type)).toMatchObject({
        jsonData: { tlsAuthWithCACert: true },
        secureJsonData: { tlsCACert: "$__file{/etc/mes/ca/ca.crt}" },
      });
    expect(source(sources({ loki: "http://loki:3100" }), "loki")).not.toHaveProperty("secureJsonData");
  });

  it("write a dollar twice, because Grafana expands variables of its environment in these files", () => {
    const text = datasources({ ...URLS, loki: "http://loki:3100", jaeger: "http://jaeger:16686" }, "30s");
    expect(text).toContain("$${__value.raw}");
    expect(text).toContain("$${__trace.traceId}");
    expect(text).not.toMatch(/(?<!\$)\$\{/);
  });
});

describe("Grafana's settings", () => {
  const setting = (section: string, key: string, values: object = {}) => {
    const text = grafanaIni(config({ grafana: values }).grafana, "platform-load");
    const body = text.split(`[${section}]\n`)[1]?.split("\n[")[0] ?? "";
    return new RegExp(`^${key} = (.*)$`, "m").exec(body)?.[1];
  };

  it.each([
    ["auth.anonymous", "enabled", "false"],
    ["users", "allow_sign_up", "false"],
    ["analytics", "reporting_enabled", "false"],
    ["analytics", "check_for_updates", "false"],
    ["analytics", "check_for_plugin_updates", "false"],
    ["plugins", "preinstall_disabled", "true"],
    ["plugins", "plugin_admin_enabled", "false"],
    ["news", "news_feed_enabled", "false"],
    ["snapshots", "external_enabled", "false"],
    ["security", "disable_gravatar", "true"],
    ["unified_alerting", "execute_alerts", "false"],
    ["dashboards", "default_home_dashboard_path", "/etc/mes/dashboards/platform-load.json"],
  ])("[%s] %s = %s", (section, key, value) => {
    expect(setting(section, key)).toBe(value);
  });

  it("send cookies over https only where people come by https", () => {
    expect(setting("security", "cookie_secure")).toBe("false");
    expect(setting("security", "cookie_secure", { rootUrl: "https://grafana.example.com" })).toBe("true");
  });

  it("take dashboards from files that a browser cannot change", () => {
    expect(parse(dashboardProvider()).providers[0]).toMatchObject({
      allowUiUpdates: false,
      disableDeletion: true,
      options: { path: "/etc/mes/dashboards" },
    });
  });
});

describe("Grafana's pod", () => {
  it("gets its password from a file of a generated Secret, never from its environment", async () => {
    const { object } = await monitoring();
    const pod = object("Deployment", "grafana").spec.template.spec;
    const env = Object.fromEntries(pod.containers[0].env.map(({ name, value }: any) => [name, value]));
    expect(env).toMatchObject({ GF_SECURITY_ADMIN_PASSWORD__FILE: "/etc/mes/credentials/admin-password" });
    expect(Object.keys(env)).not.toContain("GF_SECURITY_ADMIN_PASSWORD");
    expect(Object.keys(object("Secret", "grafana-admin").stringData).sort()).toEqual(["password", "username"]);
    expect(object("Deployment", "grafana").spec.template.metadata.annotations).toHaveProperty(["mes.platform/secrets"]);
  });

  it("mounts no folder inside of another: the outer one is read-only, so the inner could not be made", async () => {
    const { object } = await monitoring();
    const paths: string[] = object("Deployment", "grafana").spec.template.spec.containers[0].volumeMounts.map(
      (m: any) => m.mountPath,
    );
    for (const outer of paths)
      for (const inner of paths) if (inner !== outer) expect(`${inner}/`.startsWith(`${outer}/`)).toBe(false);
  });

  it("has all dashboards in one volume, each an immutable ConfigMap that is named by its content", async () => {
    const extra = dashboard("mes-orders", "Orders", []);
    const changed = dashboard("mes-orders", "Orders of today", []);
    const before = await monitoring({}, { dashboards: [extra] });
    const after = await monitoring({}, { dashboards: [changed] });
    const maps = (recorded: typeof before) =>
      Object.keys(recorded.objects("ConfigMap")).filter((name) => name.startsWith("dashboard-"));
    const mounted = (recorded: typeof before) =>
      recorded
        .object("Deployment", "grafana")
        .spec.template.spec.volumes.find((v: any) => v.name === "dashboards")
        .projected.sources.map(({ configMap }: any) => configMap.name);
    expect(mounted(before).sort()).toEqual(maps(before).sort());
    expect(maps(before).filter((name) => !maps(after).includes(name))).toHaveLength(1);
    for (const name of maps(before)) expect(before.object("ConfigMap", name).immutable).toBe(true);
  });

  it("keeps what people make by hand only where it has a volume", async () => {
    const { object } = await monitoring({ grafana: { persistence: "5Gi" } });
    const { spec } = object("StatefulSet", "grafana");
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe("5Gi");
    expect(spec.template.spec.containers[0].volumeMounts).toContainEqual({ name: "data", mountPath: "/var/lib/grafana" });
  });
});

describe("dashboards of all components together", () => {
  it("have uids of their own", () => {
    const one = dashboard("mes-x", "X", []);
    expect(problemsOfDashboards([one, dashboard("mes-y", "Y", [])])).toEqual([]);
    expect(problemsOfDashboards([one, one])).toEqual(["two dashboards have the uid mes-x"]);
  });

  it("fit into a ConfigMap each", () => {
    const large = { ...dashboard("mes-x", "X", []), model: { text: "x".repeat(2 ** 20) } };
    expect(problemsOfDashboards([large])).toEqual(["dashboard mes-x is larger than a ConfigMap may be (1 MiB): split it"]);
  });
});
