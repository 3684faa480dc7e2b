import type { Environment } from "../platform";
import type { Volume, VolumeMount } from "../workload/pod";
import { BROKER } from "./endpoints";

/* Messages, queues and commands travel between the nodes of a broker in the Erlang distribution protocol, which is plain text by itself. */

/** Secret with the certificate that each node shows to the others. */
export const NODES_CERTIFICATE_SECRET = `${BROKER}-nodes-tls`;

const TLS_DIRECTORY = "/etc/mes/broker-nodes";
/** Options of Erlang's TLS between nodes. */
export const OPTIONS_FILE = "/etc/mes/broker-options/tls.config";

/** Most nodes that a broker may have (`mes:broker.replicas`). */
const MOST_NODES = 7;

/**
 * Names of all nodes that there may ever be, so that a further node needs no other certificate. Erlang compares them with the
 * name of the node that it connects to, and takes no wildcard.
 */
export function nodeNames(environment: Environment): string[] {
  const numbers = Array.from({ length: MOST_NODES }, (_, number) => number);
  return numbers.map((number) => `${BROKER}-server-${number}.${BROKER}-nodes.${environment.namespaces.data}`);
}

/**
 * Both sides show a certificate of the platform's CA and verify the other's. Not as arguments of the VM (`-ssl_dist_opt`): with those
 * a node of RabbitMQ 4.3 does not find its peers.
 * Sources: https://www.rabbitmq.com/docs/clustering-ssl, https://www.erlang.org/doc/apps/ssl/ssl_distribution
 */
export function distributionOptions(): string {
  const common = [
    `{cacertfile, "${TLS_DIRECTORY}/ca.crt"}`,
    `{certfile, "${TLS_DIRECTORY}/tls.crt"}`,
    `{keyfile, "${TLS_DIRECTORY}/tls.key"}`,
    "{verify, verify_peer}",
    "{versions, ['tlsv1.3', 'tlsv1.2']}",
  ];
  const side = (name: string, options: readonly string[]) => `  {${name}, [\n    ${options.join(",\n    ")}\n  ]}`;
  return `[\n${[side("server", [...common, "{fail_if_no_peer_cert, true}"]), side("client", common)].join(",\n")}\n].\n`;
}

/** Arguments of the Erlang VM, of nodes and of the command line tools, which talk to nodes in the same way. */
export const DISTRIBUTION_ARGUMENTS = `-proto_dist inet_tls -ssl_dist_optfile ${OPTIONS_FILE}`;

/** Where the certificate is in the pods of the nodes. */
export const certificateVolume: { readonly volume: Volume; readonly mount: VolumeMount } = {
  // Readable for the group that the operator gives to the pod's volumes.
  volume: { name: "nodes-tls", secret: { secretName: NODES_CERTIFICATE_SECRET, defaultMode: 0o440 } },
  mount: { name: "nodes-tls", mountPath: TLS_DIRECTORY, readOnly: true },
};
