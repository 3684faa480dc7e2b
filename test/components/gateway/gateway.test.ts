import { gatewayConfig } from "../../../components/gateway/config";
import { Gateway } from "../../../components/gateway/gateway";
import { certificateName, listenerName } from "../../../components/gateway/objects";
import type { Route } from "../../../components/gateway/route";
import { environment, recorded } from "../../helpers/record";
import { endpoint } from "../mes/fixture";

const PODS = { namespace: "envoy-gateway-system", labels: { "app.kubernetes.io/component": "proxy" } };
const BASE = { className: "envoy", host: "mes.example.com", clients: PODS };

const route = (name: string, overrides: Partial<Route> = {}): Route => ({
  name,
  namespace: "mes",
  service: name,
  endpoint: { ...endpoint(name, 80), podPort: 8080 },
  paths: [`/${name}`],
  timeoutSeconds: 30,
  ...overrides,
});

async function gateway(config: object, routes: readonly Route[]) {
  const args = { environment: environment(), config: gatewayConfig.parse({ ...BASE, ...config }), issuer: "mes-ca", routes };
  const { made, ...recording } = await recorded((opts) => new Gateway("gateway", args, opts));
  return { ...recording, gateway: made };
}

describe("the way in", () => {
  it("is HTTPS with a certificate for every host", async () => {
    const { object, objects } = await gateway({}, [route("api"), route("shop", { hosts: ["shop.example.com"] })]);
    const { listeners, gatewayClassName } = object("Gateway", "gateway").spec;
    expect(gatewayClassName).toBe("envoy");
    expect(listeners.map((l: any) => [l.name, l.protocol, l.port, l.hostname])).toEqual([
      ["https-mes-example-com", "HTTPS", 443, "mes.example.com"],
      ["https-shop-example-com", "HTTPS", 443, "shop.example.com"],
      ["http", "HTTP", 80, undefined],
    ]);
    expect(listeners[0].tls).toEqual({ mode: "Terminate", certificateRefs: [{ name: "tls-mes-example-com" }] });
    expect(Object.keys(objects("Certificate"))).toEqual(["tls-mes-example-com", "tls-shop-example-com"]);
    expect(object("Certificate", "tls-shop-example-com").spec).toMatchObject({
      dnsNames: ["shop.example.com"],
      issuerRef: { kind: "ClusterIssuer", name: "mes-ca" },
    });
  });

  describe("makes the issuer of an ACME authority with the stack", () => {
    const secure = { secure: "v1:abc" };
    const acme = (dns: object) => ({ issuer: { acme: { email: "ops@example.com", dns } } });
    const cloudflare = { kind: "cloudflare", apiToken: secure };

    it("with the key of the DNS service beside cert-manager, before the certificates", async () => {
      const { object, resource, gateway: declared } = await gateway(acme(cloudflare), []);
      const { metadata, ...secret } = object("Secret", "mes-acme-dns");
      expect(metadata.namespace).toBe("mes-operators");
      expect(JSON.stringify(secret)).not.toContain("v1:abc");
      expect(object("ClusterIssuer", "mes-acme").spec.acme).toMatchObject({
        email: "ops@example.com",
        server: "https://acme-v02.api.letsencrypt.org/directory",
        solvers: [{ dns01: { cloudflare: { apiTokenSecretRef: { name: "mes-acme-dns", key: "key" } } } }],
      });
      expect(object("Certificate", "tls-mes-example-com").spec.issuerRef).toMatchObject({
        kind: "ClusterIssuer",
        name: "mes-acme",
      });
      const before = resource("Certificate", "tls-mes-example-com").dependsOn.map((urn) => urn.split("::").at(-1));
      expect(before).toContain("acme");
      expect(declared.connections.map(({ from, to }) => [from.name, to.name, to.port])).toEqual([
        ["cert-manager", "issuer", 443],
      ]);
    });

    it.each([
      [
        { kind: "route53", region: "eu-central-1", hostedZoneId: "Z1", accessKeyId: "AKIA", secretAccessKey: secure },
        { route53: { region: "eu-central-1", hostedZoneID: "Z1", accessKeyID: "AKIA" } },
      ],
      [{ kind: "google", project: "mes-prod", serviceAccountKey: secure }, { cloudDNS: { project: "mes-prod" } }],
    ])("by %j", async (dns, solver) => {
      const { object } = await gateway(acme(dns), []);
      expect(object("ClusterIssuer", "mes-acme").spec.acme.solvers).toMatchObject([{ dns01: solver }]);
    });

    it("and takes its key encrypted only", () => {
      const wrong = gatewayConfig.safeParse({ ...BASE, ...acme({ kind: "cloudflare", apiToken: "plain" }) });
      expect(JSON.stringify(wrong.error?.issues)).not.toContain('"plain"');
      expect(wrong.success).toBe(false);
    });
  });

  it("is programmed once its certificates are there, and led into after that", async () => {
    const { comesAfter } = await gateway({}, [route("order-api")]);
    expect(comesAfter("v1:Gateway", "gateway")).toEqual(["Certificate tls-mes-example-com"]);
    expect(comesAfter(":HTTPRoute", "gateway-redirect")).toEqual(["Gateway gateway"]);
    expect(comesAfter(":HTTPRoute", "mes-order-api")).toEqual(["Gateway gateway"]);
  });

  it("has certificates of another issuer where the stack file names one", async () => {
    const { object, gateway: declared } = await gateway({ issuer: "letsencrypt" }, []);
    expect(object("Certificate", "tls-mes-example-com").spec.issuerRef.name).toBe("letsencrypt");
    // Which cert-manager has to reach.
    expect(declared.connections.map(({ from, to }) => [from.name, to.name, to.port])).toEqual([["cert-manager", "issuer", 443]]);
  });

  it("sends HTTP to HTTPS", async () => {
    const { object } = await gateway({}, []);
    expect(object("HTTPRoute", "gateway-redirect").spec).toEqual({
      parentRefs: [{ name: "gateway", namespace: "mes", sectionName: "http" }],
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301, port: 443 } }] }],
    });
  });

  it("can do without HTTP", async () => {
    const { object, objects } = await gateway({ redirectPort: false }, [route("api")]);
    expect(object("Gateway", "gateway").spec.listeners.map((l: any) => l.protocol)).toEqual(["HTTPS"]);
    expect(Object.keys(objects("HTTPRoute"))).toEqual(["api"]);
  });

  it("leads paths to a role, with its time limits", async () => {
    const { object } = await gateway({}, [
      route("api", { paths: ["/a", "/b"] }),
      route("api", { paths: ["/slow"], timeoutSeconds: 120 }),
    ]);
    expect(object("HTTPRoute", "api").spec).toEqual({
      parentRefs: [{ name: "gateway", namespace: "mes", sectionName: "https-mes-example-com" }],
      hostnames: ["mes.example.com"],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/a" } }, { path: { type: "PathPrefix", value: "/b" } }],
          timeouts: { request: "30s" },
          backendRefs: [{ name: "api", port: 80 }],
        },
        {
          matches: [{ path: { type: "PathPrefix", value: "/slow" } }],
          timeouts: { request: "120s" },
          backendRefs: [{ name: "api", port: 80 }],
        },
      ],
    });
  });

  it("keeps a route's name when it gets a further host", async () => {
    const { objects } = await gateway({}, [route("api"), route("api", { hosts: ["b2b.example.com"] })]);
    expect(Object.keys(objects("HTTPRoute")).sort()).toEqual(["api", "api-b2b-example-com", "gateway-redirect"]);
  });

  it("lets only namespaces in that have a route", async () => {
    const pages = route("grafana", { namespace: "mes-observability", hosts: ["grafana.example.com"], paths: ["/"] });
    const { object } = await gateway({}, [route("api"), pages]);
    const [listener] = object("Gateway", "gateway").spec.listeners;
    expect(listener.allowedRoutes.namespaces.selector.matchExpressions).toEqual([
      { key: "kubernetes.io/metadata.name", operator: "In", values: ["mes", "mes-observability"] },
    ]);
    expect(object("HTTPRoute", "grafana-grafana-example-com").metadata.namespace).toBe("mes-observability");
  });

  it("may reach the roles, and nobody else may", async () => {
    const { gateway: pods } = await gateway({}, [route("api")]);
    expect(pods.connections.map(({ from, to }) => [from, to.podPort])).toEqual([[{ name: "gateway", ...PODS }, 8080]]);
    const { gateway: addresses } = await gateway({ clients: { cidrs: ["10.0.0.0/16"] } }, [route("api")]);
    expect(addresses.connections[0]?.from).toMatchObject({ name: "gateway", cidrs: ["10.0.0.0/16"] });
  });

  it("tells its addresses", async () => {
    const { gateway: declared } = await gateway({ port: 8443 }, [route("api", { hosts: ["a.example.com", "b.example.com"] })]);
    expect(declared.hosts).toEqual(["a.example.com", "b.example.com", "mes.example.com"]);
    expect(declared.urls).toEqual({ api: ["https://a.example.com:8443/api", "https://b.example.com:8443/api"] });
  });

  it("gives long hosts short names that differ", () => {
    const hosts = ["one", "two"].map((last) => `${"a".repeat(50)}.${"b".repeat(50)}.${last}`);
    for (const name of [listenerName, certificateName]) {
      const [first, second] = hosts.map(name);
      expect(first).not.toEqual(second);
      expect(first!.length).toBeLessThanOrEqual(63);
    }
  });
});

describe("the gateway of a stack file", () => {
  it.each<[string, object]>([
    ["no host", { host: undefined }],
    ["a host that is none", { host: "mes" }],
    ["no client", { clients: undefined }],
    ["a client that is half a set of pods", { clients: { namespace: "envoy" } }],
    ["one port for two", { redirectPort: 443 }],
    ["a list of certificates", { certificates: [] }],
  ])("is refused with %s", (_, overrides) => {
    expect(gatewayConfig.safeParse({ ...BASE, ...overrides }).success).toBe(false);
  });
});
