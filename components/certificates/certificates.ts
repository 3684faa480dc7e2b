import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { IClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent, type Environment } from "../platform";
import { AWAITED_WHEN_READY } from "../objects/awaited";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import { CA_SECRET } from "./trust";

const API_VERSION = "cert-manager.io/v1";

export interface CertificatesArgs {
  readonly environment: Environment;
  /** Namespaces whose pods verify certificates of the platform. */
  readonly trustIn: readonly string[];
  /** cert-manager's own namespace: there it looks for the keys of cluster-wide issuers. */
  readonly keysIn: string;
}

interface Authority {
  readonly resource: pulumi.Resource;
  /** Secret with its key, in cert-manager's namespace. */
  readonly secretName: string;
}

/** The platform's own certificate authority for traffic inside of the cluster, and its certificate for those who verify. */
export class Certificates extends PlatformComponent {
  /** Name of the ClusterIssuer that signs for the platform. */
  readonly issuer: string;
  /** The CA's certificate, by the namespace that trusts it. */
  readonly trusted: ReadonlyMap<string, pulumi.Resource>;

  constructor(name: string, args: CertificatesArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:certificates:Certificates", name, args, opts);
    const { environment, keysIn, trustIn } = args;
    this.issuer = caIssuerName(environment);
    const issuer = this.issuerOf(this.authority(environment.namespaces.apps, keysIn));
    this.trusted = new Map(trustIn.map((namespace) => [namespace, this.trustIn(namespace, issuer)]));
    this.registerOutputs({});
  }

  /** The CA: its key and certificate, which it signs itself. */
  private authority(prefix: string, namespace: string): Authority {
    const bootstrap = `${prefix}-bootstrap`;
    const selfSigned = customResource<IClusterIssuer>(
      "bootstrap",
      {
        apiVersion: API_VERSION,
        kind: "ClusterIssuer",
        metadata: { name: bootstrap, annotations: { ...AWAITED_WHEN_READY } },
        spec: { selfSigned: {} },
      },
      { parent: this },
    );
    // Its own name: the operators' namespace may also hold the certificate that says whom to trust.
    const secretName = `${prefix}-root-ca`;
    const resource = customResource<ICertificate>(
      "ca",
      {
        apiVersion: API_VERSION,
        kind: "Certificate",
        metadata: {
          name: secretName,
          namespace,
          labels: objectLabels(secretName, "certificates"),
          annotations: { ...AWAITED_WHEN_READY },
        },
        spec: {
          isCA: true,
          commonName: `${prefix} platform CA`,
          secretName,
          duration: "87600h",
          renewBefore: "8760h",
          privateKey: { algorithm: "ECDSA", size: 256 },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: bootstrap },
        },
      },
      { parent: this, dependsOn: selfSigned },
    );
    return { resource, secretName };
  }

  private issuerOf({ resource, secretName }: Authority): pulumi.Resource {
    return customResource<IClusterIssuer>(
      "issuer",
      {
        apiVersion: API_VERSION,
        kind: "ClusterIssuer",
        metadata: { name: this.issuer, annotations: { ...AWAITED_WHEN_READY } },
        spec: { ca: { secretName } },
      },
      { parent: this, dependsOn: resource },
    );
  }

  /** A certificate of the CA carries the CA's own in `ca.crt`; nobody uses its key. */
  private trustIn(namespace: string, issuer: pulumi.Resource): pulumi.Resource {
    return certificate(
      `${namespace}-trust`,
      {
        issuer: this.issuer,
        namespace,
        secretName: CA_SECRET,
        dnsNames: [`trust.${namespace}.svc`],
        usages: ["client auth"],
      },
      { parent: this, dependsOn: issuer },
    );
  }
}

/** Name of the ClusterIssuer of the platform's own CA. */
function caIssuerName(environment: Environment): string {
  return `${environment.namespaces.apps}-ca`;
}

export interface CertificateArgs {
  readonly issuer: string;
  readonly namespace: string;
  /** Secret that gets `tls.crt`, `tls.key` and `ca.crt`; also the Certificate's name. */
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  readonly commonName?: string;
  /** @default ["server auth"] */
  readonly usages?: NonNullable<ICertificate["spec"]>["usages"];
  readonly secretLabels?: Readonly<Record<string, string>>;
  /** False where its issuer may take longer than a run, e.g. one that asks by a name that is not in the DNS yet. @default true */
  readonly awaited?: boolean;
}

/** A certificate signed by the platform's CA, renewed by cert-manager. */
export function certificate(name: string, args: CertificateArgs, opts: pulumi.CustomResourceOptions) {
  return customResource<ICertificate>(
    name,
    {
      apiVersion: API_VERSION,
      kind: "Certificate",
      metadata: {
        name: args.secretName,
        namespace: args.namespace,
        labels: objectLabels(args.secretName, "certificates"),
        // Pods that mount its Secret would else wait for it longer than it takes: the kubelet retries at growing intervals.
        ...(args.awaited === false ? {} : { annotations: { ...AWAITED_WHEN_READY } }),
      },
      spec: {
        secretName: args.secretName,
        commonName: args.commonName,
        dnsNames: [...args.dnsNames],
        usages: args.usages ?? ["server auth"],
        duration: "2160h",
        renewBefore: "720h",
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        secretTemplate: args.secretLabels === undefined ? undefined : { labels: { ...args.secretLabels } },
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: args.issuer },
      },
    },
    opts,
  );
}
