import { readBy } from "../../components/mes/role/templates";
import { databaseUsers } from "../../components/mes/users";
import { onlyReads, userSecretName } from "../../components/postgres/names";
import type { DatabaseUser } from "../../components/postgres/users";
import type { CrossSectionRule } from "./cross-section";
import type { StackConfig } from "./schema";
import type { Problem } from "./validate";

/** What a database that is there already demands of the roles. */
export const DATABASE_RULES: readonly CrossSectionRule[] = [connections, passwordsInFiles];

/** Programs connect to it themselves: at full scale, while a release is rolled out, all of their pools have to fit. */
function* connections({ postgres, roles }: StackConfig): Generator<Problem> {
  if (postgres === undefined || !("existing" in postgres)) return;
  const { readers, maxConnections, reservedConnections } = postgres.existing;
  const users = databaseUsers(roles);
  const atReaders = (user: DatabaseUser) => readers !== undefined && onlyReads(user);
  const sides = [
    { where: "the primary", of: users.filter((user) => !atReaders(user)) },
    { where: "the readers", of: users.filter(atReaders) },
  ];
  for (const { where, of } of sides) {
    const needed = of.reduce((sum, { poolSize, instances }) => sum + poolSize * instances, 0);
    if (needed + reservedConnections <= maxConnections) continue;
    const parts = of.map(({ name, poolSize, instances }) => `${name} ${poolSize} x ${instances}`).join(", ");
    const message = `at full scale the roles open ${needed} connections to ${where} (${parts}), and ${reservedConnections} are reserved: expected at least ${needed + reservedConnections}; lower poolSize or scale.max of a role, or take a larger server`;
    yield { path: ["postgres", "existing", "maxConnections"], message };
    return;
  }
}

/** Without an administrator something else keeps the passwords, and the platform cannot write one into a file. */
function* passwordsInFiles({ postgres, roles }: StackConfig): Generator<Problem> {
  if (postgres === undefined || !("existing" in postgres) || postgres.existing.administrator !== undefined) return;
  for (const [name, role] of Object.entries(roles)) {
    if (!role.enabled || role.database === undefined) continue;
    for (const [path, text] of Object.entries(role.files)) {
      if (!readBy(text, role.env).has("PGPASSWORD")) continue;
      const secret = userSecretName(name);
      const message = `PGPASSWORD is in the Secret ${secret}, which only the cluster knows: mount that Secret with volumes (secret: ${secret}, key: password), or use the variable in env`;
      yield { path: ["roles", name, "files", path], message };
    }
  }
}
