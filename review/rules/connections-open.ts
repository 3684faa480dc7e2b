import { addressesOf, addressesOfSpec, backendOf, type Address, type Backend } from "../kubernetes/addresses";
import { mayConnect } from "../kubernetes/cluster-paths";
import { inventory, type Inventory } from "../kubernetes/inventory";
import { network, opens, type Network } from "../kubernetes/network";
import { title, type KubeObject } from "../kubernetes/objects";
import type { PodGroup, PodPort } from "../kubernetes/pods";
import type { Plan } from "../plan/plan";
import { listAt, recordAt, textAt } from "../kubernetes/value";
import { certificatesOf, isNameOf, namesOn } from "./certificates/served";
import { databaseFindings } from "./reach/databases";
import { outsideFindings } from "./reach/outside";
import { protocolFindings } from "./reach/protocols";
import { shortNameFindings } from "./reach/short-names";
import { count, listed, reporter, type Finding, type Rule } from "./rule";

const name = "connections-open";
const { error } = reporter(name);

export const connectionsOpen: Rule = {
  name,
  title:
    "Whoever is told a host and a port of the cluster may connect there, finds a Service on that port, and its name on the certificate.",
  why: "Policies that forget a path on both sides look tidy; a program that is told an address and may not go there times out with each order.",
  check: (plan) => {
    const known = inventory(plan);
    const net = network(known);
    return [
      ...databaseFindings(known),
      ...outsideFindings(known),
      ...protocolFindings(known),
      ...shortNameFindings(known),
      ...known.pods.flatMap((group) =>
        once(addressesOf(group, known)).flatMap((address) =>
          findingsOf(group.object, address, known, net, (to, port) => net.allowed(group, to, port)),
        ),
      ),
      // An operator connects to what a trigger or a connection of its own kind names.
      ...["ScaledObject", "Prometheus"].flatMap((kind) =>
        known
          .ofKind(kind)
          .flatMap((object) =>
            once([...addressesOfSpec(object.spec), ...secretAddresses(object, known)]).flatMap((address) =>
              findingsOf(object, address, known, net, callerOf(object, plan, known, net)),
            ),
          ),
      ),
    ];
  },
};

/** Triggers have an address in a Secret where a password is in it. */
function secretAddresses(object: KubeObject, known: Inventory): Address[] {
  const authentications = listAt(object.spec, "triggers").flatMap((trigger, i) => {
    const named = textAt(trigger, "authenticationRef", "name");
    const found = named === undefined ? undefined : known.find("TriggerAuthentication", object.namespace, named);
    return found === undefined ? [] : [{ found, path: ["spec", "triggers", i, "authenticationRef"] }];
  });
  return authentications.flatMap(({ found, path }) =>
    listAt(found.spec, "secretTargetRef").flatMap((target) => {
      const secret = known.find("Secret", object.namespace, textAt(target, "name") ?? "");
      return addressesOfSpec(recordAt(secret?.resource.inputs, "stringData")[textAt(target, "key") ?? ""]).map((one) => ({
        ...one,
        path,
      }));
    }),
  );
}

