import type { Plan } from "../../../review/plan/plan";
import { schedule } from "../../../review/kubernetes/schedules";
import { backupsRestorable } from "../../../review/rules/backups-restorable";
import { found, object, planOf } from "../fixtures";
import { planned } from "../../helpers/plans";
import { errorsAfter, type Change, type Edit, type Inputs } from "./changed-plan";

/* Backups that would not be there on the day when they are needed, in the real plan, and the nearest ones that would. */

let plan: Plan;
beforeAll(async () => (plan = await planned("prod")), 60_000);

const spec =
  (change: (spec: Inputs) => void): Change =>
  (inputs) =>
    change(inputs.spec);
const plugin = (change: (plugin: Inputs) => void) => spec(({ plugins }) => change(plugins[0]));
const every = (text: string) => spec((backup) => (backup.schedule = text));
const ofBackups =
  (change: (inputs: Inputs) => void): Change =>
  (inputs) => {
    if (JSON.stringify(inputs).includes("example-mes-prod-backups")) change(inputs);
  };
const ofRole =
  (change: (inputs: Inputs) => void): Change =>
  (inputs) => {
    if (JSON.stringify(inputs).includes("prod-postgres") || inputs.assumeRolePolicy?.includes("mes-data:postgres"))
      change(inputs);
  };
const statement = (from: string, to: string) => ofRole((inputs) => (inputs.policy = inputs.policy.replaceAll(from, to)));
const rule = (one: Inputs) => ofBackups(({ rules }) => rules.push({ id: "x", status: "Enabled", filter: {}, ...one }));

