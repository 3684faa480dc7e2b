import type { OperatorsConfig } from "../components/operators/config";
import type { StackConfig } from "./config/schema";

/** The operators as the stack file has them, without those of a database or a broker that the stack does not have. */
export function operatorsInUse({
  operators,
  postgres,
  broker,
}: Pick<StackConfig, "operators" | "postgres" | "broker">): OperatorsConfig {
  const without = (name: keyof OperatorsConfig) => ({ [name]: { ...operators[name], install: false } });
  return {
    ...operators,
    ...(postgres === undefined ? { ...without("cloudnative-pg"), ...without("barman-cloud") } : {}),
    ...(broker === undefined ? without("rabbitmq") : {}),
  };
}
