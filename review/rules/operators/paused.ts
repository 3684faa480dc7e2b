import type { Inventory } from "../../kubernetes/inventory";
import { title, type KubeObject } from "../../kubernetes/objects";
import { at } from "../../kubernetes/value";
import { reporter, type Finding } from "../rule";

const { error, warning } = reporter("operators-act");

type Where = "labels" | "annotations" | "spec";

interface Pause {
  readonly group: string;
  readonly kind?: string;
  readonly where: Where;
  readonly path: readonly string[];
  readonly means: (value: unknown) => boolean;
  readonly harm: string;
  /** Wanted for some hours; forgotten afterwards. @default false */
  readonly forAWhile?: boolean;
}

const isTrue = (value: unknown) => value === true || value === "true";
const CNPG = "postgresql.cnpg.io";

/**
 * Ways to have an operator leave an object alone, which stay behind after maintenance.
 * Sources: the pages on labels and annotations and on maintenance windows of CloudNativePG 1.30, and of pausing of RabbitMQ's cluster
 * operator 2.20
 */
const PAUSES: readonly Pause[] = [
  {
    group: CNPG,
    where: "annotations",
    path: ["cnpg.io/reconciliationLoop"],
    means: (value) => value === "disabled",
    harm: "the operator leaves it alone: there is no failover, and no change gets there",
  },
  {
    group: CNPG,
    kind: "Cluster",
    where: "spec",
    path: ["nodeMaintenanceWindow"],
    means: (window) => at(window, "inProgress") === true && at(window, "reusePVC") !== false,
    harm: "as long as the maintenance window is open (inProgress), an instance of a lost node is not made again on another one",
    forAWhile: true,
  },
  {
    group: "rabbitmq.com",
    where: "labels",
    path: ["rabbitmq.com/pauseReconciliation"],
    means: isTrue,
    harm: "the operator leaves it alone: no change and no password gets there",
  },
];

/** Objects that their operator is told to leave alone. */
export function pausedFindings({ objects }: Inventory): Finding[] {
  return objects.flatMap((object) =>
    PAUSES.filter(({ group, kind }) => group === object.group && (kind === undefined || kind === object.kind)).flatMap(
      ({ where, path, means, harm, forAWhile = false }) => {
        const value = at(placeOf(object, where), ...path);
        if (!means(value)) return [];
        const full = where === "spec" ? ["spec", ...path] : ["metadata", where, ...path];
        const says = forAWhile ? warning : error;
        return [says(object.resource, full, `pauses ${title(object)}: ${harm}; remove it`)];
      },
    ),
  );
}

function placeOf(object: KubeObject, where: Where): unknown {
  return where === "spec" ? object.spec : object[where];
}
