import type { Plan } from "../../../review/plan/plan";
import { routesLeadIn } from "../../../review/rules/routes-lead-in";
import { planned } from "../../helpers/plans";
import { line, object, planOf } from "../fixtures";
import { changedIn, errorsAfter, named, planWithout, type Edit, type Inputs } from "./changed-plan";

const GATEWAY = "gateway.networking.k8s.io/v1:Gateway";

let prod: Plan;
beforeAll(async () => {
  prod = await planned("prod");
}, 60_000);

it("lead every request of prod to its role", () => {
  expect(routesLeadIn.check(prod)).toEqual([]);
});

const rule = (edit: (rule: Inputs) => void) => (inputs: Inputs) => edit(inputs.spec.rules[0]);
const listener = (edit: (listener: Inputs) => void) => (inputs: Inputs) => edit(inputs.spec.listeners[0]);
const path = (type: string, value: string) => rule((one) => (one.matches[0].path = { type, value }));

describe("a request that is not taken", () => {
  it.each<Edit>([
    [
      "for want of the host",
      "HTTPRoute",
      "order-api",
      ({ spec }) => (spec.hostnames = ["orders.example.com"]),
      /the listener https-mes-example-com is for mes.example.com, and the route for orders.example.com/,
    ],
    [
      "for want of the listener",
      "HTTPRoute",
      "order-api",
      ({ spec }) => (spec.parentRefs[0].sectionName = "https"),
      /leads nothing to order-api: the gateway has no listener https; there are https-mes-example-com, http/,
    ],
    [
      "for want of the port",
      "HTTPRoute",
      "order-api",
      ({ spec }) => (spec.parentRefs[0].port = 8443),
      /has no listener https-mes-example-com, port 8443/,
    ],
    [
      "because the listener takes routes of other namespaces only",
      GATEWAY,
      "gateway",
      listener((one) => (one.allowedRoutes.namespaces.selector.matchExpressions[0].values = ["shop"])),
      /takes no route of the namespace mes/,
    ],
    [
      "because the listener takes other routes only",
      GATEWAY,
      "gateway",
      listener((one) => (one.allowedRoutes.kinds = [{ kind: "GRPCRoute" }])),
      /takes no HTTPRoute/,
    ],
    [
      "because the listener passes TLS on",
      GATEWAY,
      "gateway",
      listener((one) => (one.tls = { mode: "Passthrough" })),
      /speaks HTTPS in the mode Passthrough, and takes no HTTPRoute/,
    ],
    [
      "because the gateway listens for another host",
      GATEWAY,
      "gateway",
      listener((one) => (one.hostname = "www.example.com")),
      /no listener of the gateway is for mes.example.com on port 443/,
    ],
    [
      "because the gateway listens on another port",
      GATEWAY,
      "gateway",
      listener((one) => (one.port = 8443)),
      /no listener of the gateway is for mes.example.com on port 443; there are mes.example.com on port 8443/,
    ],
    [
      "for a method",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.matches[0].method = "POST")),
      /does not take GET mes.example.com\/api\/orders, which goes to HTTPRoute mes\/dashboard: it is for mes.example.com and PathPrefix \/api\/orders POST/,
    ],
    [
      "for a header",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.matches[0].headers = [{ name: "x-partner", value: "acme" }])),
      /header x-partner/,
    ],
    [
      "for one path exactly",
      "HTTPRoute",
      "order-api",
      path("Exact", "/api/orders"),
      /does not take GET mes.example.com\/api\/orders\/4711/,
    ],
    [
      "for another path",
      "HTTPRoute",
      "order-api",
      path("PathPrefix", "/api/order-entries"),
      /which goes to HTTPRoute mes\/dashboard/,
    ],
    [
      "for a part of a path's word",
      "HTTPRoute",
      "order-api",
      path("PathPrefix", "/api/order"),
      /which goes to HTTPRoute mes\/dashboard/,
    ],
    ["for an expression of one path", "HTTPRoute", "order-api", path("RegularExpression", "/api/orders"), /orders\/4711/],
    [
      "for the pages",
      "HTTPRoute",
      "dashboard",
      path("Exact", "/"),
      /does not take GET mes.example.com\/4711, which is answered with 404/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(prod, routesLeadIn, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });

  it("for want of a route", () => {
    const changed = planWithout(prod, "HTTPRoute", named("dashboard"));
    expect(routesLeadIn.check(changed).map(line)).toEqual([
      expect.stringMatching(/^error Service dashboard: no HTTPRoute leads mes.example.com\/ to dashboard/),
    ]);
  });
});

