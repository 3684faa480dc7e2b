import { Broker, type BrokerArgs } from "../../../components/broker/broker";
import { brokerConfig, type BrokerConfig } from "../../../components/broker/config";
import type { Environment } from "../../../components/platform";
import { environment, recorded, refusalOf, type Recorded } from "../../helpers/record";

export function config(values: object = {}): BrokerConfig {
  return brokerConfig.parse(values);
}

export const USERS = [
  { name: "order-intake", consumes: ["orders.inbound"], publishes: [] },
  { name: "outbox-relay", consumes: [], publishes: ["orders"] },
];

const PROMETHEUS: BrokerArgs["prometheus"] = {
  pods: { name: "prometheus", namespace: "mes-observability", labels: { app: "prometheus" } },
  selectedBy: { "mes/prometheus": "platform" },
};

/** A broker as the tests want it, and the plan of what it declares. */
export async function broker(
  values: object = {},
  overrides: { environment?: Partial<Environment>; users?: BrokerArgs["users"]; preview?: boolean } = {},
): Promise<Recorded & { broker: Broker }> {
  const { preview, users = USERS } = overrides;
  const args = {
    environment: environment(overrides.environment),
    config: config(values),
    issuer: "mes-ca",
    users,
    prometheus: PROMETHEUS,
  };
  const { made, ...recording } = await recorded((opts) => new Broker("broker", args, opts), { preview });
  return { ...recording, broker: made };
}

/** What the broker says when it refuses its users. */
export function refusal(users: BrokerArgs["users"]): Promise<string> {
  const args = { environment: environment(), config: config(), issuer: "mes-ca", users, prometheus: PROMETHEUS };
  return refusalOf((opts) => new Broker("broker", args, opts));
}
