import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { platformAlerts } from "../../../components/monitoring/alerts/alerts";
import { platformDashboards } from "../../../components/monitoring/dashboards/dashboards";
import { metricsOf } from "../../helpers/promql";
import { problemsOfRules, runbookPath } from "../../../components/monitoring/rules";
import { PROJECT_DIRECTORY } from "../../helpers/record";
import { target } from "./fixture";

const EVERYTHING = [
  target(),
  target({ job: "kube-state-metrics", metrics: ["kube_*"] }),
  target({ job: "node-exporter", metrics: ["node_*"] }),
  target({ job: "dcgm-exporter", metrics: ["DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_XID_ERRORS"] }),
  target({ job: "cert-manager", metrics: ["certmanager_*"] }),
  target({ job: "prometheus-operator", metrics: ["prometheus_operator_*"] }),
  target({ job: "broker", metrics: ["rabbitmq_global_messages_*"] }),
];
const NAMESPACES = { namespaces: ["mes", "mes-data"], roles: "mes" };
const groups = platformAlerts({ targets: EVERYTHING, alertmanagers: 3, ...NAMESPACES });
const alerts = groups.flatMap((group) => group.alerts);
const names = (targets: typeof EVERYTHING) =>
  platformAlerts({ targets, alertmanagers: 1, ...NAMESPACES }).flatMap((group) => group.alerts.map(({ name }) => name));

describe("alerts on the platform", () => {
  it("fit together and are PromQL", () => {
    expect(problemsOfRules(groups)).toEqual([]);
    for (const { expr } of [...alerts, ...groups.flatMap(({ recordings = [] }) => recordings)])
      expect(() => metricsOf(expr)).not.toThrow();
  });

  it.each(alerts.map(({ name, severity }) => [name, severity]))(
    "%s has a runbook that says what to do, and its severity",
    (name, severity) => {
      const file = path.join(PROJECT_DIRECTORY, runbookPath(name));
      expect(existsSync(file)).toBe(true);
      const text = readFileSync(file, "utf8");
      expect(text).toContain(`Severity: **${severity}**`);
      for (const heading of ["## What it means", "## Look first", "## What to do", "## How to see that it is over"])
        expect(text).toContain(heading);
    },
  );

  it("wake somebody only where nobody would hear of lost orders", () => {
    expect(alerts.filter(({ severity }) => severity === "page").map(({ name }) => name)).toEqual([
      "KubeStateMetricsBlind",
      "AlertmanagerNotificationsFailing",
    ]);
  });

  it("name no metric that is not there: without an exporter its alerts are not there either", () => {
    expect(names(EVERYTHING)).toEqual(
      expect.arrayContaining(["GpuSaturated", "NodeCpuSaturated", "CertificateExpiring", "PrometheusOperatorRejects"]),
    );
    const few = names([target()]);
    for (const name of [
      "GpuSaturated",
      "NodeCpuSaturated",
      "CertificateExpiring",
      "PrometheusOperatorRejects",
      "AlertmanagerClusterSplit",
    ]) {
      expect(few).not.toContain(name);
    }
  });

  it("leave the roles of the MES to alerts that know what a role means for orders", () => {
    for (const name of ["PodCrashLooping", "PodNotReady", "ContainerOutOfMemory", "WorkloadUnavailable", "AutoscalerAtMax"]) {
      expect(alerts.find((alert) => alert.name === name)?.expr).toContain('namespace!="mes"');
    }
  });

  it("leave certificates of other people alone, who may share cert-manager", () => {
    for (const name of ["CertificateExpiring", "CertificateNotReady"]) {
      const selectors = alerts.find((alert) => alert.name === name)?.expr.match(/certmanager_\w+\{[^}]*\}/g) ?? [];
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) expect(selector).toContain('exported_namespace=~"mes|mes-data"');
    }
  });

  it("miss every target that is declared", () => {
    const expr = alerts.find(({ name }) => name === "TargetMissing")?.expr;
    for (const { job } of EVERYTHING) expect(expr).toContain(`absent(up{job="${job}"})`);
  });
});

describe("recorded load", () => {
  const recorded = (targets: typeof EVERYTHING) =>
    platformAlerts({ targets, alertmanagers: 1, ...NAMESPACES }).flatMap(({ recordings = [] }) => recordings);

  it("counts the work of what is there: requests, transactions, messages", () => {
    const expr = recorded(EVERYTHING).find(({ record }) => record === "service:requests:rate5m")?.expr ?? "";
    expect(metricsOf(expr)).toEqual([
      "http_server_request_duration_seconds_count",
      "pod:service:info",
      "rabbitmq_global_messages_received_total",
    ]);
    expect(recorded([target({ metrics: [] })]).map(({ record }) => record)).not.toContain("service:requests:rate5m");
  });

  it("has GPUs where there are some", () => {
    expect(recorded(EVERYTHING).map(({ record }) => record)).toContain("service:gpu_used:ratio");
    expect(recorded([target()]).map(({ record }) => record)).not.toContain("service:gpu_used:ratio");
  });

  it("stands on pages of what is there", () => {
    const titles = (targets: typeof EVERYTHING) =>
      platformDashboards(targets).flatMap(({ uid, model }) =>
        (model as any).panels.filter((p: any) => p.type === "row").map((p: any) => `${uid} ${p.title}`),
      );
    expect(titles(EVERYTHING)).toEqual(
      expect.arrayContaining(["platform-load GPU", "platform-load Requests", "platform-nodes GPUs"]),
    );
    expect(titles([target()])).not.toContain("platform-load GPU");
    expect(titles([target()]).some((title) => title.startsWith("platform-nodes"))).toBe(false);
  });
});
