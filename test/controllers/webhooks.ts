import type { ApiClient } from "../cluster/api";
import { Applier } from "../cluster/apply";
import type { KubernetesObject } from "../cluster/resources";
import { until } from "../cluster/until";
import { connect } from "node:net";
import { serviceAt } from "./served";

interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service: { readonly namespace: string; readonly name: string; readonly path: string } };
  }[];
}

export interface WebhookServer {
  readonly address: string;
  readonly port: number;
  /** Who signed its certificate, in PEM. */
  readonly ca: Buffer;
}

/**
 * Registers webhooks as their operator's manifests have them, but for where they are served. None is skipped when its server
 * is away, whatever the manifests say: here that would be a test of nothing.
 */
export async function registerWebhooks(
  api: ApiClient,
  manifests: readonly KubernetesObject[],
  server: WebhookServer,
): Promise<void> {
  const configurations = manifests.filter(isWebhookConfiguration);
  await until("the webhooks are served", () => isOpen(server));
  const services = configurations.flatMap(({ webhooks }) => webhooks.map(({ clientConfig }) => clientConfig.service));
  const unique = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]));
  for (const { namespace, name } of unique.values()) await serviceAt(api, { namespace, name, address: server.address });
  const caBundle = server.ca.toString("base64");
  await new Applier(api).applyAll(
    configurations.map((configuration) => ({
      ...configuration,
      webhooks: configuration.webhooks.map((webhook) => ({
        ...webhook,
        failurePolicy: "Fail",
        clientConfig: { caBundle, service: { ...webhook.clientConfig.service, port: server.port } },
      })),
    })),
  );
}

function isWebhookConfiguration(object: KubernetesObject): object is WebhookConfiguration {
  return object.kind === "ValidatingWebhookConfiguration" || object.kind === "MutatingWebhookConfiguration";
}

async function isOpen({ address, port }: WebhookServer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
