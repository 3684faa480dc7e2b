import { postgresAlerts } from "../../../components/postgres/alerts";
import { scheduleWithSeconds } from "../../../components/postgres/backups";
import { postgresQueries, queriesFile } from "../../../components/postgres/queries";
import { outboxQueries } from "../../../components/outbox/queries";
import { parse as parseYaml } from "yaml";
import { AVAILABLE, MINIMAL, parse, postgres } from "./fixtures";

const names = (config: object, archive: boolean) =>
  postgresAlerts(parse(config), archive).flatMap((group) => group.alerts.map((alert) => alert.name));

describe("alerts of the database", () => {
  it("page for what loses or delays orders now, and for nothing else", () => {
    const pages = postgresAlerts(parse(AVAILABLE), true)
      .flatMap((group) => group.alerts)
      .filter((alert) => alert.severity === "page")
      .map((alert) => alert.name);
    expect(pages).toEqual([
      "PostgresPrimaryMissing",
      "PostgresTwoPrimaries",
      "PostgresWritesFailing",
      "PostgresSynchronousReplicaMissing",
      "PostgresCommitsWaiting",
      "PostgresWalVolumeNearlyFull",
      "PostgresDataVolumeNearlyFull",
      "PostgresPoolerMissing",
      "PostgresWritersWait",
    ]);
  });

  it("speak only of what is there", () => {
    expect(names(MINIMAL, false)).not.toContain("PostgresReplicaMissing");
    expect(names({ ...MINIMAL, instances: 2 }, false)).toContain("PostgresReplicaMissing");
    expect(names({ ...MINIMAL, instances: 2 }, false)).not.toContain("PostgresSynchronousReplicaMissing");
    expect(names(AVAILABLE, false)).not.toContain("PostgresWalNotArchived");
  });

  it("know the sizes that the exporter does not", () => {
    const alert = (name: string) =>
      postgresAlerts(parse(AVAILABLE), true)
        .flatMap((group) => group.alerts)
        .find((candidate) => candidate.name === name)?.expr;
    expect(alert("PostgresDataVolumeFilling")).toContain(`/ ${5 * 2 ** 30} >`);
    expect(alert("PostgresReplicaMissing")).toContain("< 2 and");
    expect(alert("PostgresBackupTooOld")).toContain("> 93600");
  });
});

describe("the exporter's queries", () => {
  it("run where the tables are, on the primary, once there are tables", () => {
    const file = parseYaml(queriesFile({ ...postgresQueries, ...outboxQueries }, "mes_north"));
    expect(file.mes_outbox).toMatchObject({ primary: true, target_databases: ["mes_north"] });
    expect(file.mes_outbox.predicate_query).toContain("to_regclass");
    expect(file.mes_outbox.metrics).toContainEqual({ pending: { usage: "GAUGE", description: expect.any(String) } });
    expect(file.mes_synchronous.target_databases).toEqual(["postgres"]);
  });

  it("stand behind the operator's own, which its webhook would else put there and every preview take away", async () => {
    const { customQueriesConfigMap } = (await postgres()).object("Cluster", "postgres").spec.monitoring;
    expect(customQueriesConfigMap[0]).toEqual({ name: "cnpg-default-monitoring", key: "queries" });
  });

  it("reach the Cluster by a name that changes with them, and their metrics are declared", async () => {
    const before = await postgres();
    const after = await postgres({ monitoringQueries: outboxQueries });
    const reference = (recorded: typeof before) =>
      recorded.object("Cluster", "postgres").spec.monitoring.customQueriesConfigMap[1].name;
    expect(reference(before)).not.toBe(reference(after));
    expect(after.object("ConfigMap", reference(after)).data["queries.yaml"]).toContain("messaging.outbox_state");
    const metrics = after.component.scrapeTargets[0]?.metrics;
    expect(metrics).toEqual(expect.arrayContaining(["cnpg_mes_outbox_pending", "cnpg_mes_inbox_duplicates_last_hour"]));
    expect(metrics).not.toContain("cnpg_mes_inbox_consumer");
  });
});

it.each([
  ["0 2 * * *", "0 0 2 * * *"],
  ["@daily", "@daily"],
])("a schedule gets the seconds that the operator wants: %s", (cron, expected) => {
  expect(scheduleWithSeconds(cron)).toBe(expected);
});
