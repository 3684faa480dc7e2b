import type { OperatorsConfig } from "../components/operators/config";
import { ownDatabase } from "../components/postgres/config";
import type { StackConfig } from "./config/schema";

/** The operators as the stack file has them, without those of a database, a broker or a Prometheus that the stack does not have. */
export function operatorsInUse({
  operators,
  postgres,
  broker,
  monitoring,
}: Pick<StackConfig, "operators" | "postgres" | "broker"> & Partial<Pick<StackConfig, "monitoring">>): OperatorsConfig {
  const without = (name: keyof OperatorsConfig) => ({ [name]: { ...operators[name], install: false } });
  return {
    ...operators,
    ...(ownDatabase(postgres) === undefined ? { ...without("cloudnative-pg"), ...without("barman-cloud") } : {}),
    ...(broker === undefined ? without("rabbitmq") : {}),
    // A Prometheus that is there has an operator.
    ...(monitoring?.existing.prometheus === undefined ? {} : without("prometheus-operator")),
  };
}
