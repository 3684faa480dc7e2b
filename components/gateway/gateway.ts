import type { IGateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway";
import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import type * as pulumi from "@pulumi/pulumi";
import { certificate } from "../certificates/certificates";
import { connect, type Connection, type Outside, type PodSet } from "../network/connection";
import { operatorPods } from "../operators/endpoints";
import { PlatformComponent, type Environment } from "../platform";
import { customResource } from "../objects/custom-resource";
import { objectLabels } from "../objects/labels";
import { acmeIssuer, acmeIssuerName } from "./acme";
import type { GatewayConfig } from "./config";
import { API_VERSION, certificateName, gatewaySpec, groupRoutes, hostsOf, redirectSpec, routeSpec } from "./objects";
import { gatewayTargets } from "./metrics";
import type { Route } from "./route";

const COMPONENT = "gateway";

export interface GatewayArgs {
  readonly environment: Environment;
  readonly config: GatewayConfig;
  /** ClusterIssuer of the platform's own CA, where the configuration names no other. */
  readonly issuer: string;
  /** What is routed, of all parts. */
  readonly routes: readonly Route[];
}

/** The way into the cluster: TLS for each host, a redirect from HTTP, and the paths that lead to Services. */
export class Gateway extends PlatformComponent {
  /** Host names that have to point to the gateway, in DNS. */
  readonly hosts: readonly string[];
  /** Addresses of the routes, by name: `https://mes.example.com/orders`. */
  readonly urls: Readonly<Record<string, readonly string[]>>;

  constructor(name: string, args: GatewayArgs, opts: pulumi.ComponentResourceOptions) {
    super("mes:gateway:Gateway", name, args, opts);
    const { environment, config, routes } = args;
    const namespace = environment.namespaces.apps;
    const child = { parent: this };
    this.hosts = hostsOf(config, routes);
    const self = { name, namespace };
    const metadata = { ...self, labels: objectLabels(name, COMPONENT) };

    const certificates = this.certificates(args);
    const from = [...new Set([namespace, ...routes.map((route) => route.namespace)])];
    const gateway = customResource<IGateway>(
      name,
      { apiVersion: API_VERSION, kind: "Gateway", metadata, spec: gatewaySpec(config, this.hosts, from) },
      // Its listeners are not programmed before their certificates are there.
      { ...child, dependsOn: certificates },
    );
    const afterGateway = { ...child, dependsOn: gateway };
    if (config.redirectPort !== false) {
      const redirect = `${name}-redirect`;
      customResource<IHTTPRoute>(
        redirect,
        {
          apiVersion: API_VERSION,
          kind: "HTTPRoute",
          metadata: { ...metadata, name: redirect },
          spec: redirectSpec(config, self),
        },
        afterGateway,
      );
    }
    for (const { objectName, members } of groupRoutes(routes)) {
      const [{ namespace: of, name: routed }] = members;
      customResource<IHTTPRoute>(
        `${of}-${objectName}`,
        {
          apiVersion: API_VERSION,
          kind: "HTTPRoute",
          metadata: { name: objectName, namespace: of, labels: objectLabels(routed, COMPONENT) },
          spec: routeSpec(members, self, config.host),
        },
        afterGateway,
      );
    }
    for (const { endpoint } of routes) this.declare({ connections: connect(clientsOf(config), endpoint) });
    this.declare({ scrapeTargets: gatewayTargets(config) });
    if (config.issuer !== undefined) this.declare({ connections: issuerConnections(config, environment) });
    this.urls = urlsOf(config, routes);
    this.registerOutputs({});
  }

  /** A certificate for each host, by the issuer of the configuration or the platform's own CA. */
  private certificates({ environment, config: { issuer }, issuer: own }: GatewayArgs): pulumi.Resource[] {
    const made = typeof issuer === "object" ? [acmeIssuer(environment, issuer.acme, { parent: this })] : [];
    return this.hosts.map((host) =>
      certificate(
        certificateName(host),
        {
          issuer: typeof issuer === "object" ? acmeIssuerName(environment) : (issuer ?? own),
          namespace: environment.namespaces.apps,
          secretName: certificateName(host),
          dnsNames: [host],
          // Another issuer asks by the very name that leads here only once somebody has put it into the DNS.
          awaited: issuer === undefined,
        },
        { parent: this, dependsOn: made },
      ),
    );
  }
}

/** cert-manager reaches the server of an issuer outside of the cluster, and the DNS service that proves our hosts to it. */
function issuerConnections(config: GatewayConfig, environment: Environment): Connection[] {
  const issuer = { name: "issuer", host: "issuer", port: 443, target: { cidrs: config.issuerCidrs } };
  return connect(operatorPods(environment, "cert-manager"), issuer);
}

function clientsOf({ clients }: GatewayConfig): PodSet | Outside {
  return "cidrs" in clients ? { name: "gateway", cidrs: clients.cidrs, place: "gateway" } : { name: "gateway", ...clients };
}

function urlsOf(config: GatewayConfig, routes: readonly Route[]): Record<string, string[]> {
  const port = config.port === 443 ? "" : `:${config.port}`;
  const urls: Record<string, string[]> = {};
  for (const { name, hosts, paths } of routes)
    for (const host of hosts ?? [config.host])
      urls[name] = [...(urls[name] ?? []), ...paths.map((path) => `https://${host}${port}${path}`)];
  return urls;
}
