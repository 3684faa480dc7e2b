import { inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { isBroker, isDatabase } from "../kubernetes/systems";
import { numberAt, recordAt, textAt } from "../kubernetes/value";
import type { Facts } from "../plan/plan";
import { reporter, type Finding, type Rule } from "./rule";

const name = "quorum";
const { error, warning } = reporter(name);

export const quorum: Rule = {
  name,
  title:
    "Broker and database have the members to bear the loss of one: an odd number where the majority decides, one to spare where commits wait for replicas, and more than one where there are three zones or nodes.",
  why: "With two members of a majority, or no replica to spare, the loss of one place stops the rest, and no order is accepted until somebody repairs it.",
  check: (plan) => {
    const places = placesOf(plan.facts);
    // Without data to protect it is a stack for trying things out, which may have one of each.
    const single = plan.facts?.protectData === false ? warning : error;
    return inventory(plan).objects.flatMap((object) => {
      if (isBroker(object)) return majority(object, places, single);
      return isDatabase(object) ? spare(object, places, single) : [];
    });
  },
};

/** A custom resource whose pods are members of one system: losing several at once stops it. */
export function isQuorumSystem(object: KubeObject): boolean {
  return isBroker(object) || isDatabase(object);
}

/** Where members can be apart from each other. */
interface Places {
  readonly zones: number;
  readonly nodes: number;
}

function placesOf(facts: Facts | undefined): Places {
  return { zones: facts?.zones.length ?? 0, nodes: facts?.nodePools.reduce((sum, pool) => sum + pool.count, 0) ?? 0 };
}

/** With fewer than three zones nothing survives the loss of every zone; of a node it can. */
function alone(object: KubeObject, path: string, { zones, nodes }: Places, wanted: number): Finding[] {
  if (zones >= 3 || nodes < 3) return [];
  const message = `1 on ${nodes} nodes: nothing takes over when its node is lost; use ${wanted} where orders are real`;
  return [warning(object.resource, path, message)];
}

/** Nodes of a broker decide by majority. Source: https://www.rabbitmq.com/docs/quorum-queues#quorum-requirements */
function majority(object: KubeObject, places: Places, single: typeof error): Finding[] {
  const { zones } = places;
  const members = numberAt(object.spec, "replicas") ?? 1;
  if (zones >= 3 && (members < 3 || members % 2 === 0)) {
    const message = `${members} in a cluster of ${zones} zones: use an odd number, at least 3, as ${Math.max(3, members + 1)}`;
    return [(members === 1 ? single : error)(object.resource, "spec.replicas", message)];
  }
  if (members === 1) return alone(object, "spec.replicas", places, 3);
  if (members % 2 > 0) return [];
  return [
    warning(object.resource, "spec.replicas", `${members} survive no more failures than ${members - 1}; use an odd number`),
  ];
}

/**
 * The operator makes a replica the primary, whatever their number; but a primary that must wait for replicas needs one to spare.
 * Source: https://cloudnative-pg.io/documentation/current/replication/#data-durability-and-synchronous-replication
 */
function spare(object: KubeObject, places: Places, single: typeof error): Finding[] {
  const { zones } = places;
  const instances = numberAt(object.spec, "instances") ?? 1;
  const path = "spec.instances";
  if (instances === 1) {
    if (zones < 3) return alone(object, path, places, 2);
    return [
      single(object.resource, path, `1 in a cluster of ${zones} zones: nothing takes over when it is lost; use at least 2`),
    ];
  }
  const synchronous = recordAt(object.spec, "postgresql", "synchronous");
  const waitedFor = numberAt(synchronous, "number") ?? numberAt(object.spec, "minSyncReplicas") ?? 0;
  if (waitedFor === 0 || textAt(synchronous, "dataDurability") === "preferred" || instances - 1 > waitedFor) return [];
  const message = `a change waits for ${waitedFor} of ${instances - 1} replicas: when one instance is lost, nothing can be written; use at least ${waitedFor + 2}`;
  return [error(object.resource, path, message)];
}
