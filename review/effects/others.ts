import type { Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { textAt } from "../kubernetes/value";
import { effectOf, type Changed, type Effect } from "./effect";
import { volumeEffects } from "./volumes";

/** A certificate that cert-manager issues. Source: https://cert-manager.io/docs/usage/certificate/#issuance-triggers */
export function certificateEffects(changed: Changed): Effect[] {
  const secret = textAt(changed.is, "spec", "secretName") ?? "its Secret";
  const asked =
    /^spec\.(?:dnsNames|ipAddresses|uris|emailAddresses|commonName|subject|issuerRef|isCA|usages|privateKey|duration|literalSubject)/;
  return effectOf(
    changed,
    asked,
    "acts",
    `the certificate is reissued into ${secret}; programs that read it at their start alone serve the old one until they restart`,
  );
}

/** Servers of prometheus-operator: the operator recreates their StatefulSet. Source: https://prometheus-operator.dev/docs/platform/storage/ */
export function monitoringEffects(changed: Changed, known: Inventory): Effect[] {
  const pods =
    /^spec\.(?!storage|(?:rule|serviceMonitor|podMonitor|scrapeConfig|probe)\w*Selector|evaluationInterval|scrapeInterval|externalLabels|replicas)/;
  return [
    ...effectOf(changed, pods, "restarts", "its servers restart, one after the other"),
    ...effectOf(
      changed,
      /^spec\.(?:(?:rule|serviceMonitor|podMonitor|scrapeConfig|probe)\w*Selector|evaluationInterval|scrapeInterval|externalLabels)/,
      "acts",
      "its servers reload their configuration",
    ),
    // Claims that are resources of the stack say for themselves what becomes of them.
    ...(hasOwnClaims(changed.object, known)
      ? []
      : volumeEffects(changed, [["spec", "storage", "volumeClaimTemplate", "spec"]], "never")),
  ];
}

/** Whether the plan declares the claims that are made of an object's template: `TEMPLATE-NAME-0`, with the operator's prefixes of NAME. */
export function hasOwnClaims({ namespace, name }: Pick<KubeObject, "namespace" | "name">, known: Inventory): boolean {
  return known
    .ofKind("PersistentVolumeClaim")
    .some((claim) => claim.namespace === namespace && claim.name.replace(/-\d+$/, "").endsWith(`-${name}`));
}

/** Volumes of their own. Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims */
export function claimEffects(changed: Changed): Effect[] {
  return volumeEffects(changed, [["spec"]], "online");
}

export function serviceEffects(changed: Changed): Effect[] {
  return [
    ...effectOf(changed, /^spec\.selector/, "stops", "it leads to other pods at once: connections to those of before drop"),
    ...effectOf(changed, /^spec\.ports/, "stops", "clients of the ports of before are refused at once"),
    ...effectOf(changed, /^spec\.(?:type|loadBalancer\w*)/, "stops", "its address to the outside may become another one"),
  ];
}

export function policyEffects(changed: Changed): Effect[] {
  return effectOf(changed, /^spec\./, "acts", "who can connect changes at once; most networks leave open connections alone");
}

/** Autoscalers. Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/ */
export function autoscalerEffects(changed: Changed): Effect[] {
  return effectOf(
    changed,
    /^spec\./,
    "acts",
    "the number of pods follows the new settings from the next look at the metrics; nothing restarts",
  );
}
