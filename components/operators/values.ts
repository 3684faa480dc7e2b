import type { BrokerElsewhere } from "../platform";
import type { ImagesConfig } from "../images/config";
import { mirrored, pullSecretNames } from "../images/resolve";
import { OPERATORS } from "./catalogue/catalogue";
import type { OperatorName } from "./names";
import { requirements } from "../schema";
import type { OperatorResources } from "./resources";

export interface ValuesArgs {
  readonly images: ImagesConfig;
  readonly replicas: number;
  /** Of each pod. @default the catalogue's, for each set of pods */
  readonly resources?: OperatorResources;
  readonly priorityClassName: string;
  /** The kubelets' certificates are of the cluster's CA. */
  readonly signedKubelets: boolean;
  /** @default the platform's own broker, or none */
  readonly brokerElsewhere?: BrokerElsewhere | undefined;
}

/** Values of an operator's Helm chart. */
export function chartValues(name: OperatorName, args: ValuesArgs): Record<string, unknown> {
  const { images, replicas, priorityClassName, signedKubelets, brokerElsewhere } = args;
  const { pods, values } = OPERATORS[name];
  return values({
    images: {
      repository: (repository) => mirrored(repository, images.registry),
      registry: (host) => images.registry ?? host,
      mirror: images.registry,
      pullPolicy: images.pullPolicy,
      pullSecrets: pullSecretNames(images),
    },
    replicas,
    resources: (set) => {
      const own = args.resources ?? pods.find((found) => found.name === set)?.resources;
      return own && requirements(own);
    },
    priorityClassName,
    signedKubelets,
    brokerElsewhere,
  });
}
