import { podsBehind, type Inventory } from "./inventory";
import type { PodGroup } from "./pods";
import { leaves, listAt, numberAt, recordAt, textAt } from "./value";

/** A host of the cluster that somebody is told of. */
export interface Address {
  readonly path: readonly (string | number)[];
  /** Of the Service. */
  readonly name: string;
  readonly namespace: string;
  readonly port?: number;
  /** The connection is encrypted, and the name on the certificate is verified. */
  readonly tls: boolean;
  /** As `https`, where the address states one. */
  readonly scheme?: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  amqp: 5672,
  amqps: 5671,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
};
const ENCRYPTED = new Set(["https", "amqps", "rediss"]);
/** Ports on which nothing but TLS is spoken. */
const TLS_PORTS = new Set([443, 5671]);
const HOST =
  /(?:\b([a-z][a-z\d+.-]*):\/\/(?:[^\s/@"']*@)?)?(?<![\w*.-])([a-z][a-z\d-]*)\.([a-z][a-z\d-]*)\.svc(?:\.cluster\.local)?(?![\w-])(?::(\d{1,5}))?/g;

/** Hosts of Services in a text, e.g. `https://grafana.mes.svc:3000`. */
function addressesIn(text: string, path: Address["path"]): Address[] {
  if (!text.includes(".svc")) return [];
  return [...text.matchAll(HOST)].map(([, scheme = "", name = "", namespace = "", port]) => {
    const number = port === undefined ? DEFAULT_PORTS[scheme] : Number(port);
    return {
      path,
      name,
      namespace,
      tls: ENCRYPTED.has(scheme) || TLS_PORTS.has(number ?? 0),
      ...(number === undefined ? {} : { port: number }),
      ...(scheme === "" ? {} : { scheme }),
    };
  });
}

/** What the pods of a group are told: variables, arguments and mounted configurations. */
export function addressesOf(group: PodGroup, known: Inventory): Address[] {
  const containers = ["containers", "initContainers"].flatMap((field) =>
    listAt(group.spec, field).map((container, i) => ({ container, path: [...group.specPath, field, i] })),
  );
  return [
    ...containers.flatMap(({ container, path }) => [
      ...variables(container, path),
      ...["args", "command"].flatMap((field) =>
        listAt(container, field).flatMap((word, i) => (typeof word === "string" ? addressesIn(word, [...path, field, i]) : [])),
      ),
    ]),
    ...mounted(group, known),
  ];
}

/** A host may have its port in a variable of its own: PGHOST and PGPORT, BROKER_HOST and BROKER_PORT. */
function variables(container: unknown, path: Address["path"]): Address[] {
  const env = listAt(container, "env");
  const valueOf = (name: string) => {
    const found = env.find((one) => textAt(one, "name") === name);
    return found === undefined ? undefined : (numberAt(found, "value") ?? textAt(found, "value"));
  };
  return env.flatMap((one, i) => {
    const name = textAt(one, "name") ?? "";
    return addressesIn(textAt(one, "value") ?? "", [...path, "env", i, "value"]).map((address) => {
      const port = valueOf(name.replace(/HOST$/, "PORT"));
      const verified = valueOf(name.replace(/HOST$/, "SSLMODE")) === "verify-full";
      return {
        ...address,
        ...(address.port === undefined && typeof port === "number" ? { port } : {}),
        tls: address.tls || verified || (typeof port === "number" && TLS_PORTS.has(port)),
      };
    });
  });
}

/** Configurations in the ConfigMaps and Secrets that a pod mounts; dashboards are for people. */
function mounted({ spec, specPath, namespace }: PodGroup, known: Inventory): Address[] {
  return listAt(spec, "volumes").flatMap((volume, i) =>
    [volume, ...listAt(volume, "projected", "sources")].flatMap((source) => {
      const secret = textAt(source, "secret", "secretName") ?? textAt(source, "secret", "name") ?? "";
      const config = textAt(source, "configMap", "name") ?? "";
      const object = known.find("ConfigMap", namespace, config) ?? known.find("Secret", namespace, secret);
      if (object === undefined) return [];
      return ["data", "stringData"].flatMap((field) =>
        Object.values(recordAt(object.resource.inputs, field)).flatMap((content) =>
          typeof content !== "string" || content.includes('"panels"') ? [] : addressesIn(content, [...specPath, "volumes", i]),
        ),
      );
    }),
  );
}

/** Hosts anywhere in a custom resource, whose operator connects to them. */
export function addressesOfSpec(spec: unknown): Address[] {
  return leaves(spec, ["spec"]).flatMap(([path, value]) => (typeof value === "string" ? addressesIn(value, path) : []));
}

/** The pods behind a Service, and the port of theirs that one of its own leads to. */
export interface Backend {
  readonly groups: readonly PodGroup[];
  /** Ports of the Service itself; absent where an operator makes it. */
  readonly ports?: readonly number[];
  /** What is spoken on a port of the Service, as its `appProtocol` says. */
  readonly spoken?: (port: number) => string | undefined;
  readonly target: (group: PodGroup, port: number) => PodGroup["ports"][number] | undefined;
}

export function backendOf(name: string, namespace: string, known: Inventory): Backend | undefined {
  const made = known.made.find((one) => one.kind === "Service" && one.namespace === namespace && one.name === name);
  if (made !== undefined) {
    return {
      groups: known.pods.filter(({ object }) => object === made.by),
      target: (group, port) => group.ports.find((own) => own.number === port && (own.protocol ?? "TCP") === "TCP"),
    };
  }
  const service = known.find("Service", namespace, name);
  if (service === undefined) return undefined;
  const ports = listAt(service.spec, "ports");
  return {
    groups: podsBehind(service, known),
    ports: ports.flatMap((port) => numberAt(port, "port") ?? []),
    spoken: (port) =>
      textAt(
        ports.find((one) => numberAt(one, "port") === port),
        "appProtocol",
      ),
    target: (group, port) => {
      const own = ports.find((one) => numberAt(one, "port") === port);
      const target = numberAt(own, "targetPort") ?? textAt(own, "targetPort") ?? port;
      return group.ports.find((one) => (typeof target === "number" ? one.number === target : one.name === target));
    },
  };
}
