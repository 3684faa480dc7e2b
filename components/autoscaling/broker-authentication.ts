import type { ITriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import type { BrokerScaling } from "./sources";

export const BROKER_AUTHENTICATION = "keda-broker";

/**
 * How KEDA reaches the broker's management API, for all roles of a namespace. KEDA takes the switch for TLS verification by
 * a CA (`tls`) from an authentication only, and a constant can only come from a ConfigMap there.
 * Source: https://keda.sh/docs/2.21/scalers/rabbitmq-queue/#authentication-parameters
 */
export function brokerAuthentication(
  namespace: string,
  broker: BrokerScaling,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const metadata = { name: BROKER_AUTHENTICATION, namespace, labels: objectLabels(BROKER_AUTHENTICATION, "autoscaling") };
  const constants = new k8s.core.v1.ConfigMap(
    BROKER_AUTHENTICATION,
    { metadata, immutable: true, data: { tls: "enable" } },
    opts,
  );
  return customResource<ITriggerAuthentication>(
    BROKER_AUTHENTICATION,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "TriggerAuthentication",
      metadata,
      spec: {
        secretTargetRef: [
          { parameter: "host", name: broker.secretName, key: broker.key },
          { parameter: "ca", name: broker.caSecretName ?? broker.secretName, key: broker.caKey },
        ],
        configMapTargetRef: [{ parameter: "tls", name: BROKER_AUTHENTICATION, key: "tls" }],
      },
    },
    { ...opts, dependsOn: constants },
  );
}
