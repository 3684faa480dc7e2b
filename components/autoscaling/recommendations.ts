import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";

/** The fields used of a VerticalPodAutoscaler. No package describes it. */
interface VerticalPodAutoscaler {
  readonly apiVersion: "autoscaling.k8s.io/v1";
  readonly kind: "VerticalPodAutoscaler";
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly spec: {
    readonly targetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
    readonly updatePolicy: { readonly updateMode: "Off" };
    readonly resourcePolicy: {
      readonly containerPolicies: { readonly containerName: string; readonly controlledResources: ("cpu" | "memory")[] }[];
    };
  };
}

export interface RecommendationTarget {
  readonly name: string;
  readonly namespace: string;
  /** The topmost object above the pods that has a scale: a CloudNativePG Cluster, the StatefulSet of RabbitMQ. */
  readonly apiVersion: string;
  readonly kind: string;
}

export interface RecommendationsArgs {
  readonly environment: Environment;
  readonly targets: readonly RecommendationTarget[];
}

/**
 * Recommended CPU and memory of what cannot be scaled out in minutes: database and broker. Mode `Off`: nothing is
 * restarted, a person reads them (`kubectl describe vpa`) and edits the stack file.
 */
export class VerticalRecommendations extends PlatformComponent {
  constructor(name: string, args: RecommendationsArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:autoscaling:VerticalRecommendations", name, args, opts);
    for (const target of args.targets) {
      customResource<VerticalPodAutoscaler>(
        target.name,
        {
          apiVersion: "autoscaling.k8s.io/v1",
          kind: "VerticalPodAutoscaler",
          metadata: { name: target.name, namespace: target.namespace, labels: objectLabels(target.name, "autoscaling") },
          spec: {
            targetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.name },
            updatePolicy: { updateMode: "Off" },
            resourcePolicy: { containerPolicies: [{ containerName: "*", controlledResources: ["cpu", "memory"] }] },
          },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
