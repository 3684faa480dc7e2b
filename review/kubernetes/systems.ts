import type { KubeObject } from "./objects";
import { entriesAt, textAt } from "./value";

/*
 * The systems that hold orders, as their custom resources declare them: databases of CloudNativePG, brokers of the RabbitMQ operator.
 */

export function isBroker({ group, kind }: Pick<KubeObject, "group" | "kind">): boolean {
  return group === "rabbitmq.com" && kind === "RabbitmqCluster";
}

export function isDatabase({ group, kind }: Pick<KubeObject, "group" | "kind">): boolean {
  return group === "postgresql.cnpg.io" && kind === "Cluster";
}

/** Parameters that a database is given, by their names in small letters. */
export function parametersOf({ spec }: KubeObject): ReadonlyMap<string, string> {
  return new Map(
    entriesAt(spec, "postgresql", "parameters").flatMap(([name, value]) =>
      ["string", "number", "boolean"].includes(typeof value) ? [[name.toLowerCase(), String(value).trim()] as const] : [],
    ),
  );
}

/** Whether a word means off to Postgres. */
export function isOff(value: string | undefined): boolean {
  return value !== undefined && /^(?:of|off|f(?:alse)?|no?|0)$/i.test(value);
}

/** Settings of a broker: the lines `key = value` of its configuration; the last of a key counts. */
export function brokerSettings({ spec }: KubeObject): ReadonlyMap<string, string> {
  const lines = (textAt(spec, "rabbitmq", "additionalConfig") ?? "").split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, key, value] = /^\s*([\w.$-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.replace(/\s+#.*$/, "")] as const];
    }),
  );
}
