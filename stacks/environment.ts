import { Declarations } from "../components/declarations";
import { namespaceNames } from "../components/foundation/namespaces";
import { priorityClassNames } from "../components/foundation/priorities";
import { clusterNetwork, type ClusterNetwork } from "../components/network/cluster-network";
import type { Environment } from "../components/platform";
import type { StackConfig } from "./config/schema";
import { operatorsInUse } from "./operators";

/** What every component needs to know of a stack, taken from its configuration. */
export function environmentOf(
  stack: string,
  config: StackConfig,
  { apiServer, nodes }: ClusterNetwork = clusterNetwork(config.cluster, config.monitoring),
): Environment {
  const { cluster, namespaces, images } = config;
  return {
    stack,
    images,
    namespaces: namespaceNames(namespaces.prefix),
    priorityClasses: priorityClassNames(namespaces.prefix),
    apiServer,
    nodes,
    operators: operatorsInUse(config),
    zones: cluster.zones,
    storageClass: cluster.storageClass,
    protectData: cluster.protectData,
    ...(config.broker?.existing === undefined ? {} : { brokerElsewhere: { ca: config.broker.existing.ca } }),
    prometheus: config.monitoring.existing.prometheus,
    declarations: new Declarations(),
  };
}
