import { readFile } from "node:fs/promises";
import { type Authority, readPair } from "../cluster/certificates";
import type { KubernetesObject } from "../cluster/resources";
import { ofKind } from "./stack";

interface Certificate extends KubernetesObject {
  readonly spec: { readonly secretName: string; readonly dnsNames?: readonly string[] };
}

export interface CertificateSecret extends KubernetesObject {
  readonly stringData: Readonly<Record<string, string>>;
}

/** Plays cert-manager: the Secrets that come of the declared Certificates, all signed by one authority. */
export async function certificateSecrets(
  objects: readonly KubernetesObject[],
  authority: Authority,
): Promise<CertificateSecret[]> {
  const ca = await readFile(authority.pair.certificate, "utf8");
  return Promise.all(
    ofKind<Certificate>(objects, "Certificate").map(async ({ metadata: { name, namespace }, spec }) => {
      const hosts = (spec.dnsNames ?? [name]).map((host) => `DNS:${host}`);
      const { certificate, key } = await readPair(await authority.issuePeer(`${namespace}-${name}`, hosts));
      return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: spec.secretName, namespace },
        type: "kubernetes.io/tls",
        stringData: { "ca.crt": ca, "tls.crt": certificate.toString(), "tls.key": key.toString() },
      };
    }),
  );
}
