import { listenerOf, type Entrances } from "../../kubernetes/gateway-api";
import type { Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { at, isRecord, listAt, numberAt, recordAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error, warning } = reporter("routes-lead-in");

type Path = readonly (string | number)[];

/** What a gateway refuses in listeners and routes, or makes of a request on its way. Source: https://gateway-api.sigs.k8s.io/reference/spec/ */
export function routeFindings(entrances: Entrances, known: Inventory): Finding[] {
  return [
    ...listenerFindings(entrances),
    ...known.ofKind("HTTPRoute").flatMap((route) =>
      listAt(route.spec, "rules").flatMap((rule, i) => {
        const path = ["spec", "rules", i];
        return [
          ...listAt(rule, "backendRefs").flatMap((backend, j) =>
            backendFindings(route, backend, [...path, "backendRefs", j], known),
          ),
          ...timeoutFindings(route, rule, [...path, "timeouts"]),
          ...listAt(rule, "filters").flatMap((filter, j) =>
            filterFindings(route, filter, [...path, "filters", j], entrances, known),
          ),
        ];
      }),
    ),
  ];
}

/** Of listeners that cannot be told apart the gateway takes none. */
function listenerFindings({ listeners }: Entrances): Finding[] {
  return listeners.flatMap((one, i) => {
    const twin = listeners
      .slice(0, i)
      .find(
        (other) =>
          other.gateway === one.gateway &&
          (other.name === one.name ||
            (other.port === one.port && (other.hostname === one.hostname || other.protocol !== one.protocol))),
      );
    if (twin === undefined) return [];
    const message = `the listeners ${twin.name} and ${one.name} have the same ${twin.name === one.name ? "name" : "port"}${twin.protocol === one.protocol ? " and host" : ", and different protocols"}: neither is served; drop one of them`;
    return [error(one.gateway.resource, one.path, message)];
  });
}

function backendFindings(route: KubeObject, backend: unknown, path: Path, known: Inventory): Finding[] {
  const says = (message: string, ...more: string[]) => [error(route.resource, [...path, ...more], message)];
  if ((textAt(backend, "kind") ?? "Service") !== "Service") return [];
  const namespace = textAt(backend, "namespace") ?? route.namespace;
  const service = known.find("Service", namespace, textAt(backend, "name") ?? "");
  if (namespace !== route.namespace && !isGranted(route, namespace, known)) {
    return says(
      `leads to the namespace ${namespace}, where no ReferenceGrant lets HTTPRoutes of ${route.namespace} lead`,
      "namespace",
    );
  }
  const port = numberAt(backend, "port");
  if (port === undefined) return says("names no port of the Service: it is answered with 500; name it", "port");
  if (service === undefined) return [];
  const ports = listAt(service.spec, "ports").flatMap((one) => numberAt(one, "port") ?? []);
  if (ports.includes(port)) return [];
  return says(
    `leads to port ${port} of Service ${service.name}, which has ${listed(ports.map(String))}: it is answered with 500; correct the port`,
    "port",
  );
}

function isGranted(route: KubeObject, namespace: string, known: Inventory): boolean {
  return known
    .ofKind("ReferenceGrant")
    .some(
      (grant) =>
        grant.namespace === namespace &&
        listAt(grant.spec, "from").some(
          (from) => textAt(from, "kind") === route.kind && textAt(from, "namespace") === route.namespace,
        ) &&
        listAt(grant.spec, "to").some((to) => textAt(to, "kind") === "Service"),
    );
}

/** Source: https://gateway-api.sigs.k8s.io/geps/gep-2257/ */
const DURATION = /^(?:\d{1,5}(?:h|m|s|ms)){1,4}$/;
const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

function milliseconds(text: string): number {
  return [...text.matchAll(/(\d+)(ms|h|m|s)/g)].reduce((sum, [, n, unit = "s"]) => sum + Number(n) * (UNITS[unit] ?? 0), 0);
}

function timeoutFindings(route: KubeObject, rule: unknown, path: Path): Finding[] {
  const [request, backend] = ["request", "backendRequest"].map((field) => textAt(rule, "timeouts", field));
  const malformed = Object.entries({ request, backendRequest: backend }).filter(
    ([, text]) => text !== undefined && !DURATION.test(text),
  );
  if (malformed.length > 0) {
    return malformed.map(([field, text]) =>
      error(
        route.resource,
        [...path, field],
        `${text ?? ""} is no duration of a route, so that the route is refused; write it as 30s`,
      ),
    );
  }
  if (request === undefined || backend === undefined || milliseconds(request) === 0) return [];
  if (milliseconds(backend) <= milliseconds(request) && milliseconds(backend) > 0) return [];
  const message = `${backend} is longer than the timeout of the whole request (${request}), so that the route is refused; leave it out`;
  return [error(route.resource, [...path, "backendRequest"], message)];
}

/** Headers without which a request is another one. */
const NEEDED = ["authorization", "content-type", "content-length", "content-encoding", "cookie", "idempotency-key", "host"];

function filterFindings(route: KubeObject, filter: unknown, path: Path, entrances: Entrances, known: Inventory): Finding[] {
  const says = (field: string, message: string) => error(route.resource, [...path, field], message);
  switch (textAt(filter, "type")) {
    case "URLRewrite": {
      if (at(filter, "urlRewrite", "path") === undefined) return [];
      return [
        says(
          "urlRewrite",
          "changes the path: pods get another one than partners send; take it out, or change the paths of the route",
        ),
      ];
    }
    case "RequestMirror": {
      const to = textAt(filter, "requestMirror", "backendRef", "name") ?? "?";
      const message = `sends each request to ${to} too: what is ordered once is taken twice`;
      return [
        known.find("Service", route.namespace, to) === undefined
          ? warning(route.resource, path, message)
          : says("requestMirror", message),
      ];
    }
    case "RequestHeaderModifier": {
      const removed = listAt(filter, "requestHeaderModifier", "remove").map((one) => String(one).toLowerCase());
      const needed = removed.filter((one) => NEEDED.includes(one));
      return needed.length === 0
        ? []
        : [
            says(
              "requestHeaderModifier",
              `takes ${listed(needed)} from requests: pods do not know whom or what they are from; leave it`,
            ),
          ];
    }
    case "RequestRedirect":
      return redirectFindings(route, recordAt(filter, "requestRedirect"), [...path, "requestRedirect"], entrances);
    default:
      return [];
  }
}

/** A redirect leads to a listener with TLS, for the host that was asked for. */
function redirectFindings(
  route: KubeObject,
  redirect: Readonly<Record<string, unknown>>,
  path: Path,
  entrances: Entrances,
): Finding[] {
  const own = entrances.attachments.filter((one) => one.route === route).map(({ listener }) => listener);
  const hosts = [...new Set(entrances.listeners.flatMap(({ hostname }) => hostname ?? []))];
  return own.flatMap(({ protocol, port: ownPort }) => {
    const scheme = textAt(redirect, "scheme") ?? (protocol === "HTTPS" ? "https" : "http");
    // Where a scheme is stated, its own port is meant; else that of the listener.
    const port =
      numberAt(redirect, "port") ?? (textAt(redirect, "scheme") === undefined ? ownPort : scheme === "https" ? 443 : 80);
    const host = textAt(redirect, "hostname");
    const lost = (host === undefined ? hosts : [host]).filter((one) => {
      const listener = listenerOf({ host: one.replace(/^\*/, "any"), port, path: "/", method: "GET" }, entrances);
      return listener === undefined || (listener.protocol === "HTTPS") !== (scheme === "https");
    });
    const [first] = lost;
    if (first !== undefined) {
      return [
        error(
          route.resource,
          path,
          `leads to ${scheme}://${first}:${port}, where no listener of the gateway answers; correct scheme, host and port`,
        ),
      ];
    }
    const toItself = protocol !== "HTTPS" && scheme === "http" && !isRecord(redirect.path) && host === undefined;
    return toItself ? [error(route.resource, path, "leads to the same address again and again; set the scheme https")] : [];
  });
}
