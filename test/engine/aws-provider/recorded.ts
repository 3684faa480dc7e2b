import type { Kind } from "./kind";

/** What moto has no API for: it is recorded, and nothing is made. */
export const RECORDED: Readonly<Record<string, Kind>> = {
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    fixed: ["clusterName", "namespace", "serviceAccount"],
    changeable: ["roleArn"],
    create: (_, { clusterName, namespace, serviceAccount }) => Promise.resolve(`${clusterName}:${namespace}:${serviceAccount}`),
    update: () => Promise.resolve(),
    read: (_, id, declared) => Promise.resolve({ inputs: declared, computed: { associationId: id } }),
    delete: () => Promise.resolve(),
  },
};
