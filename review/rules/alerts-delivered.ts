import { alertingConfig, allRoutes, receiversOf, routeOf } from "../alerting/config";
import { inventory, type Inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { formatPath, listAt, numberAt, recordAt, textAt } from "../kubernetes/value";
import type { Plan } from "../plan/plan";
import { seconds } from "../promql/duration";
import { alertsOf } from "./alerts-actionable";
import { isWatchdog, type Alert } from "./alerts/alert";
import { rangeFindings } from "./alerts/ranges";
import { reachFindings } from "./alerts/reach";
import { receiverFindings } from "./alerts/receivers";
import { deliveryFindings, inhibitFindings, routeFindings } from "./alerts/routes";
import { listed, reporter, type Finding, type Rule } from "./rule";

const name = "alerts-delivered";
const { error, warning } = reporter(name);

export const alertsDelivered: Rule = {
  name,
  title: "Every alert has a way to people: Prometheus knows its Alertmanager, which has a route and a receiver that may connect.",
  why: "An alert that fires and reaches nobody is worse than none: everybody relies on it.",
  check: (plan) => {
    const known = inventory(plan);
    const alerts = known.ofKind("PrometheusRule").flatMap((object) => alertsOf(object).map((one) => ({ object, ...one })));
    if (alerts.length === 0) return [];
    return [
      ...known.ofKind("Prometheus").flatMap((prometheus) => prometheusFindings(prometheus, known)),
      ...known.ofKind("Alertmanager").flatMap((alertmanager) => alertmanagerFindings(alertmanager, alerts, known, plan)),
      ...alerts.flatMap(silent),
    ];
  },
};

function silent({ object, alert, path }: Alert): Finding[] {
  const severity = textAt(alert, "labels", "severity");
  const alertName = textAt(alert, "alert") ?? "";
  const wait = seconds(textAt(alert, "for") ?? "0");
  const at = [...path, "for"];
  return [
    ...(severity === "none" && !isWatchdog(alert)
      ? [
          error(
            object.resource,
            [...path, "labels", "severity"],
            `${alertName} has the severity none and tells nobody; use page or ticket`,
          ),
        ]
      : []),
    ...(wait === undefined
      ? [error(object.resource, at, `${alertName} waits for ${textAt(alert, "for") ?? ""}, which is no duration; write 5m`)]
      : []),
    // Twelve hours: whoever is told by a ticket looks once a shift.
    ...(wait !== undefined && wait > (severity === "page" ? 3600 : 43_200)
      ? [error(object.resource, at, `${alertName} is told only after ${textAt(alert, "for") ?? ""}; orders are late by then`)]
      : []),
  ];
}

function prometheusFindings(prometheus: KubeObject, known: Inventory): Finding[] {
  const { resource, spec, namespace } = prometheus;
  const managers = listAt(spec, "alerting", "alertmanagers");
  const path = ["spec", "alerting", "alertmanagers"];
  if (managers.length === 0) return [error(resource, path, "sends its alerts nowhere; name the Alertmanager")];
  return [
    ...managers.flatMap((manager, i) => {
      const host = textAt(manager, "name") ?? "";
      const where = textAt(manager, "namespace") ?? namespace;
      if (known.opaqueNamespaces.has(where)) return [];
      const service = known.find("Service", where, host);
      const isMade = known.made.some((one) => one.kind === "Service" && one.namespace === where && one.name === host);
      if (service === undefined && !isMade)
        return [error(resource, [...path, i, "name"], `there is no Service ${where}/${host}; correct the name`)];
      const ports = listAt(service?.spec, "ports");
      const port = textAt(manager, "port") ?? numberAt(manager, "port");
      const isThere = ports.length === 0 || ports.some((one) => textAt(one, "name") === port || numberAt(one, "port") === port);
      return isThere
        ? []
        : [
            error(
              resource,
              [...path, i, "port"],
              `Service ${where}/${host} has no port ${String(port)}; there are ${listed(ports.map((one) => textAt(one, "name") ?? String(numberAt(one, "port"))))}`,
            ),
          ];
    }),
    ...rangeFindings(prometheus, known),
  ];
}

function alertmanagerFindings(alertmanager: KubeObject, alerts: readonly Alert[], known: Inventory, plan: Plan): Finding[] {
  const { resource, spec } = alertmanager;
  const config = alertingConfig(alertmanager, known);
  // That the Secret is there, another rule looks after.
  if (config === undefined) return [];
  const own = config.secret.resource;
  const place = (path: readonly (string | number)[]) => `stringData["${config.key}"]: ${formatPath(path)}`;
  if (config.root === undefined) {
    return [
      warning(own, place([]), "nothing of the routes can be seen, so that they are not checked; make only its secrets secret"),
    ];
  }
  const receivers = receiversOf(config.root);
  const route = routeOf(recordAt(config.root, "route"));
  const says = (path: readonly (string | number)[], message: string) => error(own, place(path), message);
  return [
    ...(recordAt(spec).paused === true
      ? [error(resource, "spec.paused", "is paused, so that no change gets to it; leave that out")]
      : []),
    ...(recordAt(spec).listenLocal === true
      ? [
          error(
            resource,
            "spec.listenLocal",
            "listens to its own pod alone, so that Prometheus cannot send it alerts; leave that out",
          ),
        ]
      : []),
    ...allRoutes(route).flatMap((one) => routeFindings(one, receivers, alerts, config.root, route, says)),
    ...inhibitFindings(config.root, alerts, says),
    ...deliveryFindings(route, receivers, alerts, plan, says, (message) => warning(own, place(["route"]), message)),
    ...receiverFindings(receivers, config.root, says),
    ...reachFindings(alertmanager, receivers, known, says),
  ];
}
