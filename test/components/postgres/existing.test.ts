import { existingPostgresConfig, type ExistingPostgresConfig } from "../../../components/postgres/existing/config";
import { ExistingPostgres } from "../../../components/postgres/existing/existing";
import { exporterQueries, serverQueries } from "../../../components/postgres/existing/queries";
import { existingObjectsOf, unpromisedOfDatabase } from "../../../components/postgres/existing/promises";
import { environment, recorded, refusalOf } from "../../helpers/record";
import { USERS } from "./fixtures";

const CA = `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`;
const RDS = {
  primary: { host: "mes.example.rds.amazonaws.com", cidrs: ["10.40.64.0/24"] },
  readers: { host: "mes-ro.example.rds.amazonaws.com", cidrs: ["10.40.65.0/24"] },
  tls: { ca: CA },
  administrator: { secret: "rds-master" },
  maxConnections: 400,
};
const parse = (existing: object, others: object = {}): ExistingPostgresConfig =>
  existingPostgresConfig.parse({ existing: { ...RDS, ...existing }, ...others });

const made = (config: ExistingPostgresConfig = parse({})) =>
  recorded((opts) => new ExistingPostgres("postgres", { environment: environment(), config, users: USERS }, opts));

const jobName = async (config: ExistingPostgresConfig) => {
  const { resources } = (await made(config)).plan;
  const [job] = resources.filter(({ type }) => type.endsWith(":Job"));
  return (job?.inputs as { metadata: { name: string } } | undefined)?.metadata.name;
};

describe("a database that is there already", () => {
  it("takes no operator's objects, and no server of ours", async () => {
    const { resources } = (await made()).plan;
    const kinds = [...new Set(resources.map(({ type }) => type.split(":").at(-1)))].sort();
    expect(kinds).toEqual(
      expect.arrayContaining(["ConfigMap", "Deployment", "Job", "RandomPassword", "Secret", "ServiceAccount"]),
    );
    for (const kind of ["Cluster", "Pooler", "Database", "StatefulSet", "Certificate"]) expect(kinds).not.toContain(kind);
  });

  it("gives those who only read the readers, all others the primary", async () => {
    const { made: database } = await made();
    expect(database.binding("dashboard").env).toMatchObject({
      PGHOST: RDS.readers.host,
      PGUSER: "dashboard",
      PGSSLMODE: "verify-full",
    });
    expect(database.binding("order-intake").env.PGHOST).toBe(RDS.primary.host);
    expect(database.owner.binding.env).toMatchObject({ PGHOST: RDS.primary.host, PGUSER: "mes_owner" });
    expect(database.binding("order-intake").endpoints[0]?.target).toEqual({ cidrs: RDS.primary.cidrs });
  });

  it("is verified by the authorities that the stack file has, or names", async () => {
    const { made: own } = await made();
    const { env, volumeMounts } = own.binding("dashboard");
    expect(env.PGSSLROOTCERT).toBe("/etc/mes/postgres-ca/ca.crt");
    expect(volumeMounts).toEqual([{ name: "postgres-ca", mountPath: "/etc/mes/postgres-ca", readOnly: true }]);
    const { made: named } = await made(
      parse({
        primary: { host: "10.0.0.3", cidrs: ["10.0.0.3/32"] },
        readers: undefined,
        tls: { mode: "verify-ca", ca: { secret: "cloud-sql", key: "server-ca.pem" } },
      }),
    );
    expect(named.binding("dashboard").env.PGSSLMODE).toBe("verify-ca");
    expect(named.binding("dashboard").volumes).toEqual([
      { name: "postgres-ca", secret: { secretName: "cloud-sql", items: [{ key: "server-ca.pem", path: "ca.crt" }] } },
    ]);
  });

  it("gets its users again when they change, or their passwords, and not otherwise", async () => {
    const before = await jobName(parse({}));
    expect(before).toMatch(/^postgres-users-[0-9a-f]{8}$/);
    expect(await jobName(parse({ maxConnections: 500 }))).toBe(before);
    expect(await jobName(parse({}, { rotation: "2" }))).not.toBe(before);
    expect(await jobName(parse({}, { database: "factory" }))).not.toBe(before);
  });

  it("has users that somebody else makes, where there is no administrator", async () => {
    const config = parse({ administrator: undefined });
    const { plan, made: database } = await made(config);
    expect(plan.resources.filter(({ type }) => /:(?:Job|Secret|RandomPassword)$/.test(type))).toEqual([]);
    expect(database.binding("dashboard")).not.toHaveProperty("secrets");
    expect(existingObjectsOf(config, USERS)).toEqual([
      "Secret/postgres-owner",
      "Secret/postgres-exporter",
      ...USERS.map(({ name }) => `Secret/postgres-user-${name}`),
    ]);
  });

  it.each([
    ["a name that is not verified", { tls: { mode: "verify-ca", ca: CA } }, "a name can be verified"],
    ["two passwords of the administrator", { administrator: { secret: "one", password: { secure: "v1:x" } } }, "either secret"],
    ["more reserved than there is", { reservedConnections: 400 }, "expected fewer than maxConnections (400)"],
    ["a certificate that is none", { tls: { ca: "rds-ca.pem" } }, "expected certificates as text (PEM)"],
  ])("is refused with %s", (_what, wrong, message) => {
    const { error } = existingPostgresConfig.safeParse({ existing: { ...RDS, ...wrong } });
    expect(error?.message).toContain(message);
  });

  it("refuses a program that is no user of it", async () => {
    expect(
      await refusalOf((opts) => {
        const database = new ExistingPostgres("postgres", { environment: environment(), config: parse({}), users: USERS }, opts);
        database.binding("dashbord");
        return database;
      }),
    ).toContain("no user dashbord; did you mean dashboard?");
  });

  it("says what nobody has promised", () => {
    expect(unpromisedOfDatabase(parse({})).map((what) => what.split(":")[0])).toEqual([
      "CPU, memory, volume and write-ahead log of the database",
      "whether an acknowledged order survives the loss of the primary",
      "how long no order can be written when the primary is lost",
      "backups of the database",
    ]);
    const promises = { synchronousStandby: true, failover: "30s", backups: "30 days" };
    expect(unpromisedOfDatabase(parse({ promises })).length).toBe(2);
    expect(unpromisedOfDatabase(parse({ promises: { ...promises, synchronousStandby: false } }))[1]).toMatch(
      /^orders of the last moments/,
    );
  });

  it("is measured by queries that postgres_exporter reads", () => {
    const text = exporterQueries({ backends_waiting: serverQueries.backends_waiting! });
    expect(text).toMatch(/^cnpg_backends_waiting:\n {2}query: .*\n {2}metrics:\n {4}- total:\n {8}usage: "?GAUGE"?\n/);
  });
});
