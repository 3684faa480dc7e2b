import type { RecommendationTarget } from "../components/autoscaling/recommendations";
import { BROKER } from "../components/broker/endpoints";
import type { Environment } from "../components/platform";
import { ownDatabase } from "../components/postgres/config";
import type { StackConfig } from "./config/schema";

/** What cannot be scaled out in minutes, and so is worth a vertical recommendation: database and broker. */
export function dataTargets(environment: Environment, config: StackConfig): RecommendationTarget[] {
  const namespace = environment.namespaces.data;
  const { broker } = config;
  const postgres = ownDatabase(config.postgres);
  return [
    ...(postgres === undefined ? [] : [{ name: postgres.name, namespace, apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" }]),
    // The operator names the StatefulSet of a RabbitmqCluster after it.
    ...(broker === undefined || broker.existing !== undefined
      ? []
      : [{ name: `${BROKER}-server`, namespace, apiVersion: "apps/v1", kind: "StatefulSet" }]),
  ];
}
