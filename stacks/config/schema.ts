import { z } from "zod";
import { clusterConfig, namespacesConfig } from "../../components/foundation/config";
import { imagesConfig } from "../../components/images/config";
import { operatorsConfig } from "../../components/operators/config";
import { outboxConfig } from "../../components/outbox/config";
import { postgresConfig } from "../../components/postgres/config";

/** The whole configuration of a stack: one key `mes:<concern>` each, in the words of the component that reads it. */
export const stackSchema = z.strictObject({
  cluster: clusterConfig,
  namespaces: namespacesConfig.prefault({}),
  images: imagesConfig.prefault({}),
  operators: operatorsConfig.prefault({}),
  outbox: outboxConfig.prefault({}),
  postgres: postgresConfig,
});

export type StackConfig = z.infer<typeof stackSchema>;
export type Concern = keyof StackConfig;
