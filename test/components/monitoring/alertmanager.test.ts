import type { Alert } from "../../../components/observability/alert";
import fc from "fast-check";
import { parse } from "yaml";
import { Secret } from "../../../components/schema";
import { alertmanagerConfig, receiverPorts, receiverSecrets } from "../../../components/monitoring/alertmanager-config";
import { config, monitoring } from "./fixture";

const secure = { secure: "v1:abc" };
const RECEIVERS = {
  "on-call": { pagerduty: { routingKey: secure } },
  team: {
    slack: { url: secure, channel: "#mes" },
    email: {
      to: "mes@example.com",
      from: "alerts@example.com",
      smarthost: "smtp.example.com:587",
      username: "mes",
      password: secure,
    },
  },
  gateway: { webhook: { url: secure } },
};
const alert = (name: string, more: Partial<Alert> = {}): Alert => ({
  name,
  expr: "x",
  severity: "ticket",
  summary: "x",
  description: "x",
  ...more,
});
/** What explains what; a part that this stack does without explains nothing. */
const ALERTS = [
  alert("NodeNotReady"),
  alert("PodNotReady", { causedBy: { NodeNotReady: ["node"], CacheDown: [] } }),
  alert("NodePressure", { causedBy: { NodeNotReady: ["node"] } }),
  alert("RoleDown", { explains: { NodePressure: [], CacheDown: [] } }),
];
const written = (alerting: object): any => alertmanagerConfig(config({ alerting }).alerting, ALERTS);

/** The receiver that an alert of these labels goes to. */
function receiverOf(configuration: any, labels: Record<string, string>): string {
  const matches = (matchers: string[]) =>
    matchers.every((matcher) => {
      const [name = "", value = ""] = matcher.split(" = ");
      return labels[name] === value;
    });
  return configuration.route.routes.find((route: any) => matches(route.matchers))?.receiver ?? configuration.route.receiver;
}

describe("who hears of an alert", () => {
  const all = written({ receivers: RECEIVERS, page: "on-call", ticket: "team", deadMansSwitch: { url: secure } });

  it("is decided by its severity", () => {
    expect(receiverOf(all, { alertname: "MesOrdersLost", severity: "page" })).toBe("on-call");
    expect(receiverOf(all, { alertname: "NodeDiskFilling", severity: "ticket" })).toBe("team");
  });

  it("is, for the alert that always fires, the dead man's switch alone", () => {
    expect(receiverOf(all, { alertname: "Watchdog", severity: "ticket" })).toBe("dead-mans-switch");
    expect(all.receivers.find((r: any) => r.name === "dead-mans-switch").webhook_configs).toEqual([
      { url_file: "/etc/alertmanager/secrets/alertmanager-receivers/dead-mans-switch.url", send_resolved: false },
    ]);
  });

  it("calls the dead man's switch as often as it says: a message is due before its group is looked at again", () => {
    const route = all.route.routes.find((one: any) => one.receiver === "dead-mans-switch");
    expect(route).toMatchObject({ group_interval: "60s", repeat_interval: "30s" });
  });

  it("is nobody without receivers; they stand on the page of Alertmanager", () => {
    const none = written({});
    for (const alertname of ["Watchdog", "MesOrdersLost"])
      expect(receiverOf(none, { alertname, severity: "page" })).toBe("nobody");
    expect(none.receivers).toEqual([{ name: "nobody" }]);
  });

  it("gets tickets too where only one receiver is named", () => {
    expect(receiverOf(written({ receivers: RECEIVERS, page: "team" }), { severity: "ticket" })).toBe("team");
  });

  it("hears of a cause once: what follows from it is held back, where the labels are the same if there are any", () => {
    expect(all.inhibit_rules).toEqual([
      {
        source_matchers: ["alertname = NodeNotReady"],
        target_matchers: ['alertname =~ "NodePressure|PodNotReady"'],
        equal: ["node"],
      },
      { source_matchers: ["alertname = RoleDown"], target_matchers: ['alertname =~ "NodePressure"'] },
    ]);
  });

  it("calls the dead man's switch as often as it says: a message is due before its group is looked at again", () => {
    const route = all.route.routes.find((one: any) => one.receiver === "dead-mans-switch");
    expect(route).toMatchObject({ group_interval: "60s", repeat_interval: "30s" });
  });
});

