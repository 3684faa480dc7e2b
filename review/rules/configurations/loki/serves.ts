import { title } from "../../../kubernetes/objects";
import { containersOf } from "../../../kubernetes/pods";
import { at, isRecord, listAt, numberAt, textAt } from "../../../kubernetes/value";
import type { Danger } from "../configured";
import { type Loki } from "./system";

/** Who reaches it, and over what. */
export function serving({ root, group }: Loki): Danger[] {
  const [container] = containersOf(group.spec);
  const declared = listAt(container, "ports").map((one) => numberAt(one, "containerPort"));
  const ports = (["http", "grpc"] as const).map((kind): Danger => {
    const port = numberAt(root, "server", `${kind}_listen_port`) ?? (kind === "http" ? 3100 : 9095);
    return [
      `server.${kind}_listen_port`,
      declared.length > 0 && !declared.includes(port),
      "error",
      `is ${port}, which is no port of ${title(group.object)}: Services and network policies lead elsewhere; use that of its container`,
    ];
  });
  const skips = paths(root, "").filter(([path, value]) => /(?:^|\.)(?:tls_)?insecure_skip_verify$/.test(path) && value === true);
  return [
    ...ports,
    ...skips.map(([path]): Danger => [
      path,
      true,
      "error",
      "is true: it sends logs and keys to whoever answers; remove it, and name the CA",
    ]),
    [
      "server.log_level",
      textAt(root, "server", "log_level") === "debug",
      "warning",
      "is debug: it logs each record that it takes; use warn",
    ],
  ];
}

/** Whether both ends speak TLS. */
export function encrypted({ root, group }: Loki): Danger[] {
  const [container] = containersOf(group.spec);
  const secure = isRecord(at(root, "server", "http_tls_config"));
  const asked = ["readinessProbe", "livenessProbe", "startupProbe"].flatMap(
    (probe) => textAt(container, probe, "httpGet", "scheme") ?? [],
  );
  const clientTls = at(root, "ingester_client", "grpc_client_config", "tls_enabled") === true;
  const grpcTls = isRecord(at(root, "server", "grpc_tls_config"));
  return [
    [
      "server.http_tls_config",
      !secure && asked.includes("HTTPS"),
      "error",
      "is not set, and probes and clients speak HTTPS: it never becomes ready; set its certificate and key",
    ],
    [
      "server.http_tls_config",
      secure &&
        asked.length === 0 &&
        listAt(container, "ports").length > 0 &&
        at(container, "readinessProbe", "httpGet") !== undefined,
      "error",
      "is set, and its probes speak HTTP: it never becomes ready; set their scheme to HTTPS",
    ],
    [
      "server.grpc_tls_config",
      clientTls && !grpcTls,
      "error",
      "is not set, and its own clients speak TLS: pods do not reach each other; set it",
    ],
    [
      "ingester_client.grpc_client_config.tls_enabled",
      !clientTls && grpcTls,
      "error",
      "is not true, and its servers speak TLS: pods do not reach each other; set it to true",
    ],
  ];
}

/** The leaves of a value, by their paths. */
function paths(value: unknown, path: string): [string, unknown][] {
  if (!isRecord(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, one]) => paths(one, path === "" ? key : `${path}.${key}`));
}
