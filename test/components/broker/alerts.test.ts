import * as fs from "node:fs";
import * as path from "node:path";
import { brokerAlerts } from "../../../components/broker/alerts";
import { brokerDashboard } from "../../../components/broker/dashboard";
import { brokerScrapeTargets } from "../../../components/broker/metrics";
import { environment, PROJECT_DIRECTORY } from "../../helpers/record";
import { config } from "./fixture";

const alerts = (values: object = {}) => brokerAlerts(config(values)).flatMap((group) => group.alerts);
const alert = (name: string, values: object = {}) => alerts(values).find((one) => one.name === name);
const metricsIn = (text: string) => [...text.matchAll(/\brabbitmq_[a-z_]+/g)].map(([name]) => name);

describe("the broker's alerts", () => {
  it("each have a runbook", () => {
    for (const { name } of alerts()) {
      expect(fs.existsSync(path.join(PROJECT_DIRECTORY, "docs", "runbooks", `${name}.md`)) ? "" : name).toBe("");
    }
  });

  it("use no metric that is not scraped; nor does the dashboard", () => {
    const known = brokerScrapeTargets(environment(), "mes").flatMap((target) => target.metrics);
    const isKnown = (metric: string) =>
      known.some((one) => (one.endsWith("*") ? metric.startsWith(one.slice(0, -1)) : metric === one));
    const used = metricsIn(
      alerts()
        .map((one) => one.expr)
        .join("\n") + JSON.stringify(brokerDashboard(3).model),
    );
    expect(used.filter((metric) => !isKnown(metric))).toEqual([]);
    expect(used.length).toBeGreaterThan(20);
  });

  it("know how many nodes make a majority", () => {
    expect(alert("BrokerQuorumLost", { replicas: 3 })?.expr).toBe('(count(up{job="broker"} == 1) or vector(0)) < 2');
    expect(alert("BrokerQuorumLost", { replicas: 5 })?.expr).toContain("< 3");
    expect(alert("BrokerQuorumLost", { replicas: 1 })?.expr).toContain("< 1");
    expect(alert("BrokerNodeDown", { replicas: 1 })).toBeUndefined();
  });

  it("compare each queue with its own limits", () => {
    const queues = { q: { bindings: [{ exchange: "orders" }], maxLength: 500, drainWithin: "2m" } };
    const recordings = brokerAlerts(config({ queues })).flatMap((group) => group.recordings ?? []);
    expect(recordings).toEqual([
      { record: "queue:broker_max_length:messages", expr: "vector(500)", labels: { queue: "q" } },
      { record: "queue:broker_drain_target:seconds", expr: "vector(120)", labels: { queue: "q" } },
    ]);
  });

  it("wake somebody for parked messages, and do not take a parking queue for one without consumers", () => {
    expect(alert("BrokerMessagesParked")).toMatchObject({ severity: "page" });
    expect(alert("BrokerMessagesParked")?.expr).toContain('queue=~".*[.]parked"');
    expect(alert("BrokerQueueWithoutConsumers")?.expr).toContain('queue!~".*[.]parked"');
  });
});
