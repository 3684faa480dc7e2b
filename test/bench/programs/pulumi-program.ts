import * as k8s from "@pulumi/kubernetes";
import { trio } from "../objects";

/** Declares so many resources, in threes. */
export function declare(resources: number): Record<string, unknown> {
  const provider = new k8s.Provider("cluster", { context: "bench" });
  for (let i = 0; i < resources / 3; i++) {
    const { deployment, autoscaler, service } = trio(`program-${i}`);
    new k8s.apps.v1.Deployment(`program-${i}`, deployment, { provider });
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(`program-${i}`, autoscaler, { provider });
    new k8s.core.v1.Service(`program-${i}`, service, { provider });
  }
  return {};
}
