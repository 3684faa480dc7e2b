import { EXTERNAL_SERVICE } from "../../components/broker/endpoints";
import type { StackConfig } from "../../stacks/config/schema";
import type { Facts } from "./plan";

/** What a stack file says of the requests that come in from outside; nothing without a gateway. */
export function entranceFacts({ gateway, roles, broker }: Partial<StackConfig>): Pick<Facts, "entrance" | "outerNames"> {
  const external = broker?.external;
  return {
    ...(gateway === undefined
      ? {}
      : {
          entrance: {
            port: gateway.port,
            clients: gateway.clients,
            requests: Object.entries(roles ?? {})
              .filter(([, { enabled }]) => enabled)
              .flatMap(([role, { routes }]) =>
                routes.flatMap(({ hosts, paths }) =>
                  (hosts ?? [gateway.host]).flatMap((host) => paths.map((path) => ({ role, host, path }))),
                ),
              ),
          },
        }),
    ...(external === undefined
      ? {}
      : {
          outerNames: [
            {
              key: "mes:broker.external.hostname",
              host: external.hostname,
              service: EXTERNAL_SERVICE,
              cidrs: [...new Set(Object.values(broker?.externalClients ?? {}).flatMap(({ cidrs }) => cidrs ?? []))],
            },
          ],
        }),
  };
}
