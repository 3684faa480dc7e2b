import { parseDuration } from "../../schema";
import { OWNER_SECRET, userSecretName } from "../names";
import type { DatabaseUser } from "../users";
import type { ExistingPostgresConfig } from "./config";

/** Longest time without a primary that alerts and retries of the roles are made for. */
const SHORT_FAILOVER = 60;

/** Its exporter's user in the database, and the Secret with its password. */
export const EXPORTER = { user: "mes_exporter", secretName: "postgres-exporter" } as const;

/** What nobody sees of a database that is there already, and what nobody has promised of it. */
export function unpromisedOfDatabase({ existing }: ExistingPostgresConfig): string[] {
  const { synchronousStandby, failover, backups } = existing.promises;
  return [
    "CPU, memory, volume and write-ahead log of the database: its provider's own monitoring has them",
    ...(synchronousStandby === true
      ? []
      : synchronousStandby === false
        ? ["orders of the last moments, when the primary is lost: no other copy has a commit before it is acknowledged"]
        : [
            "whether an acknowledged order survives the loss of the primary: existing.promises.synchronousStandby does not say it",
          ]),
    ...(failover === undefined
      ? ["how long no order can be written when the primary is lost: existing.promises.failover does not say it"]
      : parseDuration(failover) > SHORT_FAILOVER
        ? [`a failover, but for its end: for up to ${failover} no order is written, and messages wait in the broker`]
        : []),
    backups === undefined
      ? "backups of the database: existing.promises.backups does not say who keeps them"
      : `age of the backups of the database: ${backups}`,
  ];
}

/** Objects that have to be there, as `Secret/name`. */
export function existingObjectsOf({ existing }: ExistingPostgresConfig, users: readonly Pick<DatabaseUser, "name">[]): string[] {
  const { administrator, tls } = existing;
  const secrets =
    administrator === undefined
      ? [OWNER_SECRET, EXPORTER.secretName, ...users.map(({ name }) => userSecretName(name))]
      : administrator.secret === undefined
        ? []
        : [administrator.secret];
  const authorities =
    typeof tls.ca === "string" ? [] : ["secret" in tls.ca ? `Secret/${tls.ca.secret}` : `ConfigMap/${tls.ca.configMap}`];
  return [...secrets.map((name) => `Secret/${name}`), ...authorities];
}
