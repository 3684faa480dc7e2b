import { ownDatabase, type PostgresConfig } from "../../components/postgres/config";
import type { StackConfig } from "../../stacks/config/schema";

/** A stack with a database and a broker of its own, as the project's have them. */
export type WholeConfig = StackConfig & Required<Pick<StackConfig, "broker">> & { readonly postgres: PostgresConfig };

export function whole(config: StackConfig): WholeConfig {
  const { broker } = config;
  const postgres = ownDatabase(config.postgres);
  if (postgres === undefined || broker === undefined) throw new Error("the stack has no database or no broker of its own");
  return { ...config, postgres, broker };
}
