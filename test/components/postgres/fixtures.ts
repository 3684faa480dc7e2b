import { postgresConfig, type PostgresConfig } from "../../../components/postgres/config";
import { Postgres, type PostgresArgs } from "../../../components/postgres/postgres";
import type { DatabaseUser } from "../../../components/postgres/users";
import type { BucketAccess } from "../../../components/storage/access";
import { environment, recorded, refusalOf, type Recorded } from "../../helpers/record";

/** The least that a stack file must say. */
export const MINIMAL = {
  resources: { cpu: 1, memory: "1Gi" },
  storage: { size: "5Gi" },
  walStorage: { size: "2Gi" },
};

/** Three instances, as in production. */
export const AVAILABLE = {
  ...MINIMAL,
  instances: 3,
  synchronousReplicas: 1,
  resources: { cpu: 4, memory: "16Gi" },
  walStorage: { size: "50Gi" },
  maxConnections: 400,
  poolers: {
    rw: { instances: 3, poolSize: 20, serverConnections: 60 },
    ro: { instances: 3, poolSize: 15, serverConnections: 30 },
  },
};

export const USERS: DatabaseUser[] = [
  { name: "order-intake", access: "readwrite", poolSize: 5, instances: 10 },
  { name: "dashboard", access: "readonly", poolSize: 5, instances: 4 },
  { name: "outbox-relay", access: "relay", poolSize: 2, instances: 2 },
];

export const BUCKET: BucketAccess = {
  bucket: "factory-backups",
  region: "eu-central-1",
  roleArn: "arn:aws:iam::1:role/postgres",
  endpoint: { name: "s3", host: "s3.eu-central-1.amazonaws.com", port: 443, target: { cidrs: ["0.0.0.0/0"] } },
};

export function parse(config: object = MINIMAL): PostgresConfig {
  return postgresConfig.parse(config);
}

function args(overrides: Partial<PostgresArgs> = {}): PostgresArgs {
  return { environment: environment(), config: parse(AVAILABLE), issuer: "mes-ca", users: USERS, backups: BUCKET, ...overrides };
}

/** What a database declares, and the component itself. */
export async function postgres(
  overrides: Partial<PostgresArgs> = {},
  options: { preview?: boolean } = {},
): Promise<Recorded & { component: Postgres }> {
  const { made: component, ...result } = await recorded((opts) => new Postgres("postgres", args(overrides), opts), options);
  return { ...result, component };
}

/** What the component says against its arguments. */
export function refused(overrides: Partial<PostgresArgs>): Promise<string> {
  return refusalOf((opts) => new Postgres("postgres", args(overrides), opts));
}
