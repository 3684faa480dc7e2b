import { inventory } from "../kubernetes/inventory";
import type { KubeObject } from "../kubernetes/objects";
import { numberAt } from "../kubernetes/value";
import { reporter, type Rule } from "./rule";

const name = "quorum";
const { error, warning } = reporter(name);

/** Custom resources whose members decide by majority, and the field with their number. */
const QUORUM_SYSTEMS: readonly { group: string; kind: string; field: string }[] = [
  { group: "postgresql.cnpg.io", kind: "Cluster", field: "instances" },
  { group: "rabbitmq.com", kind: "RabbitmqCluster", field: "replicas" },
];

function quorumSystem(object: KubeObject) {
  return QUORUM_SYSTEMS.find((system) => system.group === object.group && system.kind === object.kind);
}

export function isQuorumSystem(object: KubeObject): boolean {
  return quorumSystem(object) !== undefined;
}

export const quorum: Rule = {
  name,
  title: "Systems that decide by majority have an odd number of members, and one in each zone where there are three.",
  why: "With two members, or with all of them in two zones, the loss of one place takes the majority, and no order is accepted until somebody repairs it.",
  check: (plan) => {
    const zones = plan.facts?.zones.length ?? 0;
    return inventory(plan).objects.flatMap((object) => {
      const field = quorumSystem(object)?.field;
      if (field === undefined) return [];
      const members = numberAt(object.spec, field) ?? 1;
      if (zones >= 3 && (members < 3 || members % 2 === 0)) {
        const wanted = Math.max(3, members + 1);
        const message = `${members} in a cluster of ${zones} zones: use an odd number, at least 3, as ${wanted}`;
        return [error(object.resource, `spec.${field}`, message)];
      }
      if (members % 2 === 0) {
        const message = `${members} survive no more failures than ${members - 1}; use an odd number`;
        return [warning(object.resource, `spec.${field}`, message)];
      }
      return [];
    });
  },
};
