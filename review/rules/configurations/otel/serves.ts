import { title } from "../../../kubernetes/objects";
import { at, entriesAt, isRecord, listAt, numberAt, recordAt, textAt } from "../../../kubernetes/value";
import { typeOf } from "./refuses";
import type { Danger } from "../configured";
import { componentsOf, type Collector } from "./system";

/** Where it listens. */
export function listening(collector: Collector): Danger[] {
  const { root, group, container } = collector;
  const declared = listAt(container, "ports").map((one) => numberAt(one, "containerPort"));
  const places: readonly (readonly [path: string, endpoint: string | undefined])[] = [
    ...componentsOf(root, "receivers", "otlp").flatMap(({ path, settings }) =>
      entriesAt(settings, "protocols").map(
        ([protocol, one]) =>
          [
            `${path}.protocols.${protocol}.endpoint`,
            textAt(one, "endpoint") ?? `localhost:${protocol === "grpc" ? 4317 : 4318}`,
          ] as const,
      ),
    ),
    ...componentsOf(root, "exporters", "prometheus").map(
      ({ path, settings }) => [`${path}.endpoint`, textAt(settings, "endpoint")] as const,
    ),
    ...componentsOf(root, "extensions", "healthcheck").map(
      ({ path, settings }) => [`${path}.endpoint`, textAt(settings, "endpoint") ?? "localhost:13133"] as const,
    ),
    ...listAt(root, "service", "telemetry", "metrics", "readers").flatMap((reader, i) => {
      const one = recordAt(reader, "pull", "exporter", "prometheus");
      return [
        [
          `service.telemetry.metrics.readers[${i}]`,
          `${textAt(one, "host") ?? "localhost"}:${numberAt(one, "port") ?? 8888}`,
        ] as const,
      ];
    }),
  ];
  return places.flatMap(([path, endpoint]): Danger[] => {
    const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(endpoint ?? "") ?? [];
    if (port === "") return [];
    return [
      [
        path,
        /^(?:localhost|127\..*|\[?::1\]?)$/.test(host),
        "error",
        `is ${endpoint ?? ""}: nobody outside of its pod reaches it; use 0.0.0.0:${port}`,
      ],
      [
        path,
        declared.length > 0 && !declared.includes(Number(port)),
        "error",
        `is ${endpoint ?? ""}, and ${title(group.object)} has no such port: Services, probes and network policies lead elsewhere; use one of ${declared.join(", ")}`,
      ],
    ];
  });
}

/** What it says of itself, which alerts and dashboards read. Source: https://opentelemetry.io/docs/collector/internal-telemetry/ */
export function seen({ root }: Collector): Danger[] {
  const metrics = recordAt(root, "service", "telemetry", "metrics");
  const level = textAt(root, "service", "telemetry", "logs", "level")?.toLowerCase();
  return [
    [
      "service.telemetry.metrics.level",
      textAt(metrics, "level")?.toLowerCase() === "none",
      "error",
      "is none: no alert tells that it loses spans or logs; use normal",
    ],
    [
      "service.telemetry.metrics.readers",
      listAt(metrics, "readers").length === 0 && Object.hasOwn(metrics, "readers"),
      "error",
      "is empty: no alert tells that it loses spans or logs; add prometheus",
    ],
    ["service.telemetry.logs.level", level === "debug", "warning", "is debug: it logs more than it passes on; use info"],
  ];
}

/** Whether it says which pod a span or a record is of. Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/processor/k8sattributesprocessor */
export function naming({ root, group, container }: Collector): Danger[] {
  return componentsOf(root, "processors", "k8sattributes").flatMap(({ path, settings }): Danger[] => {
    const variable = textAt(settings, "filter", "node_from_env_var");
    const has = listAt(container, "env").some((one) => textAt(one, "name") === variable);
    return [
      [
        `${path}.filter.node_from_env_var`,
        variable !== undefined && !has,
        "error",
        `is ${variable ?? ""}, which is no variable of its container: it does not start; add it`,
      ],
      [
        `${path}.filter`,
        group.perNode && !isRecord(at(settings, "filter")),
        "warning",
        "is not set: the collector of each node watches the pods of all nodes; set node_from_env_var",
      ],
      [
        `${path}.auth_type`,
        textAt(settings, "auth_type") === "none",
        "error",
        "is none: it may not read pods, and names none; use serviceAccount",
      ],
    ];
  });
}

/** Whether the samplers are found. Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/exporter/loadbalancingexporter */
export function resolving({ root, group, known }: Collector): Danger[] {
  return componentsOf(root, "exporters", "loadbalancing").map(({ path, settings }): Danger => {
    const [name = "", namespace = group.namespace] = (textAt(settings, "resolver", "dns", "hostname") ?? "").split(".");
    const service = name === "" ? undefined : known.find("Service", namespace, name);
    return [
      `${path}.resolver.dns.hostname`,
      name !== "" && textAt(service?.spec, "clusterIP") !== "None",
      "error",
      `is ${name}.${namespace}, which is no headless Service of the plan: spans of one trace come to different samplers, or to none; name theirs`,
    ];
  });
}

/** What is dropped on purpose. Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/processor/filterprocessor */
export function filtering({ root }: Collector): Danger[] {
  return entriesAt(root, "processors").flatMap(([id, settings]): Danger[] => {
    if (!["filter", "transform"].includes(typeOf("processors", id))) return [];
    const conditions = ["trace_conditions", "log_conditions", "metric_conditions"].flatMap((key) => listAt(settings, key));
    return [
      [
        `processors.${id}.error_mode`,
        (textAt(settings, "error_mode") ?? "propagate") === "propagate",
        "warning",
        "is propagate: one record that it cannot read drops its whole batch; use ignore",
      ],
      [
        `processors.${id}`,
        conditions.some((one) => String(one).trim() === "true"),
        "error",
        "drops everything; correct its condition",
      ],
    ];
  });
}
