import { z } from "zod";
import { verticalRecommendationsConfig } from "../../components/autoscaling/config";
import { brokerConfig } from "../../components/broker/config";
import { cacheConfig } from "../../components/cache/config";
import { agentsConfig } from "../../components/agents/config";
import { clusterConfig, namespacesConfig } from "../../components/foundation/config";
import { gatewayConfig } from "../../components/gateway/config";
import { imagesConfig } from "../../components/images/config";
import { loggingConfig } from "../../components/logging/config";
import { reconciliationConfig, rolesConfig } from "../../components/mes/config";
import { slosConfig } from "../../components/mes/slos/config";
import { monitoringConfig } from "../../components/monitoring/config";
import { operatorsConfig } from "../../components/operators/config";
import { outboxConfig } from "../../components/outbox/config";
import { databaseConfig } from "../../components/postgres/config";
import { storageConfig } from "../../components/storage/config";
import { tracingConfig } from "../../components/tracing/config";
import { rule } from "../../components/schema";
import { CROSS_SECTION_RULES } from "./cross-section";
import { forecastConfig } from "./forecast";
import { suppressionsConfig } from "./suppressions";

/** The whole configuration of a stack: one key `mes:<concern>` each, in the words of the component that reads it. */
const shape = z.strictObject({
  cluster: clusterConfig,
  namespaces: namespacesConfig.prefault({}),
  images: imagesConfig.prefault({}),
  agents: agentsConfig.prefault({}),
  broker: brokerConfig.optional(),
  cache: cacheConfig.prefault({}),
  forecast: forecastConfig.optional(),
  gateway: gatewayConfig.optional(),
  logging: loggingConfig.prefault({}),
  monitoring: monitoringConfig.prefault({}),
  operators: operatorsConfig.prefault({}),
  outbox: outboxConfig.prefault({}),
  postgres: databaseConfig.optional(),
  reconciliation: reconciliationConfig.prefault({}),
  roles: rolesConfig,
  slos: slosConfig.prefault({}),
  storage: storageConfig.optional(),
  suppressions: suppressionsConfig.default([]),
  tracing: tracingConfig.prefault({}),
  verticalRecommendations: verticalRecommendationsConfig,
});

export const stackSchema = shape.check(
  ...CROSS_SECTION_RULES.map((problemsOf) =>
    rule<z.infer<typeof shape>>((config, context) => {
      for (const { path, message, unknownName } of problemsOf(config)) {
        const params = unknownName === undefined ? undefined : { unknownName, depth: path.length };
        context.addIssue({ code: "custom", path: [...path], message, params });
      }
    }),
  ),
);

export type StackConfig = z.infer<typeof shape>;