/** A host and port that several settings name is told of once. */
function once(addresses: readonly Address[]): Address[] {
  const seen = new Set<string>();
  return addresses.filter(({ name: host, namespace, port, tls }) => {
    const key = `${host}.${namespace}:${port ?? ""}:${tls}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Whether policies let whoever is told of an address connect to a port of some pods. */
type Allows = (to: PodGroup, port: PodPort) => { readonly egress: boolean; readonly ingress: boolean };

/** Who connects to what a custom resource names: the pods that are made of it, or those of its operator, where the plan knows them. */
function callerOf(object: KubeObject, plan: Plan, known: Inventory, net: Network): Allows | undefined {
  const own = known.pods.find((group) => group.object === object);
  if (own !== undefined) return (to, port) => net.allowed(own, to, port);
  const operator = plan.facts?.network?.operators?.find(
    ({ name: pods, release }) =>
      object.kind === "ScaledObject" && pods === "keda-operator" && known.helmReleases.some((one) => one.name === release),
  );
  if (operator === undefined) return undefined;
  const { namespace, labels } = operator;
  return (to, port) => mayConnect({ namespace, labelSets: [labels] }, to, port, known);
}

function findingsOf(object: KubeObject, address: Address, known: Inventory, net: Network, allows?: Allows): Finding[] {
  const { name: host, namespace, path, port } = address;
  if (known.opaqueNamespaces.has(namespace)) return [];
  const backend = backendOf(host, namespace, known);
  // That there is such a Service, and pods behind it, another rule looks after.
  if (backend === undefined || backend.groups.length === 0 || port === undefined) return [];
  const where = `${host}.${namespace}.svc:${port}`;
  if (backend.ports !== undefined && !backend.ports.includes(port)) {
    return [
      error(
        object.resource,
        path,
        `is given ${where}, but the Service has the port ${listed(backend.ports.map(String))}; correct it`,
      ),
    ];
  }
  return [
    ...unspoken(object, address, where, backend),
    ...closed(object, address, where, backend, net, allows),
    ...uncertified(object, address, where, backend, known),
  ];
}

/** HTTP with TLS where none is spoken, or the other way round. */
function unspoken(object: KubeObject, { path, port = 0, scheme }: Address, where: string, { spoken }: Backend): Finding[] {
  const protocol = spoken?.(port);
  if (scheme === undefined || protocol === undefined || !["http", "https"].includes(scheme)) return [];
  const plain = ["http", "grpc", "kubernetes.io/h2c", "kubernetes.io/ws"].includes(protocol);
  const secured = ["https", "kubernetes.io/wss"].includes(protocol);
  if ((scheme === "https" && !plain) || (scheme === "http" && !secured)) return [];
  return [
    error(object.resource, path, `is given ${scheme}://${where}, where ${protocol} is spoken; use ${plain ? "http" : "https"}`),
  ];
}

function closed(
  object: KubeObject,
  { path, port = 0 }: Address,
  where: string,
  backend: Backend,
  net: Network,
  allows?: Allows,
): Finding[] {
  return backend.groups.flatMap((to) => {
    const own = backend.target(to, port);
    if (own === undefined) {
      return backend.ports === undefined
        ? [
            error(
              object.resource,
              path,
              `is given ${where}, but ${title(to.object)} does not listen there; it has ${count(to.ports.length, "port")}: ${listed(to.ports.map(({ number }) => String(number)))}`,
            ),
          ]
        : [];
    }
    if (allows === undefined) {
      const lets = net.paths.filter((one) => one.direction === "ingress" && one.selected.includes(to));
      const isOpen = lets.some(
        (one) =>
          (one.everybody || one.peers === undefined || one.peers.opaque) &&
          (one.ports.length === 0 || one.ports.some((allowed) => opens(allowed, own))),
      );
      if (lets.length === 0 || isOpen) return [];
      return [
        error(
          object.resource,
          path,
          `names ${where}, but no policy lets the operator in on port ${own.number} of ${title(to.object)}; allow the ingress`,
        ),
      ];
    }
    const { egress, ingress } = allows(to, own);
    if (egress && ingress) return [];
    const missing = [
      ...(egress ? [] : ["egress there"]),
      ...(ingress ? [] : [`ingress to port ${own.number} of ${title(to.object)}`]),
    ];
    return [
      error(
        object.resource,
        path,
        `is given ${where}, but policies do not let it connect; allow the ${missing.join(" and the ")}`,
      ),
    ];
  });
}

/** The certificate that pods show has to bear the name by which they are called. */
function uncertified(
  object: KubeObject,
  { path, tls, name: host, namespace }: Address,
  where: string,
  { groups }: Backend,
  known: Inventory,
): Finding[] {
  if (!tls) return [];
  return groups.flatMap((group) => {
    const names = certificatesOf(group, known).flatMap(namesOn);
    if (names.length === 0 && isOfItsOwn(group.object, known)) {
      const message = `verifies ${where}, and ${title(group.object)} shows a certificate of its operator's own CA; name the Secret of one that clients trust (spec.certificates.serverTLSSecret)`;
      return [error(object.resource, path, message)];
    }
    if (names.length === 0 || names.some((one) => isNameOf(one, `${host}.${namespace}.svc`))) return [];
    return [
      error(
        object.resource,
        path,
        `verifies ${where}, but the certificate of ${title(group.object)} is for ${listed(names, 3)}; add the name`,
      ),
    ];
  });
}

/** A database without a certificate in its spec gets one of a CA that CloudNativePG makes for it alone. */
function isOfItsOwn({ kind, group, namespace, spec, ...object }: KubeObject, known: Inventory): boolean {
  if (group !== "postgresql.cnpg.io") return false;
  const name = kind === "Pooler" ? (textAt(spec, "cluster", "name") ?? "") : object.name;
  const database = known.find("Cluster", namespace, name);
  return database !== undefined && textAt(database.spec, "certificates", "serverTLSSecret") === undefined;
}
