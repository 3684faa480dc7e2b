import { entrancesOf, listenerOf, takenBy, type Entrances, type Request, type Taken } from "../kubernetes/gateway-api";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { title, type KubeObject } from "../kubernetes/objects";
import { listAt, numberAt, textAt } from "../kubernetes/value";
import type { Entrance, Plan } from "../plan/plan";
import { controllerFindings } from "./reach/controllers";
import { clientFindings } from "./reach/gateway-clients";
import { routeFindings } from "./reach/routes";
import { count, listed, reporter, type Finding, type Rule } from "./rule";

const name = "routes-lead-in";
const { error, warning } = reporter(name);

export const routesLeadIn: Rule = {
  name,
  title:
    "Every request for a path that the stack file leads to a role comes to the pods of that role, through a listener and a route of the gateway that take it; without a gateway it is said.",
  why: "A role that nothing leads to is healthy, ready and idle, while the orders of partners are answered with 404.",
  check: (plan) => {
    const known = inventory(plan);
    const entrance = plan.facts?.entrance;
    if (known.ofKind("Gateway").length === 0 || entrance === undefined) return withoutGateway(plan, known);
    const entrances = entrancesOf(known);
    return [
      ...requestFindings(entrance, entrances, known),
      ...routeFindings(entrances, known),
      ...clientFindings(entrance, known),
      ...controllerFindings(entrance, known),
    ];
  },
};

function withoutGateway(plan: Plan, known: Inventory): Finding[] {
  const led = servicesLedTo(known);
  const missing = Object.entries(plan.facts?.routes ?? {}).filter(([role]) => !led.has(role));
  const [stack] = plan.resources;
  if (missing.length === 0 || stack === undefined) return [];
  const all = listed(missing.map(([role, paths]) => `${role} (${listed(paths, 3)})`));
  const message = `no mes:gateway, so nothing outside of the cluster reaches ${count(missing.length, "role")} with routes: ${all}; add one, or use kubectl port-forward`;
  return [warning(stack, "", message)];
}

/** Names of the Services that HTTPRoutes lead to. */
function servicesLedTo({ ofKind }: Inventory): Set<string> {
  return new Set(
    ofKind("HTTPRoute").flatMap(({ spec }) =>
      listAt(spec, "rules").flatMap((rule) => listAt(rule, "backendRefs").flatMap((backend) => textAt(backend, "name") ?? [])),
    ),
  );
}

/** What partners send: to the path itself, and below it. */
function requestsOf({ port, requests }: Entrance): { role: string; url: string; request: Request }[] {
  return requests.flatMap(({ role, host, path }) =>
    [path, `${path.replace(/\/$/, "")}/4711`].flatMap((asked) =>
      ["GET", "POST"].map((method) => ({
        role,
        url: `${host}${path}`,
        request: { host: host.replace(/^\*/, "any"), port, path: asked, method },
      })),
    ),
  );
}

function requestFindings(entrance: Entrance, entrances: Entrances, known: Inventory): Finding[] {
  const found = new Map<string, Finding>();
  for (const { role, url, request } of requestsOf(entrance)) {
    const finding = misled(role, url, request, entrances, known);
    if (finding !== undefined && !found.has(`${role} ${url}`)) found.set(`${role} ${url}`, finding);
  }
  return [...found.values()];
}

function misled(role: string, url: string, request: Request, entrances: Entrances, known: Inventory): Finding | undefined {
  const asked = `${request.method} ${request.host}${request.path}`;
  const taken = takenBy(request, entrances);
  // A role has a route for each of its hosts.
  const owns = known.ofKind("HTTPRoute").filter((route) => leadsTo(route, role));
  const own =
    owns.find((route) => route === taken?.route) ?? owns.find((route) => takesAlone(route, request, entrances)) ?? owns[0];
  const where = own ?? known.ofKind("Service").find((one) => one.name === role) ?? known.ofKind("Gateway")[0];
  if (where === undefined) return undefined;
  if (listenerOf(request, entrances) === undefined) {
    const hosts = listed(entrances.listeners.map(({ hostname, port }) => `${hostname ?? "every host"} on port ${port}`));
    return error(
      where.resource,
      "",
      `no listener of the gateway is for ${request.host} on port ${request.port}; there are ${hosts}`,
    );
  }
  const itsOwn = own !== undefined && taken?.route === own;
  if (taken !== undefined && (itsOwn || own === undefined || takesAlone(own, request, entrances))) {
    return own === undefined && taken.route.name !== role ? unrouted(role, url, where) : elsewhere(role, asked, taken, known);
  }
  return own === undefined ? unrouted(role, url, where) : untaken(role, asked, own, taken, entrances);
}

