import type { StackConfig } from "../../stacks/config/schema";

/** A stack with a database and a broker of its own, as the project's have them. */
export type WholeConfig = StackConfig & Required<Pick<StackConfig, "postgres" | "broker">>;

export function whole(config: StackConfig): WholeConfig {
  const { postgres, broker } = config;
  if (postgres === undefined || broker === undefined) throw new Error("the stack has no mes:postgres or no mes:broker");
  return { ...config, postgres, broker };
}
