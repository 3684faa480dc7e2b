import { readStackFile, stackFilePath } from "../../stacks/config/load";
import type { StackConfig } from "../../stacks/config/schema";
import { objectStoreUsers } from "../../stacks/users";
import { environment, PROJECT_DIRECTORY } from "../helpers/record";
import { whole } from "../helpers/whole";

const PROD = whole(readStackFile(stackFilePath(PROJECT_DIRECTORY, "prod")).config);

const usersOf = (changed: Partial<StackConfig>) => objectStoreUsers({ ...PROD, roles: {}, ...changed }, environment());

describe("users of the object store", () => {
  const BACKUPS = { ...PROD.postgres, name: "postgres", backups: { ...PROD.postgres.backups, enabled: true } };
  const NO_BACKUPS = { ...BACKUPS, backups: { ...BACKUPS.backups, enabled: false } };
  const IN_BUCKET = { ...PROD.logging, enabled: true, storage: { kind: "bucket" as const, walSize: "1Gi" } };
  const ON_VOLUME = { ...IN_BUCKET, storage: { kind: "filesystem" as const, size: "1Gi" } };

  it("are the backups and Loki, each with its own bucket", () => {
    expect(usersOf({ postgres: BACKUPS, logging: IN_BUCKET })).toEqual([
      { name: "postgres", namespace: "mes-data", serviceAccount: "postgres", buckets: { backups: "readwrite" } },
      { name: "loki", namespace: "mes-observability", serviceAccount: "loki", buckets: { logs: "readwrite" } },
    ]);
  });

  it.each<[string, Partial<StackConfig>, string[]]>([
    ["backups that are switched off", { postgres: NO_BACKUPS, logging: IN_BUCKET }, ["loki"]],
    ["logs on a volume", { postgres: BACKUPS, logging: ON_VOLUME }, ["postgres"]],
    ["logging that is switched off", { postgres: BACKUPS, logging: { ...IN_BUCKET, enabled: false } }, ["postgres"]],
  ])("are without %s", (_, changed, names) => {
    expect(usersOf(changed).map(({ name }) => name)).toEqual(names);
  });

  it("are the roles that read or write files", () => {
    const roles = Object.keys(PROD.roles).filter((name) => Object.keys(PROD.roles[name]?.storage ?? {}).length > 0);
    const names = usersOf({ roles: PROD.roles, postgres: NO_BACKUPS, logging: ON_VOLUME }).map(({ name }) => name);
    expect(names).toEqual(roles);
    expect(names).not.toEqual([]);
  });
});
