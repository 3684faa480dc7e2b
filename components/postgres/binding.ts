import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../network/connection";
import { fromSecret, type Binding } from "../workload/binding";
import type { Volume, VolumeMount } from "../workload/pod";

/** How a client verifies a server of the database. */
export interface ServerTrust {
  readonly mode: "verify-full" | "verify-ca";
  /** The authorities' certificates, in the pod. */
  readonly file: string;
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
}

export interface DatabaseLogin {
  readonly endpoint: Endpoint;
  readonly database: string;
  /** Its name in the database. */
  readonly user: string;
  /** Secret with its `password`, in the namespace of the pod. */
  readonly secretName: string;
  /** Absent where something else keeps the Secret. */
  readonly password?: pulumi.Output<string>;
  readonly trust: ServerTrust;
}

/** What a program needs to log in, in the variables of libpq. */
export function databaseBinding({ endpoint, database, user, secretName, password, trust }: DatabaseLogin): Binding {
  return {
    endpoints: [endpoint],
    env: {
      PGHOST: endpoint.host,
      PGPORT: String(endpoint.port),
      PGDATABASE: database,
      PGUSER: user,
      PGPASSWORD: fromSecret(secretName, "password"),
      PGSSLMODE: trust.mode,
      PGSSLROOTCERT: trust.file,
    },
    volumes: trust.volumes,
    volumeMounts: trust.volumeMounts,
    ...(password === undefined ? {} : { secrets: { PGPASSWORD: password }, rollOn: [password] }),
  };
}
