import { isIPv4 } from "node:net";
import { z } from "zod";
import {
  certificates,
  cidr,
  duration,
  holds,
  hostname,
  literal,
  objectName,
  positiveDuration,
  resources,
  rule,
  secret,
  secretKey,
} from "../../schema";
import { nameOfDatabase } from "../database";

const server = z.strictObject({
  host: z
    .union([hostname, z.ipv4()], "expected a DNS name or an IPv4 address")
    .describe("its name, as the server's certificate has it"),
  port: z.int().min(1).max(65_535).default(5432).describe("its port"),
  cidrs: z.array(cidr).min(1).describe("addresses that the name leads to, also after a failover: the subnets of the database"),
});
export type DatabaseServer = z.infer<typeof server>;

const reference = (kind: string) =>
  objectName.describe(`${kind} with them, in the namespace of the roles and in that of the data`);
const key = secretKey.default("ca.crt").describe("its key");

const ca = z
  .union(
    [
      certificates,
      z.strictObject({ configMap: reference("ConfigMap"), key }),
      z.strictObject({ secret: reference("Secret"), key }),
    ],
    "expected certificates as text (PEM), {configMap, key} or {secret, key}",
  )
  .describe(
    "certificates of the authorities that sign the server's, e.g. the bundle of RDS for the region: as text (PEM), or where they are",
  );
export type DatabaseCa = z.infer<typeof ca>;

const administrator = z
  .strictObject({
    username: literal.default("postgres").describe("its name; it needs CREATEROLE, CREATEDB, and pg_monitor to hand on"),
    database: literal.default("postgres").describe("database that it connects to before that of the MES is there"),
    password: secret.optional().describe("its password"),
    secret: objectName
      .optional()
      .describe("a Secret that is there already, in the namespace of database and broker (mes-data), with the key password"),
  })
  .check(
    holds(
      ({ password, secret: name }) => (password === undefined) !== (name === undefined),
      "needs either secret (the name of a Secret that is there) or password",
    ),
  )
  .describe(
    "who makes users, groups and the database, by a Job; default: nobody, they are there, and so are the Secrets with their passwords (docs/operations/postgres.md)",
  );

/** A database that is there already: a managed one of a cloud, or a company's. */
export const existingPostgresConfig = z
  .strictObject({
    existing: z
      .strictObject({
        primary: server.describe("where it takes writes"),
        readers: server.optional().describe("where it only reads, e.g. the reader endpoint of Aurora; default: the primary"),
        tls: z
          .strictObject({
            mode: z
              .enum(["verify-full", "verify-ca"])
              .default("verify-full")
              .describe(
                "verify-ca where the server is reached by its address, which its certificate does not have, as with Cloud SQL",
              ),
            ca,
          })
          .describe("how clients verify the server"),
        administrator: administrator.optional(),
        maxConnections: z.int().min(20).max(20_000).describe("connections that the server takes (max_connections)"),
        reservedConnections: z
          .int()
          .min(0)
          .default(20)
          .describe("those that are not for the roles: reserved ones, the provider's, jobs, exporter and people"),
        exporter: z
          .strictObject({
            resources: resources.prefault({ cpu: "20m", memory: "64Mi" }).describe("the pod of each server"),
          })
          .prefault({})
          .describe("what measures it (postgres_exporter)"),
        promises: z
          .strictObject({
            synchronousStandby: z
              .boolean()
              .optional()
              .describe("whether another copy in another place has every commit before it is acknowledged, as with RDS Multi-AZ"),
            failover: positiveDuration.optional().describe("how long it takes no writes when its primary is lost, at most"),
            backups: literal.optional().describe("who keeps backups, how often and how long, in a few words"),
          })
          .prefault({})
          .describe("what its provider promises; the plan says what nobody has promised"),
      })
      .describe("the server that is there"),
    database: nameOfDatabase.default("mes").describe("name of the database"),
    statementTimeout: duration.default("30s").describe("statements of programs that take longer are cancelled"),
    rotation: z.string().min(1).default("1").describe("change it to give every user a new password"),
  })
  .check(
    rule(({ existing }, context) => {
      const named = [existing.primary, ...(existing.readers === undefined ? [] : [existing.readers])].some(
        ({ host }) => !isIPv4(host),
      );
      if (existing.tls.mode === "verify-ca" && named) {
        const message = "is for servers that are reached by their address: a name can be verified; expected verify-full";
        context.addIssue({ code: "custom", path: ["existing", "tls", "mode"], message });
      }
      if (existing.reservedConnections < existing.maxConnections) return;
      const message = `expected fewer than maxConnections (${existing.maxConnections})`;
      context.addIssue({ code: "custom", path: ["existing", "reservedConnections"], message });
    }),
  )
  .describe("A database that is there already: its server is somebody else's, users and tables are made in it");

export type ExistingPostgresConfig = z.infer<typeof existingPostgresConfig>;