describe("secrets of the receivers", () => {
  it("are files; the configuration holds none of them", () => {
    const { alerting } = config({ alerting: { receivers: RECEIVERS, deadMansSwitch: { url: secure } } });
    const files = Object.keys(receiverSecrets(alerting)).sort();
    expect(files).toEqual([
      "dead-mans-switch.url",
      "gateway.webhook-url",
      "on-call.pagerduty-routing-key",
      "team.email-password",
      "team.slack-url",
    ]);
    const text = JSON.stringify(alertmanagerConfig(alerting, ALERTS));
    for (const file of files) expect(text).toContain(`/etc/alertmanager/secrets/alertmanager-receivers/${file}`);
    expect(text).not.toContain("v1:abc");
  });

  it("are in no plan, which shows all else of the configuration: a reviewer sees who is told", async () => {
    const secrets = fc.tuple(fc.uuid(), fc.uuid(), fc.uuid());
    await fc.assert(
      fc.asyncProperty(secrets, async ([key, url, password]) => {
        const receivers = {
          "on-call": {
            pagerduty: { routingKey: new Secret(key) },
            webhook: { url: new Secret(`https://example.com/${url}`) },
          },
          team: { email: { ...RECEIVERS.team.email, password: new Secret(password) } },
        };
        const { alerting } = config({ alerting: { receivers, page: "on-call", ticket: "team" } });
        const { object, plan } = await monitoring({}, { config: { ...config(), alerting } });
        for (const one of [key, url, password]) expect(JSON.stringify(plan)).not.toContain(one);
        expect(Object.values(object("Secret", "alertmanager-receivers").stringData)).toEqual(Array(3).fill("[secret]"));
        const shown = parse(object("Secret", "alertmanager-config").stringData["alertmanager.yaml"]);
        const { inhibit_rules: _, ...all } = alertmanagerConfig(alerting, []) as Record<string, unknown>;
        expect(shown).toMatchObject(all);
      }),
      { numRuns: 3 },
    );
  });

  it("reach Alertmanager as a Secret, mounted by the operator", async () => {
    const { object } = await monitoring({ alerting: { receivers: RECEIVERS, page: "on-call" } });
    expect(object("Alertmanager", "alertmanager").spec).toMatchObject({
      configSecret: "alertmanager-config",
      secrets: ["alertmanager-receivers"],
    });
    expect(Object.keys(object("Secret", "alertmanager-receivers").stringData)).toContain("on-call.pagerduty-routing-key");
  });
});

describe("Alertmanager", () => {
  it("opens the network to its receivers' ports only", () => {
    expect(receiverPorts(config().alerting)).toEqual([]);
    expect(receiverPorts(config({ alerting: { receivers: RECEIVERS } }).alerting)).toEqual([443, 587]);
    expect(receiverPorts(config({ alerting: { receivers: RECEIVERS, egressPorts: [8443] } }).alerting)).toEqual([587, 8443]);
    expect(receiverPorts(config({ alerting: { deadMansSwitch: { url: secure } } }).alerting)).toEqual([443]);
  });

  it("gossips over TCP and UDP where there are several", async () => {
    const gossip = async (replicas: number) =>
      (await monitoring({ alerting: { replicas } })).monitoring.connections
        .filter(({ to }) => to.port === 9094)
        .map(({ to }) => to.protocol ?? "TCP");
    expect(await gossip(3)).toEqual(["TCP", "UDP"]);
    expect(await gossip(1)).toEqual([]);
  });

  it("needs no token of the API server, and runs as nobody", async () => {
    const { object } = await monitoring();
    expect(object("Alertmanager", "alertmanager").spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
  });

  it("knows durations without days", async () => {
    const { object } = await monitoring({ alerting: { retention: "5d" } });
    expect(object("Alertmanager", "alertmanager").spec.retention).toBe("432000s");
  });
});
