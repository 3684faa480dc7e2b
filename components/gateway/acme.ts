import type { IClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { operatorNamespace } from "../operators/endpoints";
import type { Environment } from "../platform";
import type { Secret } from "../schema";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import type { AcmeConfig } from "./acme-config";

const KEY = "key";

/** Name of the ClusterIssuer that is made for `mes:gateway.issuer.acme`. */
export function acmeIssuerName(environment: Environment): string {
  return `${environment.namespaces.apps}-acme`;
}

/**
 * The ClusterIssuer of an ACME authority, with the key of the DNS service. It comes after cert-manager, as every custom resource of its group. Not
 * awaited, as its certificates: the authority may be slow, and is outside of this stack.
 */
export function acmeIssuer(environment: Environment, config: AcmeConfig, opts: pulumi.CustomResourceOptions): pulumi.Resource {
  const name = acmeIssuerName(environment);
  const credentials = `${name}-dns`;
  // cert-manager looks for what cluster-wide issuers need in its own namespace.
  const namespace = operatorNamespace(environment, "cert-manager");
  const secret = new k8s.core.v1.Secret(
    "acme-dns",
    {
      metadata: { name: credentials, namespace, labels: objectLabels(credentials, "gateway") },
      stringData: { [KEY]: pulumi.secret(keyOf(config.dns).reveal()) },
    },
    opts,
  );
  return customResource<IClusterIssuer>(
    "acme",
    {
      apiVersion: "cert-manager.io/v1",
      kind: "ClusterIssuer",
      metadata: { name },
      spec: {
        acme: {
          email: config.email,
          server: config.server,
          privateKeySecretRef: { name: `${name}-account` },
          solvers: [{ dns01: solver(config.dns, { name: credentials, key: KEY }) }],
        },
      },
    },
    { ...opts, dependsOn: secret },
  );
}

function keyOf(dns: AcmeConfig["dns"]): Secret {
  switch (dns.kind) {
    case "cloudflare":
      return dns.apiToken;
    case "route53":
      return dns.secretAccessKey;
    case "google":
      return dns.serviceAccountKey;
  }
}

function solver(dns: AcmeConfig["dns"], reference: { name: string; key: string }) {
  switch (dns.kind) {
    case "cloudflare":
      return { cloudflare: { apiTokenSecretRef: reference } };
    case "route53": {
      const { region, hostedZoneId, accessKeyId } = dns;
      return { route53: { region, hostedZoneID: hostedZoneId, accessKeyID: accessKeyId, secretAccessKeySecretRef: reference } };
    }
    case "google":
      return { cloudDNS: { project: dns.project, serviceAccountSecretRef: reference } };
  }
}