/** Whether a route takes a request where there is no other. */
function takesAlone(route: KubeObject, request: Request, entrances: Entrances): boolean {
  const attachments = entrances.attachments.filter((one) => one.route === route);
  return takenBy(request, { ...entrances, attachments }) !== undefined;
}

function unrouted(role: string, url: string, where: KubeObject): Finding {
  return error(where.resource, "", `no HTTPRoute leads ${url} to ${role}; correct the name`);
}

function leadsTo({ spec }: KubeObject, role: string): boolean {
  return listAt(spec, "rules").some((rule) => listAt(rule, "backendRefs").some((one) => textAt(one, "name") === role));
}

/** The route of the role is refused by the gateway, or it is for something else. */
function untaken(role: string, asked: string, own: KubeObject, taken: Taken | undefined, { refusals }: Entrances): Finding {
  const refused = refusals.find(({ route }) => route === own);
  if (refused !== undefined) return error(own.resource, refused.path, `leads nothing to ${role}: ${refused.reason}`);
  const matches = listAt(own.spec, "rules").flatMap((rule) => listAt(rule, "matches"));
  const paths = matches.map((match) => {
    const further = [
      textAt(match, "method") ?? "",
      ...listAt(match, "headers").map((one) => `header ${textAt(one, "name") ?? ""}`),
    ];
    return [textAt(match, "path", "type") ?? "PathPrefix", textAt(match, "path", "value") ?? "/", ...further].join(" ").trim();
  });
  const instead = taken === undefined ? "is answered with 404" : `goes to ${title(taken.route)}`;
  const message = `does not take ${asked}, which ${instead}: it is for ${listed(listAt(own.spec, "hostnames").map(String))} and ${listed(paths)}; correct the host, the path or its type (mes:roles.${role}.routes)`;
  return error(own.resource, "spec.rules", message);
}

/** The rule that takes the request leads, wholly or in part, to somebody else. */
function elsewhere(role: string, asked: string, { route, rule, path }: Taken, known: Inventory): Finding | undefined {
  const says = (at: readonly (string | number)[], message: string) => error(route.resource, [...path, ...at], message);
  const filters = listAt(rule, "filters").map((filter) => textAt(filter, "type"));
  const redirect = filters.indexOf("RequestRedirect");
  if (redirect >= 0) return says(["filters", redirect], `sends ${asked} elsewhere instead of to ${role}; take the redirect out`);
  const backends = listAt(rule, "backendRefs").map((one) => ({
    service: textAt(one, "name") ?? "?",
    weight: numberAt(one, "weight") ?? 1,
  }));
  const others = backends.filter(({ service, weight }) => weight > 0 && service !== role && !isSame(service, role, known));
  const own = backends.filter((one) => !others.includes(one) && one.weight > 0);
  if (own.length > 0 && others.length === 0) return undefined;
  if (others.length > 0) {
    const share = own.length > 0 ? "some of the requests" : "it";
    const who = listed([...new Set(others.map(({ service }) => service))]);
    const message = `takes ${asked}, and leads ${share} to ${who} instead of to ${role}; ${title(route)} has the more special host or path, or another backend: correct it`;
    return says(["backendRefs"], message);
  }
  const message =
    backends.length === 0
      ? `takes ${asked} and has no backend: it is answered with 500`
      : `takes ${asked} and gives ${role} the weight 0: it is answered with 500; leave the weight out`;
  return says(["backendRefs"], message);
}

/** Whether a Service selects the pods of a role by another name. */
function isSame(service: string, role: string, { ofKind }: Inventory): boolean {
  const selectors = [service, role].map((one) =>
    ofKind("Service")
      .filter((found) => found.name === one)
      .map(({ spec, namespace }) => JSON.stringify([namespace, spec.selector])),
  );
  return selectors[0]?.some((one) => selectors[1]?.includes(one)) === true;
}
