import type { Inventory } from "../../kubernetes/inventory";
import { containersOf, type PodGroup } from "../../kubernetes/pods";
import { listAt, textAt } from "../../kubernetes/value";
import { listed, reporter, type Finding } from "../rule";

const { error } = reporter("connections-open");

/** Variables that hold a host, or an address with one. */
const HOLDS_HOST = /(?:HOST|HOSTNAME|SERVERS?|ADDR|ADDRESS|ENDPOINT|URL|URI)$/;
/** A host of one or two labels, by itself or in an address. */
const SHORT = /^(?:[a-z][a-z\d+.-]*:\/\/(?:[^\s/@]*@)?)?([a-z][a-z\d-]*)(?:\.([a-z][a-z\d-]*))?(?::\d{1,5})?(?:\/\S*)?$/;

/**
 * Names without `.svc`: one label is looked for in the pod's own namespace, two are a Service and its namespace.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services
 */
export function shortNameFindings(known: Inventory): Finding[] {
  const services = servicesIn(known);
  const namespaces = new Set(known.ofKind("Namespace").map(({ name }) => name));
  // Names of a pod's own hosts and search list are not known.
  const asUsual = known.pods.filter(({ spec }) => spec.hostAliases === undefined && spec.dnsConfig === undefined);
  return asUsual.flatMap((group) =>
    variables(group).flatMap(({ name, value, path }) => {
      const [, host = "", namespace] = HOLDS_HOST.test(name) ? (SHORT.exec(value) ?? []) : [];
      const where = namespace ?? group.namespace;
      if (host === "" || host === "localhost" || known.opaqueNamespaces.has(where)) return [];
      const homes = services.get(host) ?? [];
      if (homes.includes(where)) return [];
      // Of other hosts with a dot nothing is known.
      if (namespace === undefined ? homes.length === 0 : !namespaces.has(namespace)) return [];
      const message =
        homes.length === 0
          ? `${name} names ${host}.${where}, and there is no such Service; correct it`
          : `${name} is ${host}, which is looked for in the namespace ${where}, and the Service is in ${listed(homes)}; write ${host}.${homes[0] ?? ""}.svc`;
      return [error(group.object.resource, path, message)];
    }),
  );
}

/** Namespaces of the Services of a name. */
function servicesIn(known: Inventory): ReadonlyMap<string, readonly string[]> {
  const services = new Map<string, string[]>();
  const all = [...known.ofKind("Service"), ...known.made.filter(({ kind }) => kind === "Service")];
  for (const { name, namespace } of all) services.set(name, [...(services.get(name) ?? []), namespace]);
  return services;
}

interface Told {
  readonly name: string;
  readonly value: string;
  readonly path: readonly (string | number)[];
}

function variables({ spec, specPath }: PodGroup): Told[] {
  const lasting = containersOf(spec);
  return ["containers", "initContainers"].flatMap((field) =>
    listAt(spec, field).flatMap((container, i) =>
      field === "initContainers" && !lasting.includes(container)
        ? []
        : listAt(container, "env").flatMap((env, j): Told[] => {
            const [name, value] = [textAt(env, "name"), textAt(env, "value")];
            if (name === undefined || value === undefined) return [];
            return [{ name, value, path: [...specPath, field, i, "env", j, "value"] }];
          }),
    ),
  );
}
