import type { IScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { connect } from "../network/connection";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import { BROKER_AUTHENTICATION } from "./broker-authentication";
import type { ScaleConfig } from "./config";
import type { ScalingSources } from "./sources";
import { hpaName, hpaSpec, scaledObjectSpec } from "./specs";
import { needsKeda, readsPrometheus, type ScaledRole } from "./triggers";

export interface AutoscalerArgs {
  readonly environment: Environment;
  readonly scale: ScaleConfig;
  readonly role: ScaledRole;
  /** The Deployment: an autoscaler is refused while its target is not there. */
  readonly target: pulumi.Resource;
  /** What its triggers need, as an authentication. @default none */
  readonly after?: readonly pulumi.Resource[];
  /** The part of the platform it belongs to, e.g. `mes`. */
  readonly component: string;
  /** Needed for everything but CPU and memory. @default none */
  readonly sources?: ScalingSources;
}

/** The one autoscaler of a Deployment: a HorizontalPodAutoscaler for CPU and memory, a ScaledObject for everything else. */
export class Autoscaler extends PlatformComponent {
  constructor(name: string, args: AutoscalerArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:autoscaling:Autoscaler", name, args, opts);
    const { role, scale } = args;
    const options = { parent: this, dependsOn: [args.target, ...(args.after ?? [])] };
    const keda = needsKeda(scale);
    const metadata = { namespace: role.namespace, labels: objectLabels(role.name, args.component) };
    if (keda) {
      const sources = this.sourcesOf(args);
      const { prometheus, broker } = sources;
      customResource<IScaledObject>(
        name,
        {
          apiVersion: "keda.sh/v1alpha1",
          kind: "ScaledObject",
          metadata: { ...metadata, name: role.name },
          spec: scaledObjectSpec(scale, role, { prometheus, vhost: broker?.vhost, brokerAuthentication: BROKER_AUTHENTICATION }),
        },
        options,
      );
      if (scale.queue !== undefined && broker !== undefined)
        this.declare({ connections: connect(sources.keda, broker.endpoint) });
      if (readsPrometheus(scale) && prometheus !== undefined) this.declare({ connections: connect(sources.keda, prometheus) });
    } else {
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        {
          metadata: {
            ...metadata,
            name: hpaName(role.name, false),
            // When a role gets a ScaledObject instead, both exist for a moment: KEDA's webhook must not refuse the new one.
            annotations: { "validations.keda.sh/hpa-ownership": "false" },
          },
          spec: hpaSpec(scale, role),
        },
        options,
      );
    }
    this.registerOutputs({});
  }

  private sourcesOf({ role, scale, sources }: AutoscalerArgs): ScalingSources {
    const refuse = (what: string) =>
      new pulumi.InputPropertyError({ propertyPath: "sources", reason: `the scale of ${role.name} needs ${what}` });
    if (sources === undefined) throw refuse("KEDA");
    if (scale.queue !== undefined && sources.broker === undefined) throw refuse("the broker's management API");
    if (readsPrometheus(scale) && sources.prometheus === undefined) throw refuse("Prometheus");
    return sources;
  }
}
