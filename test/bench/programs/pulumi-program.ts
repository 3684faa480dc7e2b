import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { trio } from "../objects";

/** Declares so many resources, in threes; `namespace` as all their inputs have it. */
export function declare(resources: number, namespace: pulumi.Input<string> = "bench"): Record<string, unknown> {
  const provider = new k8s.Provider("cluster", { context: "bench" });
  for (let i = 0; i < resources / 3; i++) {
    const { deployment, autoscaler, service } = trio(`program-${i}`);
    const placed = <T extends { metadata: object }>(object: T): T => ({ ...object, metadata: { ...object.metadata, namespace } });
    new k8s.apps.v1.Deployment(`program-${i}`, placed(deployment), { provider });
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(`program-${i}`, placed(autoscaler), { provider });
    new k8s.core.v1.Service(`program-${i}`, placed(service), { provider });
  }
  return {};
}