describe("a request that is taken", () => {
  it.each<Edit>([
    [
      "and answered by nobody",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.backendRefs[0].weight = 0)),
      /gives order-api the weight 0: it is answered with 500/,
    ],
    [
      "and led nowhere",
      "HTTPRoute",
      "order-api",
      rule((one) => delete one.backendRefs),
      /has no backend: it is answered with 500/,
    ],
    [
      "and led to somebody else in part",
      "HTTPRoute",
      "order-api",
      rule((one) => one.backendRefs.push({ name: "dashboard", port: 80, weight: 1 })),
      /leads some of the requests to dashboard instead of to order-api/,
    ],
    [
      "by a route with a more special path",
      "HTTPRoute",
      "pricing",
      rule((one) => one.matches.push({ path: { type: "Exact", value: "/api/orders" } })),
      /takes GET mes.example.com\/api\/orders, and leads it to pricing instead of to order-api/,
    ],
    [
      "and sent elsewhere",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.filters = [{ type: "RequestRedirect", requestRedirect: { hostname: "mes.example.com", port: 443 } }])),
      /sends GET mes.example.com\/api\/orders elsewhere/,
    ],
    [
      "and led to a port that is not there",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.backendRefs[0].port = 8080)),
      /leads to port 8080 of Service order-api, which has 80/,
    ],
    [
      "and led to no port",
      "HTTPRoute",
      "order-api",
      rule((one) => delete one.backendRefs[0].port),
      /names no port of the Service/,
    ],
    [
      "under another path",
      "HTTPRoute",
      "order-api",
      rule(
        (one) =>
          (one.filters = [{ type: "URLRewrite", urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } } }]),
      ),
      /changes the path/,
    ],
    [
      "twice",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.filters = [{ type: "RequestMirror", requestMirror: { backendRef: { name: "pricing", port: 80 } } }])),
      /sends each request to pricing too/,
    ],
    [
      "without the partner's name",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["Authorization"] } }])),
      /takes authorization from requests/,
    ],
    [
      "with a backend's time beyond that of the request",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.timeouts.backendRequest = "90s")),
      /90s is longer than the timeout of the whole request \(70s\)/,
    ],
    [
      "with a time that is none",
      "HTTPRoute",
      "order-api",
      rule((one) => (one.timeouts.request = "1.5m")),
      /1.5m is no duration of a route/,
    ],
    [
      "and not let in by the pods' policy",
      "NetworkPolicy",
      "allow-order-api",
      ({ spec }) => (spec.ingress[0].ports[0].port = 8081),
      /leads to Deployment mes\/order-api, whose policies do not let the gateway in on port 8080/,
    ],
    [
      "and let in by the policy from other pods only",
      "NetworkPolicy",
      "allow-order-api",
      ({ spec }) => (spec.ingress[0].from[0].podSelector.matchLabels = { app: "ingress" }),
      /do not let the gateway in on port 8080/,
    ],
    [
      "by a gateway that asks for TLS on no port",
      "HTTPRoute",
      "gateway-redirect",
      rule((one) => (one.filters[0].requestRedirect.port = 8443)),
      /leads to https:\/\/mes.example.com:8443, where no listener of the gateway answers/,
    ],
    [
      "by a gateway that sends to itself",
      "HTTPRoute",
      "gateway-redirect",
      rule((one) => (one.filters[0].requestRedirect = { scheme: "http", port: 80 })),
      /leads to the same address again and again/,
    ],
    [
      "by two listeners that cannot be told apart",
      GATEWAY,
      "gateway",
      ({ spec }) => spec.listeners.push({ ...spec.listeners[0], name: "again" }),
      /have the same port and host: neither is served/,
    ],
  ])("%s", (...edit) => {
    expect(errorsAfter(prod, routesLeadIn, edit)).toEqual(expect.arrayContaining([expect.stringMatching(edit[4])]));
  });
});

describe("what is the same to a request", () => {
  it.each<[string, string, string, (inputs: Inputs) => void]>([
    ["a wildcard of the route", "HTTPRoute", "order-api", ({ spec }) => (spec.hostnames = ["*.example.com"])],
    ["a wildcard of the listener", GATEWAY, "gateway", listener((one) => (one.hostname = "*.example.com"))],
    ["no host of the route", "HTTPRoute", "order-api", ({ spec }) => delete spec.hostnames],
    ["an expression of all paths", "HTTPRoute", "order-api", path("RegularExpression", "/api/orders(/.*)?")],
    ["a shorter prefix that nobody else has", "HTTPRoute", "pricing", path("PathPrefix", "/api")],
    ["a slash at the end", "HTTPRoute", "order-api", path("PathPrefix", "/api/orders/")],
    ["all weight for one", "HTTPRoute", "order-api", rule((one) => (one.backendRefs[0].weight = 100))],
    [
      "a colour for those who ask for it",
      "HTTPRoute",
      "dashboard",
      rule((one) =>
        one.matches.push({ path: { type: "Exact", value: "/api/orders" }, headers: [{ name: "x-test", value: "1" }] }),
      ),
    ],
  ])("%s", (_, kind, name, change) => {
    const messages = routesLeadIn.check(changedIn(prod, kind, change, named(name))).map(line);
    // A prefix that ends in a slash does not hold the path without it.
    expect(messages).toEqual(name === "order-api" && messages.length > 0 ? [expect.stringContaining("api/orders,")] : []);
  });
});

it("says once that there is no gateway", () => {
  const service = object("v1", "Service", "order-api", { spec: {} });
  const routes = { "order-api": ["/api/orders"], dashboard: ["/"] };
  const facts = { ...planOf([]).facts, routes } as Plan["facts"];
  expect(routesLeadIn.check(planOf([service], facts)).map(line)).toEqual([
    "warning Stack mes-test: no mes:gateway, so nothing outside of the cluster reaches 2 roles with routes: order-api (/api/orders) and dashboard (/); add one, or use kubectl port-forward",
  ]);
});
