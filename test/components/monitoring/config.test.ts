import { monitoringConfig, retentionSize } from "../../../components/monitoring/config";

const problems = (values: unknown): string[] => {
  const result = monitoringConfig.safeParse(values);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};
const secure = { secure: "v1:abc" };

describe("the configuration of monitoring", () => {
  it("is complete without a word: one Prometheus, one Alertmanager, one Grafana, nobody is told", () => {
    expect(monitoringConfig.parse({})).toMatchObject({
      scrapeInterval: "30s",
      prometheus: { replicas: 1, retention: "7d", storage: "10Gi", remoteWriteReceiver: false },
      alerting: { replicas: 1, receivers: {} },
      nodeExporter: { enabled: true, port: 9100 },
    });
  });

  it.each([
    [
      "all ways to tell somebody",
      {
        alerting: {
          receivers: {
            all: {
              webhook: { url: secure },
              pagerduty: { routingKey: secure },
              slack: { url: secure, channel: "#mes" },
              email: {
                to: "a@example.com",
                from: "b@example.com",
                smarthost: "smtp.example.com:587",
                username: "mes",
                password: secure,
              },
            },
          },
          page: "all",
        },
      },
    ],
    ["a dead man's switch", { alerting: { deadMansSwitch: { url: secure, interval: "5m" } } }],
    ["a size of its own for the metrics", { prometheus: { storage: "10Gi", retentionSize: "9Gi" } }],
    [
      "GPUs with another label and taint",
      {
        gpuExporter: { nodeSelector: { pool: "gpu" }, tolerations: [{ key: "pool", value: "gpu" }], runtimeClassName: "nvidia" },
      },
    ],
    ["no node-exporter", { nodeExporter: { enabled: false } }],
  ])("takes %s", (_, values) => {
    expect(problems(values)).toEqual([]);
  });

  it.each([
    [
      "a receiver that is not there",
      { alerting: { receivers: { team: { slack: { url: secure, channel: "#mes" } } }, page: "on-call" } },
      "alerting.page: there is no receiver on-call; receivers are: team",
    ],
    [
      "a receiver where there is none",
      { alerting: { ticket: "team" } },
      "alerting.ticket: there is no receiver team; receivers are: none",
    ],
    [
      "a receiver that reaches nobody",
      { alerting: { receivers: { team: {} } } },
      "alerting.receivers.team: reaches nobody: name one of webhook, pagerduty, slack, email",
    ],
    [
      "a secret in plain text",
      { alerting: { receivers: { team: { slack: { url: "https://hooks.slack.com/x", channel: "#mes" } } } } },
      "alerting.receivers.team.slack.url: is a secret and must not be here in plain text",
    ],
    [
      "a user of the mail server without a password",
      {
        alerting: {
          receivers: {
            team: { email: { to: "a@example.com", from: "b@example.com", smarthost: "smtp.example.com:587", username: "mes" } },
          },
        },
      },
      "alerting.receivers.team.email: username and password belong together: set both or none",
    ],
    [
      "a mail server without a port",
      {
        alerting: {
          receivers: { team: { email: { to: "a@example.com", from: "b@example.com", smarthost: "smtp.example.com" } } },
        },
      },
      "alerting.receivers.team.email.smarthost: expected host and port of the mail server, e.g. smtp.example.com:587",
    ],
    [
      "metrics as large as the volume",
      { prometheus: { storage: "10Gi", retentionSize: "10Gi" } },
      "prometheus.retentionSize: has to be smaller than the volume (storage: 10Gi), which also holds the write-ahead log",
    ],
    ["more replicas than make sense", { prometheus: { replicas: 4 } }, "prometheus.replicas: Too big: expected number to be <=3"],
    ["an address that is none", { repositoryUrl: "the wiki" }, "repositoryUrl: expected a URL, e.g. https://mes.example.com"],
    ["a privileged port", { nodeExporter: { port: 443 } }, "nodeExporter.port: Too small: expected number to be >=1024"],
  ])("refuses %s", (_, values, message) => {
    expect(problems(values)).toEqual([message]);
  });

  it.each([
    [{ storage: "10Gi" }, "8192MB"],
    [{ storage: "200Gi", retentionSize: "150Gi" }, "153600MB"],
    [{ storage: "1.5Gi" }, "1228MB"],
  ])("gives of the volume %j at most %s to the metrics", (values, size) => {
    expect(retentionSize(monitoringConfig.parse({ prometheus: values }).prometheus)).toBe(size);
  });
});
