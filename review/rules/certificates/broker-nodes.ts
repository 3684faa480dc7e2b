import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { leaves, listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";
import { namesOn } from "./served";

const { error } = reporter("certificates-serve");

/**
 * Nodes of a broker that talk to each other by TLS call each other by the names of their pods, as the StatefulSet gives them, and compare them with
 * the certificate that is mounted for it, without wildcards. Sources: https://www.rabbitmq.com/docs/clustering-ssl, the operator's `internal/resource/statefulset.go`
 */
export function nodeNames(known: Inventory): Finding[] {
  return known
    .ofKind("RabbitmqCluster")
    .filter(({ spec }) => /-proto_dist\s+inet_tls/.test(textAt(spec, "rabbitmq", "envConfig") ?? ""))
    .flatMap((broker) => {
      const { name, namespace, spec } = broker;
      const nodes = Array.from(
        { length: numberAt(spec, "replicas") ?? 1 },
        (_, i) => `${name}-server-${i}.${name}-nodes.${namespace}`,
      );
      const [shown] = mountedCertificates(broker, known);
      if (shown === undefined) return [];
      const missing = nodes.filter((node) => !namesOn(shown).includes(node));
      if (missing.length === 0) return [];
      const message = `is without ${listed(missing)}, by which the nodes of ${title(broker)} call each other: they refuse it, and form no cluster; add the names`;
      return [error(shown.resource, "spec.dnsNames", message)];
    });
}

/** Certificates that a broker's pods mount beside that of its listeners. */
function mountedCertificates({ spec, namespace }: KubeObject, known: Inventory): KubeObject[] {
  const template = recordAt(spec, "override", "statefulSet", "spec", "template", "spec");
  const secrets = leaves(listAt(template, "volumes")).flatMap(([path, value]) =>
    path.at(-1) === "secretName" ? [String(value)] : [],
  );
  return known
    .ofKind("Certificate")
    .filter((one) => one.namespace === namespace && secrets.includes(textAt(one.spec, "secretName") ?? ""));
}
