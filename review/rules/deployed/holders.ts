import { kubeObject } from "../../kubernetes/objects";
import { isBroker, isDatabase } from "../../kubernetes/systems";
import { at, listAt, textAt } from "../../kubernetes/value";
import { clusterOf, nameOf, scopeOf } from "../../orders/broker";
import { BUCKET } from "../../cloud/buckets";
import type { FormerResource, Resource } from "../../plan/plan";

/** Something that keeps what was written to it for as long as it has the same identity. */
export interface Holder {
  readonly urn: string;
  readonly kind: string;
  /** As people name it, and what is in it. */
  readonly name: string;
  readonly holds: string;
  /** What it is to those who read and write it; another one of the same kind is another, empty one. */
  readonly identity: string;
  /** Identity of what it goes along with: a queue with its virtual host, this with its broker. */
  readonly within?: string;
  /** Setting of the stack file that names it. */
  readonly key: string;
  /** It begins with what another one holds. */
  readonly filled: boolean;
}

/** What a resource of a plan or of a state holds; undefined for what can be made again from the program. */
export function holderOf(one: FormerResource | Resource): Holder | undefined {
  const found = BUCKET.test(one.type) ? bucket(one) : ofCluster(one);
  return found === undefined ? undefined : { filled: false, ...found, urn: one.urn };
}

type Found = Omit<Holder, "urn" | "filled"> & Partial<Holder>;

function bucket({ inputs, type }: FormerResource): Found | undefined {
  const name = textAt(inputs, "bucket");
  if (name === undefined) return undefined;
  return { kind: type, name: `bucket ${name}`, holds: "all objects in it", identity: name, key: "mes:storage" };
}

function ofCluster(one: FormerResource | Resource): Found | undefined {
  const object = kubeObject({ custom: true, ...one } as Resource);
  if (object === undefined) return undefined;
  const { kind, namespace, spec, group } = object;
  const identity = `${namespace}/${object.name}`;
  const place = { kind, name: `${kind} ${identity}`, identity };
  if (isDatabase(object)) {
    const bootstrap = at(spec, "bootstrap");
    const filled = at(bootstrap, "recovery") !== undefined || at(bootstrap, "pg_basebackup") !== undefined;
    return { ...place, holds: "all orders", key: "mes:postgres.name", filled };
  }
  if (group === "postgresql.cnpg.io" && kind === "Database") {
    const home = `${namespace}/${textAt(spec, "cluster", "name") ?? ""}`;
    const name = `database ${nameOf(object)}`;
    return {
      kind,
      name,
      identity: `${home} ${nameOf(object)}`,
      within: home,
      holds: "all its tables",
      key: "mes:postgres.database",
    };
  }
  if (isBroker(object)) return { ...place, holds: "all messages in its queues", key: "mes:broker" };
  if (group === "rabbitmq.com" && kind === "Vhost") {
    const own = `${clusterOf(object)} ${nameOf(object)}`;
    const name = `virtual host ${nameOf(object)}`;
    return { kind, name, identity: own, within: clusterOf(object), holds: "all queues", key: "mes:broker.vhost" };
  }
  if (group === "rabbitmq.com" && kind === "Queue") {
    const own = `${scopeOf(object)} ${nameOf(object)}`;
    const name = `queue ${nameOf(object)}`;
    return { kind, name, identity: own, within: scopeOf(object), holds: "the messages in it", key: "mes:broker.queues" };
  }
  if (kind === "PersistentVolumeClaim") return { ...place, holds: "the files in it", key: "mes:storage" };
  if (group === "apps" && kind === "StatefulSet" && listAt(spec, "volumeClaimTemplates").length > 0) {
    return { ...place, holds: "what is on its volumes", key: "mes:namespaces" };
  }
  const claim = at(spec, "storage", "volumeClaimTemplate");
  if (group === "monitoring.coreos.com" && claim !== undefined) {
    return { ...place, holds: "what is on its volumes", key: "mes:namespaces" };
  }
  return undefined;
}
