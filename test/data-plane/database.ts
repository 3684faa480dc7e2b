import type { Cluster } from "../cluster/cluster";

interface PostgresCluster {
  readonly status?: { readonly currentPrimary?: string; readonly readyInstances?: number; readonly phase?: string };
}

export async function postgresStatus({ api }: Cluster, namespace: string, name: string) {
  const cluster = await api.get<PostgresCluster>(`/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters/${name}`);
  return cluster.status ?? {};
}

/** Runs SQL in an instance as the superuser, who gets in from inside of the pod only; rows as lines, columns split by `|`. */
async function sql(cluster: Cluster, namespace: string, pod: string, database: string, statement: string): Promise<string[]> {
  const exec = ["-n", namespace, "exec", pod, "--container=postgres", "--"];
  const psql = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", `--dbname=${database}`];
  const printed = await cluster.kubectl(...exec, ...psql, `--command=${statement}`);
  return printed.split("\n").filter((line) => line !== "");
}

/** Runs SQL at the primary. */
export async function sqlAtPrimary(cluster: Cluster, namespace: string, name: string, database: string, statement: string) {
  const { currentPrimary } = await postgresStatus(cluster, namespace, name);
  return sql(cluster, namespace, currentPrimary ?? `${name}-1`, database, statement);
}
