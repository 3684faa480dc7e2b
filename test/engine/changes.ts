import type { StackConfig } from "../../stacks/config/schema";
import { whole } from "../helpers/whole";
import { without } from "./provider/without";

export interface ConfigChange {
  readonly what: string;
  readonly change: (config: StackConfig) => StackConfig;
  /** All that the engine does, where it is the same in every stack. */
  readonly expected?: readonly string[];
}

/** What people change in a stack. */
export const CHANGES: readonly ConfigChange[] = [
  {
    what: "another image of the MES",
    expected: ["dashboard", "order-api", "order-intake", "outbox-relay", "pricing"].map((role) => `change Deployment ${role}`),
    change: (config) => ({
      ...config,
      images: {
        ...config.images,
        overrides: { ...config.images.overrides, mes: { ...config.images.overrides.mes, tag: "9.9.9" } },
      },
    }),
  },
  {
    what: "another upper bound of replicas",
    expected: ["change ScaledObject order-intake"],
    change: (config) =>
      withRole(config, "order-intake", (role) => ({ ...role, scale: role.scale && { ...role.scale, max: role.scale.max + 1 } })),
  },
  {
    what: "a renamed role",
    change: (config) => {
      const { dashboard, ...others } = config.roles;
      return { ...config, roles: { ...others, ...(dashboard && { "shop-floor": dashboard }) } };
    },
  },
  {
    what: "a role taken out",
    change: (config) => ({ ...config, roles: without(config.roles, "shop-floor") as StackConfig["roles"] }),
  },
  {
    what: "a larger volume of the database",
    expected: ["change Cluster postgres", "change PrometheusRule postgres-capacity"],
    change: (config) => {
      const { postgres } = whole(config);
      return { ...config, postgres: { ...postgres, storage: { ...postgres.storage, size: "500Gi" } } };
    },
  },
];

type Role = StackConfig["roles"][string];

function withRole(config: StackConfig, name: string, change: (role: Role) => Role): StackConfig {
  const role = config.roles[name];
  if (role === undefined) throw new Error(`there is no role ${name}`);
  return { ...config, roles: { ...config.roles, [name]: change(role) } };
}
