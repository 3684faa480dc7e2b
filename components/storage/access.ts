import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../network/connection";

/** How one user reaches one bucket, for custom resources that take no environment variables. */
export interface BucketAccess {
  readonly bucket: pulumi.Input<string>;
  readonly region: string;
  /** Only for a store that is not Amazon's. */
  readonly endpointUrl?: string;
  /** Only where the pods' own identity does not give access. */
  readonly credentials?: {
    readonly secretName: string;
    readonly accessKeyIdKey: string;
    readonly secretAccessKeyKey: string;
  };
  /** Role that the pods' service account takes on Amazon. */
  readonly roleArn?: pulumi.Input<string>;
  readonly endpoint: Endpoint;
  /** Where pods get the credentials of their own identity; they connect to these too. @default none */
  readonly identityEndpoints?: readonly Endpoint[];
  /** Secret with the CA certificate (`ca.crt`) of the store, where it is not a public one. */
  readonly caSecretName?: string;
}
