import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import { outboxAlerts } from "../../../components/outbox/alerts";
import { outboxConfig } from "../../../components/outbox/config";
import { readMigrations, settingsFile } from "../../../components/outbox/migrations";
import { Outbox } from "../../../components/outbox/outbox";
import type { DatabaseOwner } from "../../../components/postgres/users";
import { environment, recorded } from "../../helpers/record";

const DATABASE: DatabaseOwner = {
  database: "mes",
  statementTimeout: "30s",
  ready: [],
  binding: {
    endpoints: [
      {
        name: "postgres-rw",
        host: "postgres-rw.mes-data.svc",
        port: 5432,
        target: { pods: { name: "postgres", namespace: "mes-data", labels: { "mes.platform/database": "postgres" } } },
      },
    ],
    env: { PGHOST: "postgres-rw.mes-data.svc", PGPASSWORD: { secretKeyRef: { name: "postgres-owner", key: "password" } } },
    volumes: [{ name: "mes-ca", secret: { secretName: "mes-ca" } }],
    volumeMounts: [{ name: "mes-ca", mountPath: "/etc/mes/ca", readOnly: true }],
  },
};

async function outbox(config: object = {}, database: DatabaseOwner = DATABASE, preview = true) {
  const args = { environment: environment(), config: outboxConfig.parse(config), database };
  const { made: component, ...result } = await recorded((opts) => new Outbox("outbox", args, opts), { preview });
  return { ...result, component, job: Object.values(result.objects("Job"))[0] };
}

/** The outbox of a database that is ready after a resource. */
async function outboxAfter() {
  const { made: _, ...result } = await recorded((opts) => {
    const database = new k8s.core.v1.ConfigMap("database", { metadata: { name: "database" } }, { provider: opts.providers[0] });
    const args = { environment: environment(), config: outboxConfig.parse({}), database: { ...DATABASE, ready: [database] } };
    return new Outbox("outbox", args, opts);
  });
  return { ...result, job: Object.values(result.objects("Job"))[0] };
}

describe("the migration of outbox and inbox", () => {
  it.each([true, false])("is a restricted Job at the primary itself, as the owner (preview: %s)", async (preview) => {
    const { job } = await outbox({}, DATABASE, preview);
    const pod = job.spec.template.spec;
    expect(pod).toMatchObject({
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 26, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          command: ["/bin/sh", "/etc/outbox/migrate.sh"],
          image: expect.stringContaining("postgresql:18"),
          securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    });
    expect(pod.containers[0].env).toEqual(
      expect.arrayContaining([
        { name: "PGHOST", value: "postgres-rw.mes-data.svc" },
        { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: "postgres-owner", key: "password" } } },
      ]),
    );
  });

  it("is another Job when what it runs is other, and the same when not", async () => {
    const first = await outbox();
    const same = await outbox({ maxDelay: "5m" });
    const other = await outbox({}, { ...DATABASE, statementTimeout: "1m" });
    expect(same.job.metadata.name).toBe(first.job.metadata.name);
    expect(other.job.metadata.name).not.toBe(first.job.metadata.name);
  });

  it("ends: it is tried a few times, not for ever, and stays, so that no update makes it again", async () => {
    const { job } = await outbox();
    expect(job.spec).toMatchObject({ backoffLimit: 6, activeDeadlineSeconds: 900 });
    expect(job.spec).not.toHaveProperty("ttlSecondsAfterFinished");
  });

  it("comes after what it mounts, and after a database that can take it", async () => {
    const { job, comesAfter } = await outboxAfter();
    expect(comesAfter("Job", "outbox-migrations")).toEqual([
      "ConfigMap database",
      "ConfigMap outbox-config",
      "ServiceAccount outbox-migrations",
    ]);
    expect(job.spec.template.spec.containers[0].volumeMounts).toEqual([
      { name: "config", mountPath: "/etc/outbox", readOnly: true },
      { name: "mes-ca", mountPath: "/etc/mes/ca", readOnly: true },
    ]);
  });

  it("declares its way to the database", async () => {
    const { component } = await outbox();
    expect(component.connections.map(({ from, to }) => `${from.name} -> ${to.name}`)).toEqual([
      "outbox-migrations -> postgres-rw",
      "outbox-purge -> postgres-rw",
    ]);
  });
});

