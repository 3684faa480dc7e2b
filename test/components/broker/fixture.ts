import { Broker, type BrokerArgs } from "../../../components/broker/broker";
import { brokerConfig, type BrokerConfig } from "../../../components/broker/config";
import type { Environment } from "../../../components/platform";
import { environment, recorded, type Recorded } from "../../helpers/record";

export function config(values: object = {}): BrokerConfig {
  return brokerConfig.parse(values);
}

export const USERS = [
  { name: "order-intake", consumes: ["orders.inbound"], publishes: [] },
  { name: "outbox-relay", consumes: [], publishes: ["orders"] },
];

/** A broker as the tests want it, and the plan of what it declares. */
export async function broker(
  values: object = {},
  overrides: { environment?: Partial<Environment>; users?: BrokerArgs["users"]; preview?: boolean } = {},
): Promise<Recorded & { broker: Broker }> {
  let made: Broker | undefined;
  const recording = await recorded(
    (opts) => {
      made = new Broker(
        "broker",
        {
          environment: environment(overrides.environment),
          config: config(values),
          issuer: "mes-ca",
          users: overrides.users ?? USERS,
        },
        opts,
      );
    },
    { preview: overrides.preview },
  );
  if (made === undefined) throw new Error("nothing was declared");
  return { ...recording, broker: made };
}

/** What the broker says when it refuses its users. */
export async function refusal(users: BrokerArgs["users"]): Promise<string> {
  let message = "nothing was refused";
  await recorded((opts) => {
    try {
      new Broker("broker", { environment: environment(), config: config(), issuer: "mes-ca", users }, opts);
    } catch (error) {
      message = (error as { reason?: string }).reason ?? String(error);
    }
  });
  return message;
}
