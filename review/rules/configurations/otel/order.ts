import { at, entriesAt, isRecord, listAt, textAt } from "../../../kubernetes/value";
import { typeOf } from "./refuses";
import type { Danger } from "../configured";
import { componentsOf, type Collector, type Pipeline } from "./system";

/** Whether components are where they act. Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0/processor#recommended-processors */
export function ordered({ root, pipelines }: Collector): Danger[] {
  return pipelines.flatMap((pipeline) => [...inOrder(pipeline, root), ...sampled(pipeline, root)]);
}

function inOrder({ path, receivers, processors, exporters }: Pipeline, root: unknown): Danger[] {
  const types = processors.map((id) => typeOf("processors", id));
  const index = (type: string) => types.indexOf(type);
  const fromOutside = receivers.some((id) => !isRecord(at(root, "connectors", id)));
  const [limiter, batch, names] = [index("memorylimiter"), index("batch"), index("k8sattributes")];
  const [tail, head] = [index("tailsampling"), index("probabilisticsampler")];
  const ends = exporters.filter((id) => ["debug", "nop"].includes(typeOf("exporters", id)));
  const noisy = ends.some((id) => textAt(root, "exporters", id, "verbosity") === "detailed");
  return [
    [
      `${path}.processors`,
      fromOutside && limiter < 0,
      "error",
      "has no memory_limiter: when the next tier is away, it is killed with all that it holds; put memory_limiter first",
    ],
    [
      `${path}.processors`,
      limiter > 0,
      "warning",
      "does not begin with memory_limiter: what comes before it still takes memory when there is none; put it first",
    ],
    [
      `${path}.processors`,
      batch >= 0 && tail > batch,
      "warning",
      "has batch before tail_sampling, which takes its batches apart again; put batch behind it",
    ],
    [
      `${path}.processors`,
      names >= 0 && ((tail >= 0 && tail < names) || (batch >= 0 && batch < names)),
      "warning",
      "has k8s_attributes behind batch or tail_sampling, where the sender's address is no longer known: nothing gets its pod's name; put it before",
    ],
    [
      `${path}.processors`,
      head >= 0,
      "warning",
      "keeps a share by chance before anybody knows whether an order failed; leave it to tail_sampling",
    ],
    [
      `${path}.exporters`,
      ends.length > 0 && ends.length === exporters.length,
      "error",
      `sends to ${ends.join(" and ")} alone: all is thrown away; name the next tier`,
    ],
    [`${path}.exporters`, noisy, "warning", "writes all that goes through it into its own log; remove debug"],
  ];
}

/** Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/connector/spanmetricsconnector */
function sampled({ path, processors, exporters, name }: Pipeline, root: unknown): Danger[] {
  const tail = processors.some((id) => typeOf("processors", id) === "tailsampling");
  const counts = exporters.some((id) => ["spanmetrics", "servicegraph"].includes(typeOf("connectors", id)));
  const balanced = exporters.filter((id) => typeOf("exporters", id) === "loadbalancing");
  const routed = balanced.some((id) => !["", "traceID"].includes(textAt(root, "exporters", id, "routing_key") ?? ""));
  return [
    [
      `${path}.processors`,
      tail && counts,
      "error",
      "counts spans behind tail_sampling: rates and durations are of those that were kept; count in a pipeline of its own",
    ],
    [
      `${path}.exporters`,
      name.startsWith("traces") && routed,
      "error",
      "does not send by traceID: spans of one trace come to different samplers, and each keeps a part; set routing_key to traceID",
    ],
  ];
}

/** Components that are declared and do nothing. */
export function used({ root, pipelines }: Collector): Danger[] {
  const named = new Set(pipelines.flatMap((one) => [...one.receivers, ...one.processors, ...one.exporters]));
  const extensions = listAt(root, "service", "extensions").map(String);
  const idle = ["receivers", "processors", "exporters", "connectors"].flatMap((kind) =>
    entriesAt(root, kind).map(([id]): Danger => [
      `${kind}.${id}`,
      !named.has(id),
      "warning",
      "is in no pipeline, and does nothing; add it, or remove it",
    ]),
  );
  const off = entriesAt(root, "extensions").map(([id]): Danger => [
    `extensions.${id}`,
    !extensions.includes(id),
    typeOf("extensions", id) === "healthcheck" ? "error" : "warning",
    "is not in service.extensions, and does nothing; add it",
  ]);
  const stores = ["receivers", "exporters"].flatMap((kind) =>
    entriesAt(root, kind).flatMap(([id, settings]) =>
      [textAt(settings, "storage"), textAt(settings, "sending_queue", "storage")].map((store): Danger => [
        `${kind}.${id}`,
        store !== undefined && !extensions.includes(store),
        "error",
        `keeps its state in ${store ?? ""}, which is not in service.extensions: the collector does not start; add it`,
      ]),
    ),
  );
  return [...idle, ...off, ...stores];
}

/** What a sampler throws away. Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/processor/tailsamplingprocessor */
export function kept({ root }: Collector): Danger[] {
  return componentsOf(root, "processors", "tailsampling").flatMap(({ path, settings }): Danger[] => {
    const policies = listAt(settings, "policies");
    const all = policies.some(
      (one) => textAt(one, "type") === "always_sample" || at(one, "probabilistic", "sampling_percentage") === 100,
    );
    const errors = policies.some((one) => listAt(one, "status_code", "status_codes").includes("ERROR"));
    const slow = policies.some((one) => textAt(one, "type") === "latency");
    const drops = JSON.stringify(policies.filter((one) => textAt(one, "type") === "drop")).includes('"ERROR"');
    return [
      [
        `${path}.policies`,
        policies.length === 0,
        "error",
        "is empty: no trace is kept; keep errors, slow ones and a share of the rest",
      ],
      [
        `${path}.policies`,
        policies.length > 0 && !all && !errors,
        "error",
        "keeps no errors: of orders that failed there is no trace; add status_code with ERROR",
      ],
      [
        `${path}.policies`,
        policies.length > 0 && !all && !slow,
        "warning",
        "keeps no slow traces: of orders that were late there is none; add latency",
      ],
      [`${path}.policies`, drops, "error", "drops traces with errors; remove that policy"],
    ];
  });
}