describe("old messages", () => {
  it("are deleted by the hour, in seconds that the stack file names in days", async () => {
    const { object } = await outbox({ keepSent: "2d", keepReceived: "7d" });
    const { spec } = object("CronJob", "outbox-purge");
    expect(spec).toMatchObject({ schedule: "17 * * * *", concurrencyPolicy: "Forbid" });
    expect(spec.jobTemplate.spec.template.spec.containers[0].env).toEqual(
      expect.arrayContaining([
        { name: "KEEP_OUTBOX", value: "172800" },
        { name: "KEEP_INBOX", value: "604800" },
      ]),
    );
  });

  it("are deleted by one run at a time, made up for within ten minutes, which ends and leaves what failed to be read", async () => {
    const { object } = await outbox();
    const { jobTemplate, ...spec } = object("CronJob", "outbox-purge").spec;
    expect(spec).toEqual({
      schedule: "17 * * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
    });
    expect(jobTemplate.spec).toMatchObject({ backoffLimit: 1, activeDeadlineSeconds: 1800 });
    expect(jobTemplate.spec.template.spec).toMatchObject({
      restartPolicy: "Never",
      containers: [{ command: ["/bin/sh", "/etc/outbox/purge.sh"] }],
    });
  });

  it("are not looked for before the tables are there", async () => {
    const { comesAfter } = await outbox();
    expect(comesAfter("CronJob", "outbox-purge")).toEqual(["Job outbox-migrations", "ServiceAccount outbox-purge"]);
  });

  it.each([
    ["a memory shorter than a broker's", { keepReceived: "2h" }, /^keepReceived: .*at least 1d/],
    ["no time to look", { keepSent: "5m" }, /^keepSent: .*at least 1h/],
    ["an unknown key", { retention: "5m" }, /Unrecognized key/],
  ])("refuse %s", (_, config, expected) => {
    const issues = outboxConfig.safeParse(config).error?.issues ?? [];
    expect(issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("alerts", () => {
  it("page as late as the stack file allows", () => {
    const [group] = outboxAlerts(outboxConfig.parse({ maxDelay: "2m30s" }));
    expect(group?.alerts.find((alert) => alert.name === "OutboxDelayed")).toMatchObject({
      severity: "page",
      expr: expect.stringContaining("> 150"),
    });
  });
});

describe("migrations", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "migrations-"));
  afterAll(() => fs.rmSync(root, { recursive: true }));
  const folder = (files: Record<string, string>) => {
    const directory = fs.mkdtempSync(path.join(root, "set-"));
    for (const [name, sql] of Object.entries(files)) fs.writeFileSync(path.join(directory, name), sql);
    return directory;
  };

  it("are read in the order of their numbers", () => {
    expect(Object.keys(readMigrations())).toEqual(["0001_messaging.sql", "0002_access.sql"]);
  });

  it.each([
    ["a gap", { "0001_a.sql": "", "0003_b.sql": "" }, /0003_b\.sql: expected a name that begins with 0002_/],
    ["two of one number", { "0001_a.sql": "", "0001_b.sql": "" }, /0001_b\.sql: expected .* 0002_/],
    ["another kind of file", { "notes.txt": "" }, /notes\.txt: expected/],
    ["a transaction of its own", { "0001_a.sql": "BEGIN;\nSELECT 1;\nCOMMIT;" }, /without a BEGIN or COMMIT/],
  ])("are refused for %s", (_, files, expected) => {
    expect(() => readMigrations(folder(files))).toThrow(expected);
  });

  it("may have blocks of PL/pgSQL", () => {
    expect(() => readMigrations(folder({ "0001_a.sql": "DO $$\nBEGIN\n  NULL;\nEND $$;" }))).not.toThrow();
  });

  it("end with the limits of programs", () => {
    expect(settingsFile({ database: "mes", statementTimeout: "1m30s" })).toBe(
      `ALTER DATABASE "mes" SET statement_timeout = '90s';\n`,
    );
  });
});
