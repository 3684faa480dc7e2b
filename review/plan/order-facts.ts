import type { BrokerConfig } from "../../components/broker/config";
import type { RoleConfig } from "../../components/mes/config";
import { CRM_SENDS, PARTS } from "../../components/mes/contract/messages";
import { databaseAccess } from "../../components/mes/role/access";
import { signalsOf } from "../../components/mes/role/signals";
import { longestRequest } from "../../components/mes/role/shutdown";
import { parseDuration } from "../../components/schema";
import type { StackConfig } from "../../stacks/config/schema";
import type { Facts, Program } from "./plan";

/** What a stack file says of the way of an order; empty if only a part of the configuration is known. */
export function orderFacts({ roles, broker, postgres, reconciliation }: Partial<StackConfig>): Pick<Facts, "orders"> {
  if (roles === undefined || broker === undefined || postgres === undefined) return {};
  const programs = [
    ...Object.entries(roles).map(([name, role]) => roleProgram(name, role)),
    ...Object.entries(broker.externalClients).map(([name, client]) => clientProgram(name, client)),
  ];
  const waiting = Object.fromEntries(
    Object.entries(broker.queues).map(([queue, { drainWithin }]) => [queue, parseDuration(drainWithin)]),
  );
  return {
    orders: {
      programs,
      parts: PARTS,
      statementSeconds: parseDuration(postgres.statementTimeout),
      // Where no image counts, there is nothing to compare with: said with what cannot be seen.
      ...(countsOrders(roles) ? { reconciled: reconciliation?.crm !== undefined } : {}),
      waiting,
    },
  };
}

function roleProgram(name: string, role: RoleConfig): Program {
  const parts = role.runs ?? [name];
  return {
    name,
    key: `mes:roles.${name}`,
    outside: false,
    enabled: role.enabled,
    parts,
    consumes: role.consumes.map(({ queue, prefetch, handlingTime }) => ({
      queue,
      prefetch,
      handlingSeconds: parseDuration(handlingTime),
    })),
    publishes: role.publishes,
    sends: role.sends ?? parts.flatMap((part) => PARTS[part]?.sends ?? []),
    sendsStated: role.sends !== undefined,
    ...accessOf(role),
    ...(role.http === undefined ? {} : { http: { requestSeconds: longestRequest(role), routed: role.routes.length > 0 } }),
    calls: role.calls,
  };
}

function countsOrders(roles: StackConfig["roles"]): boolean {
  return Object.values(roles).some((role) => role.enabled && signalsOf(role, false).orders === "image");
}

function accessOf(role: RoleConfig): Pick<Program, "database" | "relays"> {
  const access = databaseAccess(role);
  return access === undefined ? {} : { database: access.access, ...(access.relays ? { relays: true } : {}) };
}

function clientProgram(name: string, client: BrokerConfig["externalClients"][string]): Program {
  return {
    name,
    key: `mes:broker.externalClients.${name}`,
    outside: true,
    enabled: true,
    parts: [],
    consumes: client.consumes.map((queue) => ({ queue })),
    publishes: client.publishes,
    sends: client.publishes.length === 0 ? [] : (client.sends ?? CRM_SENDS),
    sendsStated: client.sends !== undefined,
    calls: [],
  };
}
