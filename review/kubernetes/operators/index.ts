import { certificate } from "./cert-manager";
import { cluster, pooler } from "./cloudnative-pg";
import type { OperatorModel } from "./model";
import { alertmanager, prometheus } from "./prometheus";
import { rabbitmqCluster, user } from "./rabbitmq";

/** Every kind of custom resource that rules understand. */
export const OPERATOR_MODELS: readonly OperatorModel[] = [
  certificate,
  cluster,
  pooler,
  rabbitmqCluster,
  user,
  prometheus,
  alertmanager,
];