describe("backups", () => {
  const LOST: readonly Edit[] = [
    ["nothing archives", "Cluster", "", spec((c) => delete c.plugins), /mes:postgres.backups.enabled/],
    ["the plug-in is off", "Cluster", "", plugin((p) => (p.enabled = false)), /nothing of the database is archived/],
    ["it does not archive", "Cluster", "", plugin((p) => (p.isWALArchiver = false)), /nothing of the database is archived/],
    ["skipped", "Cluster", "", (c) => (c.metadata.annotations["cnpg.io/skipWalArchiving"] = "enabled"), /nothing is archived/],
    ["archived when it is full", "Cluster", "", spec((c) => (c.postgresql.parameters.archive_timeout = "0")), /16 MB/],
    ["archived once a day", "Cluster", "", spec((c) => (c.postgresql.parameters.archive_timeout = "1d")), /every 1d/],
    ["another store", "Cluster", "", plugin((p) => (p.parameters.barmanObjectName = "other")), /ObjectStore mes-data\/other/],
    ["suspended", "ScheduledBackup", "", spec((b) => (b.suspend = true)), /suspend/],
    [
      "another cluster",
      "ScheduledBackup",
      "",
      spec((b) => (b.cluster.name = "db")),
      /Cluster mes-data\/db, which the plan does not have/,
    ],
    ["another plug-in", "ScheduledBackup", "", spec((b) => (b.pluginConfiguration.name = "barman")), /every backup fails/],
    ["another method", "ScheduledBackup", "", spec((b) => (b.method = "barmanObjectStore")), /use method: plugin/],
    ["on 30 February", "ScheduledBackup", "", every("0 0 2 30 2 *"), /never comes/],
    ["without seconds", "ScheduledBackup", "", every("0 2 * * *"), /has 5 fields/],
    ["at 25 o'clock", "ScheduledBackup", "", every("0 0 25 * * *"), /25 is none/],
    ["once a year", "ScheduledBackup", "", every("0 0 2 1 1 *"), /every 366 days, and each is kept for 30 days/],
    [
      "another bucket",
      "ObjectStore",
      "",
      spec((s) => (s.configuration.destinationPath = "s3://backups/")),
      /bucket backups, which/,
    ],
    ["no credentials", "ObjectStore", "", spec((s) => (s.configuration.s3Credentials = {})), /no credentials/],
    [
      "half of them",
      "ObjectStore",
      "",
      spec((s) => (s.configuration.s3Credentials = { accessKeyId: { name: "x", key: "y" } })),
      /credentials/,
    ],
    [
      "deleted before they expire",
      "BucketLifecycleConfiguration",
      "",
      rule({ expiration: { days: 14 } }),
      /after 14 days, .* 30 days/,
    ],
    [
      "moved away",
      "BucketLifecycleConfiguration",
      "",
      rule({ transitions: [{ days: 7, storageClass: "DEEP_ARCHIVE" }] }),
      /DEEP_ARCHIVE/,
    ],
    ["no role", "Cluster", "", spec((c) => delete c.serviceAccountTemplate), /have no role/],
    [
      "no role of the plan",
      "Cluster",
      "",
      spec(
        (c) =>
          (c.serviceAccountTemplate.metadata.annotations["eks.amazonaws.com/role-arn"] = "arn:aws:iam::123456789012:role/other"),
      ),
      /no role of the plan/,
    ],
    [
      "a role that does not trust",
      "Role",
      "",
      ofRole((r) => (r.assumeRolePolicy = r.assumeRolePolicy?.replace("mes-data:postgres", "mes:postgres"))),
      /does not trust/,
    ],
    ["a role that only reads", "RolePolicy", "", statement('"s3:PutObject",', ""), /may not s3:PutObject/],
    ["a role that deletes nothing", "RolePolicy", "", statement('"s3:DeleteObject",', ""), /may not s3:DeleteObject/],
    ["a role that lists nothing", "RolePolicy", "", statement('"s3:ListBucket",', ""), /may not s3:ListBucket/],
    [
      "a role of another bucket",
      "RolePolicy",
      "",
      statement("mes-prod-backups", "mes-prod-logs"),
      /in the bucket example-mes-prod-backups/,
    ],
    ["denied", "RolePolicy", "", statement('"Effect":"Allow"', '"Effect":"Deny"'), /may not/],
    [
      "logs that go before their time",
      "BucketLifecycleConfiguration",
      "",
      (inputs) => inputs.rules.forEach((one: Inputs) => (one.expiration?.days === 60 ? (one.expiration.days = 7) : 0)),
      /mes:logging.retention keeps for 30/,
    ],
    [
      "from what it writes itself",
      "Cluster",
      "",
      spec((c) => {
        c.bootstrap = { recovery: { source: "origin" } };
        c.externalClusters = [
          { name: "origin", plugin: { name: "barman-cloud.cloudnative-pg.io", parameters: c.plugins[0].parameters } },
        ];
      }),
      /refuses to start it/,
    ],
    [
      "from nowhere",
      "Cluster",
      "",
      spec((c) => (c.bootstrap = { recovery: { source: "origin" } })),
      /not among externalClusters/,
    ],
  ];

  it.each(LOST)("are not there: %s", (...edit) => {
    expect(errorsAfter(plan, backupsRestorable, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  const KEPT: readonly (readonly [string, string, string, Change])[] = [
    ["twice a day", "ScheduledBackup", "", every("0 0 2,14 * * *")],
    ["on weekdays", "ScheduledBackup", "", every("0 30 1 * * MON-FRI")],
    ["by a word", "ScheduledBackup", "", every("@daily")],
    ["deleted long after they expire", "BucketLifecycleConfiguration", "", rule({ expiration: { days: 90 } })],
    ["deleted elsewhere", "BucketLifecycleConfiguration", "", rule({ filter: { prefix: "other/" }, expiration: { days: 1 } })],
    ["a rule that is off", "BucketLifecycleConfiguration", "", rule({ status: "Disabled", expiration: { days: 1 } })],
    [
      "moved to where they can be read",
      "BucketLifecycleConfiguration",
      "",
      rule({ transitions: [{ days: 30, storageClass: "STANDARD_IA" }] }),
    ],
    ["archived every minute", "Cluster", "", spec((c) => (c.postgresql.parameters.archive_timeout = "1min"))],
    ["a role with more rights", "RolePolicy", "", statement('"s3:GetObject",', '"s3:Get*",')],
    [
      "from another server's",
      "Cluster",
      "",
      spec((c) => {
        const parameters = { ...c.plugins[0].parameters, serverName: "old" };
        c.bootstrap = { recovery: { source: "origin" } };
        c.externalClusters = [{ name: "origin", plugin: { name: "barman-cloud.cloudnative-pg.io", parameters } }];
      }),
    ],
  ];

  it.each(KEPT)("are there: %s", (...edit) => {
    expect(errorsAfter(plan, backupsRestorable, edit)).toEqual([]);
  });

  it("of two databases in one folder are of neither", () => {
    const database = (name: string) =>
      object("postgresql.cnpg.io/v1", "Cluster", name, {
        spec: { plugins: [{ name: "x", isWALArchiver: true, parameters: { barmanObjectName: "store", serverName: "db" } }] },
      });
    const store = object("barmancloud.cnpg.io/v1", "ObjectStore", "store", {
      spec: {
        configuration: { destinationPath: "s3://backups/", s3Credentials: { inheritFromIAMRole: true } },
        retentionPolicy: "30d",
      },
    });
    expect(found(backupsRestorable, [database("a"), database("b"), store]).join("\n")).toMatch(/b .*as Cluster mes\/a does/);
  });

  it("that nobody protects are a warning on several zones, and nothing on one", () => {
    const database = object("postgresql.cnpg.io/v1", "Cluster", "db", { spec: {} });
    const severities = (zones: string[]) =>
      new Set(found(backupsRestorable, [database], { protectData: false, zones }).map((one) => one.split(" ")[0]));
    expect(severities(["a", "b"])).toEqual(new Set(["warning"]));
    expect(severities(["a"])).toEqual(new Set());
    expect(backupsRestorable.check({ ...planOf([database]), facts: undefined })).toEqual([]);
  });
});

describe("a schedule", () => {
  it.each([
    ["0 2 * * *", 1],
    ["0 2 * * 1-5", 3],
    ["0 2 1 * *", 31],
    ["0 2 31 * *", 61],
    ["0 2 29 2 *", 1461],
    ["*/5 * * * *", 1],
    ["0 2 1,15 * MON", 7],
    ["@weekly", 7],
  ])("%s leaves %i days at most", (text, days) => {
    expect(schedule(text, 5)).toEqual({ longestGap: days });
  });

  it.each(["0 2 31 4,6,9,11 *", "0 2 * *", "60 2 * * *", "0 2 * * 1-8", "0 2 * * FRI-MON", "hourly", "", "5/0 * * * *"])(
    "%s is none",
    (text) => {
      expect(schedule(text, 5).problem).toBeDefined();
    },
  );
});
