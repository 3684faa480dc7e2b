import type { ITriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import type { BrokerScaling } from "./sources";

export const BROKER_AUTHENTICATION = "keda-broker";

/**
 * How KEDA reaches the broker's management API, for all roles of a namespace. KEDA takes the switch for TLS verification by
 * a CA (`tls`) from an authentication only, and a constant can only come from a ConfigMap there. Without a CA it trusts the public ones.
 * Source: https://keda.sh/docs/2.21/scalers/rabbitmq-queue/#authentication-parameters
 */
export function brokerAuthentication(
  namespace: string,
  broker: BrokerScaling,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { ca } = broker;
  const metadata = { name: BROKER_AUTHENTICATION, namespace, labels: objectLabels(BROKER_AUTHENTICATION, "autoscaling") };
  const host = { parameter: "host", name: broker.secretName, key: broker.key };
  const constants =
    ca && new k8s.core.v1.ConfigMap(BROKER_AUTHENTICATION, { metadata, immutable: true, data: { tls: "enable" } }, opts);
  const trusted = ca && { parameter: "ca", name: ca.name, key: ca.key };
  return customResource<ITriggerAuthentication>(
    BROKER_AUTHENTICATION,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "TriggerAuthentication",
      metadata,
      spec: {
        secretTargetRef: [host, ...(trusted !== undefined && ca?.kind === "Secret" ? [trusted] : [])],
        ...(trusted === undefined
          ? {}
          : {
              configMapTargetRef: [
                ...(ca?.kind === "ConfigMap" ? [trusted] : []),
                { parameter: "tls", name: BROKER_AUTHENTICATION, key: "tls" },
              ],
            }),
      },
    },
    constants === undefined ? opts : { ...opts, dependsOn: constants },
  );
}
