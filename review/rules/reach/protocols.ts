import type { Inventory } from "../../kubernetes/inventory";
import { variablesOf } from "../../kubernetes/variables";
import { reporter, type Finding } from "../rule";

const { error } = reporter("connections-open");

/** What is spoken on the ports of OTLP. Source: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-default-port and #otlphttp-default-port */
const SPOKEN: Readonly<Record<string, "grpc" | "http">> = { "4317": "grpc", "4318": "http" };
const SIGNALS = ["", "TRACES_", "METRICS_", "LOGS_"];

/** Programs that send by another protocol than the port of the collector takes. Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export function protocolFindings(known: Inventory): Finding[] {
  return known.pods.flatMap((group) => {
    const variables = variablesOf(group, known);
    const stated = (signal: string, what: string) =>
      variables.get(`OTEL_EXPORTER_OTLP_${signal}${what}`) ?? variables.get(`OTEL_EXPORTER_OTLP_${what}`);
    const seen = new Set<string>();
    return SIGNALS.flatMap((signal): Finding[] => {
      const [endpoint, protocol] = [stated(signal, "ENDPOINT"), stated(signal, "PROTOCOL")];
      if (endpoint === undefined || protocol === undefined) return [];
      const port = /:(\d+)(?:\/|$)/.exec(endpoint.value)?.[1] ?? "";
      const spoken = Object.hasOwn(SPOKEN, port) ? SPOKEN[port] : undefined;
      const key = `${port} ${protocol.value}`;
      if (spoken === undefined || protocol.value.startsWith(spoken) || seen.has(key)) return [];
      seen.add(key);
      const message = `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol.value}, and ${endpoint.value} takes ${spoken} on port ${port}: no trace of an order is kept; use ${spoken === "grpc" ? "grpc" : "http/protobuf"}, or the other port`;
      return [error(group.object.resource, protocol.path, message)];
    });
  });
}
