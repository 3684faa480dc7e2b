import { podsBehind, type Inventory } from "../../kubernetes/inventory";
import type { KubeObject } from "../../kubernetes/objects";
import { title } from "../../kubernetes/objects";
import { listAt, textAt } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error } = reporter("closed-to-strangers");

/** Programs of monitoring that ask nobody who they are. */
const WITHOUT_LOGIN = ["prometheus", "alertmanager", "jaeger", "loki", "otel-gateway", "otel-sampler"];

/** What the gateway lets in. */
export function routeFindings(known: Inventory): Finding[] {
  return [
    ...known.ofKind("Gateway").flatMap(gatewayFindings),
    ...["HTTPRoute", "GRPCRoute", "Ingress"].flatMap((kind) =>
      known.ofKind(kind).flatMap((route) => [...plainText(route, known), ...withoutLogin(route, known)]),
    ),
  ];
}

function gatewayFindings({ resource, spec }: KubeObject): Finding[] {
  return listAt(spec, "listeners").flatMap((listener, i) => {
    const path = ["spec", "listeners", i];
    const from = textAt(listener, "allowedRoutes", "namespaces", "from");
    const isSecure = ["HTTPS", "TLS"].includes(textAt(listener, "protocol") ?? "");
    return [
      ...(from === "All"
        ? [
            error(
              resource,
              [...path, "allowedRoutes"],
              "takes routes of every namespace: anybody who may write one there takes over the host; name the namespaces",
            ),
          ]
        : []),
      ...(isSecure && textAt(listener, "tls", "mode") !== "Passthrough" && listAt(listener, "tls", "certificateRefs").length === 0
        ? [error(resource, [...path, "tls"], "has no certificate; name the Secret")]
        : []),
    ];
  });
}

/** A route to programs on a listener without TLS; one that only leads to the other listener is meant. */
function plainText(route: KubeObject, known: Inventory): Finding[] {
  if (route.kind === "Ingress") {
    return listAt(route.spec, "tls").length > 0
      ? []
      : [error(route.resource, "spec.tls", "is served without TLS; name a certificate's Secret")];
  }
  if (!listAt(route.spec, "rules").some((rule) => listAt(rule, "backendRefs").length > 0)) return [];
  return listAt(route.spec, "parentRefs").flatMap((parent, i) => {
    const gateway = known.find("Gateway", textAt(parent, "namespace") ?? route.namespace, textAt(parent, "name") ?? "");
    const section = textAt(parent, "sectionName");
    const listeners = listAt(gateway?.spec, "listeners").filter(
      (one) => section === undefined || textAt(one, "name") === section,
    );
    const plain = listeners.filter((one) => textAt(one, "protocol") === "HTTP");
    if (plain.length === 0) return [];
    const message = `leads to programs by the listener ${textAt(plain[0], "name") ?? ""} too, which has no TLS; name the one that has, as sectionName`;
    return [error(route.resource, ["spec", "parentRefs", i], message)];
  });
}

function withoutLogin(route: KubeObject, known: Inventory): Finding[] {
  return listAt(route.spec, "rules").flatMap((rule, i) =>
    listAt(rule, "backendRefs").flatMap((backend, j) => {
      const namespace = textAt(backend, "namespace") ?? route.namespace;
      const service = known.find("Service", namespace, textAt(backend, "name") ?? "");
      const groups = service === undefined ? [] : podsBehind(service, known);
      const bare = groups.find(({ labelSets }) =>
        labelSets.some((labels) => WITHOUT_LOGIN.includes(labels["app.kubernetes.io/name"] ?? "")),
      );
      return bare === undefined
        ? []
        : [
            error(
              route.resource,
              ["spec", "rules", i, "backendRefs", j],
              `leads everybody to ${title(bare.object)}, which has no login; take the route out`,
            ),
          ];
    }),
  );
}
