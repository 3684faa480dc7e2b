import type { Inventory } from "./inventory";
import type { KubeObject } from "./objects";
import { selects } from "./selector";
import { at, isRecord, listAt, numberAt, textAt } from "./value";

/*
 * What a gateway makes of HTTPRoutes: which listeners they are attached to, and to which of their rules a request goes.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/ (v1.5), where an implementation is left no choice.
 */

export interface Listener {
  readonly gateway: KubeObject;
  /** Path in the gateway's inputs. */
  readonly path: readonly (string | number)[];
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** Absent: every host. */
  readonly hostname?: string;
  readonly spec: unknown;
}

/** A route on a listener, for some hosts. */
interface Attachment {
  readonly route: KubeObject;
  readonly listener: Listener;
  /** Hosts of both; absent: every host. */
  readonly hosts?: readonly string[];
}

/** Why a parent of a route does not take it. */
interface Refusal {
  readonly route: KubeObject;
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

export interface Entrances {
  readonly listeners: readonly Listener[];
  readonly attachments: readonly Attachment[];
  readonly refusals: readonly Refusal[];
}

const NAMESPACE_NAME = "kubernetes.io/metadata.name";

export function entrancesOf(known: Inventory): Entrances {
  const listeners = known.ofKind("Gateway").flatMap(listenersOf);
  const found = known.ofKind("HTTPRoute").flatMap((route) => attached(route, listeners, known));
  return {
    listeners,
    attachments: found.filter((one): one is Attachment => "listener" in one),
    refusals: found.filter((one): one is Refusal => "reason" in one),
  };
}

function listenersOf(gateway: KubeObject): Listener[] {
  return listAt(gateway.spec, "listeners").map((spec, i) => {
    const hostname = textAt(spec, "hostname");
    return {
      gateway,
      path: ["spec", "listeners", i],
      name: textAt(spec, "name") ?? "",
      protocol: textAt(spec, "protocol") ?? "",
      port: numberAt(spec, "port") ?? 0,
      ...(hostname === undefined || hostname === "" ? {} : { hostname }),
      spec,
    };
  });
}

function attached(route: KubeObject, listeners: readonly Listener[], known: Inventory): (Attachment | Refusal)[] {
  const parents = listAt(route.spec, "parentRefs");
  if (parents.length === 0) return [{ route, path: ["spec", "parentRefs"], reason: "names no gateway" }];
  return parents.flatMap((parent, i): (Attachment | Refusal)[] => {
    const path = ["spec", "parentRefs", i];
    if ((textAt(parent, "kind") ?? "Gateway") !== "Gateway") return [];
    const gateway = known.find("Gateway", textAt(parent, "namespace") ?? route.namespace, textAt(parent, "name") ?? "");
    // That there is one, another rule looks after.
    if (gateway === undefined) return [];
    const section = textAt(parent, "sectionName");
    const port = numberAt(parent, "port");
    const own = listeners.filter((one) => one.gateway === gateway);
    const meant = own.filter((one) => (section ?? one.name) === one.name && (port ?? one.port) === one.port);
    if (meant.length === 0) {
      const wanted = [...(section === undefined ? [] : [section]), ...(port === undefined ? [] : [`port ${port}`])].join(", ");
      return [
        { route, path, reason: `the gateway has no listener ${wanted}; there are ${own.map(({ name }) => name).join(", ")}` },
      ];
    }
    const taken = meant.map((listener) => onListener(route, listener, path, known));
    const good = taken.filter((one) => "listener" in one);
    return good.length > 0 ? good : taken;
  });
}

function onListener(
  route: KubeObject,
  listener: Listener,
  path: readonly (string | number)[],
  known: Inventory,
): Attachment | Refusal {
  const refused = (reason: string): Refusal => ({ route, path, reason: `the listener ${listener.name} ${reason}` });
  const mode = textAt(listener.spec, "tls", "mode") ?? "Terminate";
  if (!["HTTP", "HTTPS"].includes(listener.protocol) || (listener.protocol === "HTTPS" && mode !== "Terminate")) {
    return refused(`speaks ${listener.protocol}${mode === "Terminate" ? "" : ` in the mode ${mode}`}, and takes no HTTPRoute`);
  }
  const kinds = listAt(listener.spec, "allowedRoutes", "kinds");
  if (kinds.length > 0 && !kinds.some((kind) => textAt(kind, "kind") === "HTTPRoute")) return refused("takes no HTTPRoute");
  if (!takesNamespace(listener, route.namespace, known)) {
    return refused(`takes no route of the namespace ${route.namespace} (allowedRoutes)`);
  }
  const stated = listAt(route.spec, "hostnames").filter((host): host is string => typeof host === "string");
  const { hostname } = listener;
  if (stated.length === 0) return { route, listener, ...(hostname === undefined ? {} : { hosts: [hostname] }) };
  const hosts = hostname === undefined ? stated : stated.flatMap((host) => common(host, hostname) ?? []);
  return hosts.length > 0
    ? { route, listener, hosts }
    : refused(`is for ${hostname ?? ""}, and the route for ${stated.join(", ")}`);
}

function takesNamespace(listener: Listener, namespace: string, known: Inventory): boolean {
  const namespaces = at(listener.spec, "allowedRoutes", "namespaces");
  switch (textAt(namespaces, "from") ?? "Same") {
    case "All":
      return true;
    case "Selector": {
      const labels = known.find("Namespace", "", namespace)?.labels ?? {};
      return selects(at(namespaces, "selector"), { ...labels, [NAMESPACE_NAME]: namespace });
    }
    case "Same":
      return listener.gateway.namespace === namespace;
    default:
      return false;
  }
}

/** The more special of two host names, where one includes the other. */
function common(one: string, other: string): string | undefined {
  if (isHostOf(one, other)) return one;
  return isHostOf(other, one) ? other : undefined;
}

/** Whether a host name, or a wildcard, is within another. `*.example.com` holds each `a.b.example.com`, and not `example.com`. */
function isHostOf(host: string, pattern: string): boolean {
  if (host === pattern) return true;
  return pattern.startsWith("*.") && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

/** A request as it comes in. */
export interface Request {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly method: string;
}

/** The rule of a route that a request goes to. */
export interface Taken {
  readonly route: KubeObject;
  /** Path of the rule in the route's inputs. */
  readonly path: readonly (string | number)[];
  readonly rule: unknown;
}

/** The listener that a request comes to; undefined if none is for its host and port. */
export function listenerOf({ host, port }: Request, { listeners }: Entrances): Listener | undefined {
  return [...listeners]
    .filter((one) => one.port === port && (one.hostname === undefined || isHostOf(host, one.hostname)))
    .sort((a, b) => breadth(a.hostname) - breadth(b.hostname))[0];
}

/** Less for a host that is more special: a name before a wildcard, a long one before a short one, both before every host. */
function breadth(host: string | undefined): number {
  if (host === undefined) return 2000;
  return (host.startsWith("*.") ? 1000 : 0) - host.length;
}

/** Whose rule takes a request. The first one by host, path, method, headers and parameters, in this order; then by name. */
export function takenBy(request: Request, entrances: Entrances): Taken | undefined {
  const listener = listenerOf(request, entrances);
  const candidates = entrances.attachments
    .filter((one) => one.listener === listener)
    .flatMap(({ route, hosts }) => {
      const host = hosts?.filter((one) => isHostOf(request.host, one)).sort((a, b) => breadth(a) - breadth(b))[0];
      return hosts !== undefined && host === undefined ? [] : rulesTaking(request, route, breadth(host));
    });
  return candidates.sort((a, b) => inOrder(a.rank, b.rank))[0]?.taken;
}

type Rank = readonly (number | string)[];

function inOrder(a: Rank, b: Rank): number {
  for (const [i, one] of a.entries()) {
    const other = b[i];
    if (other === undefined || one === other) continue;
    return one < other ? -1 : 1;
  }
  return 0;
}

function rulesTaking(request: Request, route: KubeObject, host: number): { taken: Taken; rank: Rank }[] {
  return listAt(route.spec, "rules").flatMap((rule, i) => {
    const matches = listAt(rule, "matches");
    return (matches.length === 0 ? [{}] : matches)
      .filter((match) => isMatch(match, request))
      .map((match) => ({
        taken: { route, path: ["spec", "rules", i], rule },
        rank: [host, ...pathRank(match), textAt(match, "method") === undefined ? 1 : 0, `${route.namespace}/${route.name}`, i],
      }));
  });
}

function pathOf(match: unknown): { type: string; value: string } {
  return { type: textAt(match, "path", "type") ?? "PathPrefix", value: textAt(match, "path", "value") ?? "/" };
}

/** An exact path comes first, then the longest one. Where expressions come is the implementation's choice: here with the prefixes. */
function pathRank(match: unknown): readonly number[] {
  const { type, value } = pathOf(match);
  return [type === "Exact" ? 0 : 1, -value.length];
}

/** Whether any request with this path and method matches, whatever else is in it. */
function isMatch(match: unknown, { path, method }: Request): boolean {
  const further = [...listAt(match, "headers"), ...listAt(match, "queryParams")];
  return isRecord(match) && further.length === 0 && (textAt(match, "method") ?? method) === method && isOnPath(match, path);
}

function isOnPath(match: unknown, path: string): boolean {
  const { type, value } = pathOf(match);
  if (type === "Exact") return path === value;
  if (type === "PathPrefix") return path === value || path.startsWith(value.endsWith("/") ? value : `${value}/`);
  try {
    return new RegExp(`^(?:${value})$`).test(path);
  } catch {
    return false;
  }
}
