import type { Broker } from "../components/broker/broker";
import type { Gateway } from "../components/gateway/gateway";
import { GRAFANA, grafanaEndpoint, prometheusEndpoint } from "../components/monitoring/endpoints";
import type { Endpoint } from "../components/network/connection";
import type { Environment } from "../components/platform";

export interface OutputArgs {
  readonly environment: Environment;
  readonly gateway: Gateway | undefined;
  readonly broker: Broker | undefined;
  /** Grafana is the platform's own. */
  readonly grafana: boolean;
}

/** What a user needs next: addresses, and the Secrets to look into. References only, never a secret's value. */
export function outputsOf({ environment, gateway, broker, grafana }: OutputArgs): Record<string, unknown> {
  const { namespaces } = environment;
  return {
    namespaces,
    urls: gateway?.urls ?? {},
    /** Host names that have to point to the gateway, in DNS. */
    dns: gateway?.hosts ?? [],
    pages: {
      ...(grafana ? { grafana: portForward(grafanaEndpoint(environment)) } : {}),
      prometheus: portForward(prometheusEndpoint(environment)),
    },
    secrets: {
      ...(grafana ? { grafanaAdmin: `${namespaces.observability}/${GRAFANA}-admin` } : {}),
      brokerClients: broker?.clientSecrets ?? {},
    },
  };
}

/** The command that opens a page of the cluster on this machine. */
function portForward(endpoint: Endpoint): string {
  const [service, namespace] = endpoint.host.split(".");
  return `kubectl -n ${namespace} port-forward service/${service} ${endpoint.port}`;
}
