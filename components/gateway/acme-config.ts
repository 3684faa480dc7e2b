import { z } from "zod";
import { secret } from "../schema";

/** Source: https://cert-manager.io/docs/configuration/acme/dns01/ */
const dns = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("cloudflare").describe("Cloudflare"),
      apiToken: secret.describe("token with the rights Zone:Read and DNS:Edit of the zone"),
    }),
    z.strictObject({
      kind: z.literal("route53").describe("Amazon Route 53"),
      region: z.string().min(1).describe("AWS region, e.g. eu-central-1"),
      hostedZoneId: z.string().min(1).optional().describe("the zone; default: cert-manager looks for it"),
      accessKeyId: z.string().min(1).describe("id of an access key that may change records of the zone"),
      secretAccessKey: secret.describe("the access key's secret"),
    }),
    z.strictObject({
      kind: z.literal("google").describe("Google Cloud DNS"),
      project: z.string().min(1).describe("project of the zone"),
      serviceAccountKey: secret.describe("key file (JSON) of a service account with the role DNS Administrator"),
    }),
  ],
  { error: "expected kind: cloudflare, route53 or google; for another service make a ClusterIssuer yourself and name it here" },
);

/** An ACME authority, e.g. Let's Encrypt, and the DNS service by which it is shown that the host names are ours. */
export const acmeConfig = z.strictObject({
  email: z.email("expected an e-mail address").describe("who the authority writes to"),
  server: z
    .url({ protocol: /^https$/, error: "expected an https address" })
    .default("https://acme-v02.api.letsencrypt.org/directory")
    .describe("the authority's directory; its staging one has no limits, and nobody trusts it"),
  dns: dns.describe("DNS service of the hosts' zone; a proof by HTTP would need a way in for the authority"),
});

export type AcmeConfig = z.infer<typeof acmeConfig>;
