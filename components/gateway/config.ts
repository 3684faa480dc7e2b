import { z } from "zod";
import { cidr, hostname, labelKey, labels, namespaceName, objectName, rule } from "../schema";
import { acmeConfig } from "./acme-config";

/** The way into the cluster for partners, shops and operators. */
export const gatewayConfig = z
  .strictObject({
    className: objectName.describe("GatewayClass of the cluster's gateway, e.g. envoy, istio, cilium"),
    host: hostname.describe("host name of all routes that name none of their own"),
    issuer: z
      .union(
        [objectName, z.strictObject({ acme: acmeConfig.describe("an ACME authority, e.g. Let's Encrypt") })],
        "expected the name of a ClusterIssuer that is there, or {acme: …} for one that is made with the stack",
      )
      .optional()
      .describe(
        "who signs the certificates: a ClusterIssuer that is there already, by its name, or {acme: …}, which is made with the stack; it proves hosts by DNS (dns01), since nothing else may come in; default: the platform's own CA, which only we trust",
      ),
    issuerCidrs: z
      .array(cidr)
      .min(1)
      .default(["0.0.0.0/0"])
      .describe("addresses that cert-manager has to reach for that issuer: its server and the DNS service, on port 443"),
    port: z.int().min(1).max(65_535).default(443).describe("port of HTTPS"),
    redirectPort: z
      .union([z.int().min(1).max(65_535), z.literal(false)], "expected a port, or false")
      .default(80)
      .describe("port of HTTP, which only redirects to HTTPS; false: none"),
    clients: z
      .union(
        [
          z.strictObject({
            namespace: namespaceName.describe("namespace of the gateway's pods"),
            labels: labels.describe("labels of the gateway's pods"),
          }),
          z.strictObject({ cidrs: z.array(cidr).min(1).describe("addresses from which the gateway connects to pods") }),
        ],
        "expected {namespace, labels} of the gateway's pods, or the {cidrs} that it connects from",
      )
      .describe("who forwards requests to our pods: network policies let nobody else in"),
    metrics: z
      .enum(["envoy-gateway"])
      .optional()
      .describe(
        "what its pods tell of requests, errors and durations of each route, for images that tell nothing themselves; envoy-gateway: on port 19001 of its proxies; default: not read",
      ),
    annotations: z
      .record(labelKey, z.string())
      .default({})
      .describe("annotations of the Gateway's Service, e.g. for a cloud's load balancer"),
    labels: labels.default({}).describe("labels of the Gateway's Service"),
  })
  .check(
    rule((gateway, context) => {
      if (gateway.metrics !== undefined && "cidrs" in gateway.clients)
        context.addIssue({
          code: "custom",
          path: ["metrics"],
          message: "are read from the gateway's pods: name their namespace and labels in clients",
        });
      if (gateway.redirectPort === gateway.port)
        context.addIssue({ code: "custom", path: ["redirectPort"], message: `is the port of HTTPS (${gateway.port}) already` });
    }),
  )
  .describe("The way into the cluster: host names, TLS and who may forward requests; without it nothing is routed");

export type GatewayConfig = z.infer<typeof gatewayConfig>;
