import { nearest } from "../../../../components/schema/did-you-mean";
import type { Inventory } from "../../../kubernetes/inventory";
import { containersOf } from "../../../kubernetes/pods";
import { entriesAt } from "../../../kubernetes/value";
import type { Finding } from "../../rule";
import { findingsOfProgram, type Danger } from "../configured";
import { Judge, Shapes, type Problem } from "../shapes";
import { collectorNotation } from "./notation";
import { kept, ordered, used } from "./order";
import { collectorRefuses, typeOf } from "./refuses";
import { reading, remembering, sending } from "./sends";
import { filtering, listening, naming, resolving, seen } from "./serves";
import { pipelinesOf, type Collector } from "./system";
import { COLLECTOR_KEYS } from "./table";

let judge: Judge | undefined;

/** Blocks of components by kind and type, as `processors/memorylimiter`. */
let blocks: ReadonlyMap<string, string> | undefined;

/** Configurations of collectors: what they refuse, and what makes them lose or hide what is sent to them. */
export function collectorFindings(known: Inventory): Finding[] {
  return findingsOfProgram(known, {
    has: /^service:\n(?:.*\n)*? +pipelines:/m,
    refused: collectorProblems,
    dangers: (configured) => {
      const [container] = containersOf(configured.group.spec);
      return dangers({ ...configured, container, pipelines: pipelinesOf(configured.root) });
    },
  });
}

/** What a collector refuses when it reads its configuration. */
function collectorProblems(root: unknown): Problem[] {
  const own = (judge ??= new Judge(new Shapes(COLLECTOR_KEYS), collectorNotation));
  blocks ??= new Map(
    [...COLLECTOR_KEYS.matchAll(/^=((receivers|processors|exporters|connectors|extensions)\/\w+)$/gm)].map(
      ([, block = "", kind = ""]) => [`${kind}/${typeOf(kind, block.slice(kind.length + 1))}`, block],
    ),
  );
  const all = blocks;
  return [
    ...own.problems("root", root, ""),
    ...["receivers", "processors", "exporters", "connectors", "extensions"].flatMap((kind) =>
      entriesAt(root, kind).flatMap(([id, settings]): Problem[] => {
        const block = all.get(`${kind}/${typeOf(kind, id)}`);
        if (block !== undefined) return own.problems(block, settings, `${kind}.${id}`);
        const types = [...all.values()].filter((one) => one.startsWith(`${kind}/`)).map((one) => one.slice(kind.length + 1));
        const near = nearest(id.split("/")[0] ?? "", types);
        return near === undefined || typeOf(kind, id) === "healthcheckv2"
          ? []
          : [{ path: `${kind}.${id}`, message: `is of no type that there is; use ${near}` }];
      }),
    ),
    ...collectorRefuses(root),
  ];
}

function dangers(collector: Collector): Danger[] {
  return [
    ...ordered(collector),
    ...used(collector),
    ...kept(collector),
    ...sending(collector),
    ...remembering(collector),
    ...reading(collector),
    ...listening(collector),
    ...seen(collector),
    ...naming(collector),
    ...resolving(collector),
    ...filtering(collector),
  ];
}
